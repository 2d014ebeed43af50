"""What axe-core says of a page that is open in a browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,  # it would copy the waveform's style into a document of its own, which the policy forbids
}


def found(page: Page) -> list[str]:
    """Its findings, each with the place and the reason; none where nobody is kept out."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{violation['id']}: {' '.join(node['target'])}: {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
