"""What a browser calls itself, in words that its person knows. Believes what it says: it is for reading only."""

from django.utils.translation import gettext as _

# The first that is found: most browsers name those before them, too.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def named(user_agent: str) -> str:
    """ "Firefox, Linux"; what it says itself, shortened, where nothing of it is known."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    known = ", ".join(filter(None, (browser, system)))
    return known or user_agent[:60] or _("a browser without a name")


def _first(known: dict[str, str], user_agent: str) -> str:
    return next((name for sign, name in known.items() if sign in user_agent), "")
