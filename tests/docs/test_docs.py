"""Documentation is tested: what it names exists, and what exists is named."""

import ast
import json
import operator
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from tests.environment import not_run
from transcriptions.remarks import REMARKS
from transcriptions.sentences import SENTENCES

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]
OPERATORS = (ROOT / "docs/operator-guide.md").read_text()
USERS = (ROOT / "docs/user-guide.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)

NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "PATH"}  # read, but nobody is meant to set them
OWN_APPS = {"accounts", "transcriptions"}
OWN_SERVICES = {"model", "migrate", "web", "media", "speech", "speech-gpu"}
FIXED_IN_COMPOSE = {"DATA_DIR", "DEBUG", "FIRST_ACCOUNT_EMAIL", "HOST", "PORT", "WHISPER_MODEL_DIR"}
NOT_OURS_IN_COMPOSE = {"FORWARDED_ALLOW_IPS", "NVIDIA_DRIVER_CAPABILITIES"}
HOSTS_WE_NAME = {"example.org", "keepachangelog.com", "standardwebhooks.com"}


# --- Reading the documents -------------------------------------------------------------------------------------------
def code(page: str) -> Iterator[str]:
    """What stands in code: fenced blocks and spans."""
    yield from re.findall(r"^```\w*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`([^`\n]+)`", without_blocks(page))


def without_blocks(page: str) -> str:
    return re.sub(r"^```\w*\n.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> dict[str, list[str]]:
    """The tables' rows by the name in code that opens them."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| `"]
    return {row[0].strip("`"): row[1:] for row in cells}


def all_code() -> str:
    return "\n".join(piece for page in PAGES for piece in code(page.read_text()))


def identity(value: object) -> str:
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else str(value)


# --- Settings --------------------------------------------------------------------------------------------------------
def calls(file: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))


def text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def first_text(call: ast.Call) -> str | None:
    return text(call.args[0] if call.args else None)


def settings_calls() -> dict[str, ast.Call]:
    """The calls of env.str, env.bool, ... in the settings, by the name they read."""
    found = {}
    for call in calls(ROOT / "transcribe_site/settings.py"):
        name = first_text(call)
        if name and re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and ast.unparse(call.func).startswith("env."):
            found[name] = call
    return found


def environment_names() -> set[str]:
    """The constant names that are read from os.environ outside the settings."""
    files = [ROOT / "manage.py", ROOT / "transcribe_site/launch.py", *(ROOT / "transcribe_site/embedded").glob("*.py")]
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("os.environ."):
                found.add(first_text(node))
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                found.add(text(node.slice))
    return {name for name in found if name} - NOT_SETTINGS


OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {ast.Mult: operator.mul, ast.Pow: operator.pow}


def literal(node: ast.expr | None) -> object:
    """A constant or a product of constants; None for everything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](literal(node.left), literal(node.right))
    return None


def default(call: ast.Call) -> object:
    return literal(next((keyword.value for keyword in call.keywords if keyword.arg == "default"), None))


METRICS = {
    name
    for file in sorted((ROOT / "transcriptions/metrics").glob("*.py"))
    for call in calls(file)
    if (name := first_text(call) or "").startswith("transcribe_")
}
ALERTS = (ROOT / "deploy/alerts.yml").read_text()
DASHBOARD = json.loads((ROOT / "deploy/grafana.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
DOCUMENTED_SETTINGS = rows(section(OPERATORS, "Settings"))


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    assert set(DOCUMENTED_SETTINGS) == set(settings_calls()) | environment_names()


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, call in settings_calls().items() if (value := default(call)) not in {None, ""}],
)
def test_the_documented_default_is_the_real_one(name: str, value: object) -> None:
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    assert DOCUMENTED_SETTINGS[name][0] == f"`{shown}`"


# --- Targets, commands, metrics, sentences ---------------------------------------------------------------------------
def test_every_target_named_exists_and_every_listed_one_is_named() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))
    listed = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|\s)make ([a-z][a-z-]*)", all_code(), re.MULTILINE))
    assert named <= targets
    assert listed <= named


def test_every_command_named_exists_and_every_own_one_is_documented() -> None:
    commands = get_commands()
    named = set(re.findall(r"manage\.py,? ([a-z_]+)", f"{all_code()}\n{COMPOSE_TEXT}"))
    assert named <= set(commands)
    documented = set(re.findall(r"`manage\.py ([a-z_]+)", section(OPERATORS, "Commands and targets")))
    assert {name for name, app in commands.items() if app in OWN_APPS} <= documented


def test_every_metric_is_documented_and_every_documented_one_exists() -> None:
    assert {name for name in rows(section(OPERATORS, "Health and metrics")) if name[:11] == "transcribe_"} == METRICS


def test_every_metric_of_dashboard_and_alerts_exists_and_every_one_is_shown() -> None:
    shown = metrics_of("\n".join(QUERIES))
    assert shown | metrics_of((ROOT / "deploy/alerts.yml").read_text()) <= METRICS
    assert shown == METRICS


def test_every_alert_has_its_runbook_and_every_runbook_its_alert() -> None:
    alerts = [rule for group in yaml.safe_load(ALERTS)["groups"] for rule in group["rules"]]
    headings = set(re.findall(r"^### (Transcribe\w+)$", OPERATORS, re.MULTILINE))
    assert {rule["alert"] for rule in alerts} == headings
    for rule in alerts:
        assert rule["annotations"]["runbook"] == f"docs/operator-guide.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("words", ["check rules deploy/alerts.yml", "test rules deploy/alerts-test.yml"])
def test_promtool_is_content_with_the_alerts(words: str) -> None:
    promtool = shutil.which("promtool")
    if not promtool:
        not_run("there is no promtool; Debian has it in the package prometheus")
    said = subprocess.run([promtool, *words.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_every_sentence_is_documented_and_every_documented_one_exists() -> None:
    for title, sentences in (("What the refusals mean", SENTENCES), ("What is told of a recording", REMARKS)):
        documented = rows(section(USERS, title))
        expected = {code: re.sub(r"%\(\w+\)s", "…", str(text)) for code, text in sentences.items()}
        assert {code: cells[0] for code, cells in documented.items()} == expected


def metrics_of(queries: str) -> set[str]:
    """The metrics that are asked for, by the names they are made with."""
    names = set(re.findall(r"\btranscribe_\w+", queries))
    return {re.sub(r"_(?:bucket|sum|count)$", "", name) if name not in METRICS else name for name in names}


# --- Names in the code -----------------------------------------------------------------------------------------------
def resolve(name: str) -> object:
    """Import as much of a dotted name as is a module, and get the rest from it. Raises when there is no such thing."""
    words = name.split(".")
    for split in range(len(words), 0, -1):
        try:
            module = import_module(".".join(words[:split]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, words[split:], module)
    raise ModuleNotFoundError(name)


def dotted_names() -> list[str]:
    spans = re.findall(r"`([^`\n]+)`", without_blocks(ARCHITECTURE))
    names = {span for span in spans if re.fullmatch(r"[a-z_]+(\.\w+)+", span)}
    return sorted(name for name in names if not (ROOT / name).exists())


@pytest.mark.parametrize("name", dotted_names())
def test_every_name_in_the_architecture_exists(name: str) -> None:
    outside = name.partition(".")[0] in {"accounts", "transcribe_site"}
    resolve(name if outside else f"transcriptions.{name}")


@pytest.mark.parametrize(("function", "file"), re.findall(r"`(\w+)`\s+of\s+`(static/js/[\w.]+)`", ARCHITECTURE))
def test_every_script_function_in_the_architecture_exists(function: str, file: str) -> None:
    assert re.search(rf"^(?:async )?function {function}\(", (ROOT / file).read_text(), re.MULTILINE)


def test_every_package_stands_in_the_tree_and_everything_in_the_tree_exists() -> None:
    tree = re.findall(r"^([\w./-]+) {2,}\S", section(ARCHITECTURE, "Rooms"), re.MULTILINE)
    assert [path for path in tree if not (ROOT / path).exists()] == []
    folders = {
        file.parent for app in ("accounts", "transcribe_site", "transcriptions") for file in ROOT.glob(f"{app}/**/*.py")
    }
    packages = {
        f"{folder.relative_to(ROOT).as_posix()}/" for folder in folders if folder.name not in {"migrations", "commands"}
    }
    assert packages <= set(tree)


# --- Links -----------------------------------------------------------------------------------------------------------
def links() -> list[tuple[Path, str]]:
    found = [
        (page, link) for page in PAGES for link in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page.read_text()))
    ]
    return [(page, link) for page, link in found if "://" not in link]


def slugs(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("page", "link"), links(), ids=identity)
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    assert target.is_file()
    assert not anchor or anchor in slugs(target.read_text())


def test_every_decision_is_numbered_once() -> None:
    numbers = [int(file.name[:4]) for file in sorted((ROOT / "docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("file", [*PAGES, ROOT / "Dockerfile", ROOT / "docker-compose.yml"], ids=identity)
def test_no_foreign_host_is_named(file: Path) -> None:
    """Neither a package registry nor an image registry: whichever the machine is set up for is used."""
    hosts = re.findall(r"(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev|co|ai)\b(?!\w)", file.read_text())
    assert {host for host in hosts if not host.endswith(tuple(HOSTS_WE_NAME))} == set()


# --- Docker ----------------------------------------------------------------------------------------------------------
def environment(service: str) -> dict[str, str | None]:
    given: dict[str, str | None] = COMPOSE["services"][service].get("environment", {})
    return given


def variables() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT))


def test_the_compose_file_has_its_services() -> None:
    assert set(COMPOSE["services"]) == {"postgres", "redis"} | OWN_SERVICES
    assert set(COMPOSE["volumes"]) == {"postgres", "redis", "data"}
    documented = set(
        re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`.*?) \|", section(OPERATORS, "Docker"), re.MULTILINE)))
    )
    assert set(COMPOSE["services"]) <= documented


@pytest.mark.parametrize("service", sorted(COMPOSE["services"]))
def test_no_secret_stands_in_the_compose_file(service: str) -> None:
    secrets = [name for name in environment(service) if re.search("SECRET|PASSWORD|TOKEN|DATABASE_URL|EMAIL_URL", name)]
    for name in secrets:
        value = environment(service)[name]
        assert value is None or re.search(r"\$\{\w+:\?[^}]+\}", value), name


def test_every_variable_of_the_compose_file_is_documented() -> None:
    documented = rows(section(OPERATORS, "Docker"))
    assert variables() <= set(documented)
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", COMPOSE_TEXT))
    assert {name: documented[name][0] for name in defaults} == {name: f"`{value}`" for name, value in defaults.items()}


def test_every_setting_reaches_the_containers() -> None:
    passed = set(environment("speech-gpu")) - NOT_OURS_IN_COMPOSE
    assert passed == set(DOCUMENTED_SETTINGS) - FIXED_IN_COMPOSE
    assert all(environment(service) == environment("web") for service in OWN_SERVICES - {"speech-gpu"})


@pytest.mark.parametrize("service", sorted(OWN_SERVICES))
def test_our_containers_run_without_rights(service: str) -> None:
    options = COMPOSE["services"][service]
    assert int(options["user"].split(":")[0]) > 0
    assert options["cap_drop"] == ["ALL"]
    assert options["read_only"] or service == "model"
    assert re.search(rf"^USER {options['user']}$", DOCKERFILE, re.MULTILINE)


def test_what_is_waited_for_can_happen() -> None:
    services = COMPOSE["services"]
    for options in services.values():
        for name, wait in options.get("depends_on", {}).items():
            ends = services[name].get("restart") == "no"
            assert wait["condition"] == ("service_completed_successfully" if ends else "service_healthy")
            assert ends or "healthcheck" in services[name]


def test_only_the_gpu_profile_asks_for_a_gpu() -> None:
    with_profile = {name for name, options in COMPOSE["services"].items() if "profiles" in options}
    assert with_profile == {"speech-gpu"}
    (device,) = COMPOSE["services"]["speech-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["driver"] == "nvidia"
    assert "gpu" in device["capabilities"]


def test_the_image_is_made_of_what_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    lists = [source.replace("${REQUIREMENTS}", name) for source in sources for name in ("base", "gpu", "links")]
    assert [path for path in lists if not (ROOT / path).exists()] == []
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {Path(path).parts[0] for path in lists} == allowed
    assert DOCKERFILE.count("--require-hashes") == 2
