"""Times in figures, and ranges in words, as coarse as anybody believes them: to five seconds, a minute, an hour."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from transcriptions.pace import Range

SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0
MINUTES_FROM, HOURS_FROM = 55.0, 5700.0  # what rounds to a minute, and to two hours, is said so


def clock(seconds: float) -> str:
    """12:34 or 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def length(seconds: float) -> str:
    """18 minutes, or 2 hours and 5 minutes."""
    if 0 < seconds < MINUTE / 2:
        return _("less than a minute")
    hours, minutes = divmod(round(seconds / MINUTE), 60)
    in_hours = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    in_minutes = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if hours and minutes:
        return _("%(hours)s and %(minutes)s") % {"hours": in_hours, "minutes": in_minutes}
    return in_hours if hours else in_minutes


def left(seconds: Range) -> str:
    """Beside what is under way."""
    unit, low, high = _rounded(seconds)
    numbers = {"low": low, "count": high}
    if low == high:
        about = {
            SECOND: ngettext("about %(count)d second left", "about %(count)d seconds left", high),
            MINUTE: ngettext("about %(count)d minute left", "about %(count)d minutes left", high),
            HOUR: ngettext("about %(count)d hour left", "about %(count)d hours left", high),
        }
        return about[unit] % numbers
    between = {
        SECOND: _("%(low)d to %(count)d seconds left"),
        MINUTE: _("%(low)d to %(count)d minutes left"),
        HOUR: _("%(low)d to %(count)d hours left"),
    }
    return between[unit] % numbers


def until_done(seconds: Range) -> str:
    """Before anything has been sent; the sending itself comes on top."""
    unit, low, high = _rounded(seconds)
    numbers = {"low": low, "count": high}
    if low == high:
        about = {
            SECOND: ngettext("Done in about %(count)d second", "Done in about %(count)d seconds", high),
            MINUTE: ngettext("Done in about %(count)d minute", "Done in about %(count)d minutes", high),
            HOUR: ngettext("Done in about %(count)d hour", "Done in about %(count)d hours", high),
        }
        return about[unit] % numbers
    between = {
        SECOND: _("Done in %(low)d to %(count)d seconds"),
        MINUTE: _("Done in %(low)d to %(count)d minutes"),
        HOUR: _("Done in %(low)d to %(count)d hours"),
    }
    return between[unit] % numbers


def _rounded(seconds: Range) -> tuple[float, int, int]:
    """The unit, and both ends in it, of which neither is nothing: the longer end says which unit."""
    if seconds.high < MINUTES_FROM:
        return SECOND, 5 * _whole(seconds.low / 5), 5 * _whole(seconds.high / 5)
    unit = MINUTE if seconds.high < HOURS_FROM else HOUR
    return unit, _whole(seconds.low / unit), _whole(seconds.high / unit)


def _whole(number: float) -> int:
    return max(1, round(number))
