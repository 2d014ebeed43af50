"""What a fetched file is called: as its server says, else by its address. The intake cleans it as any name."""

from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import unquote

from transcriptions.links.address import Address


def file_name(disposition: str, place: Address) -> str:
    """disposition: the header Content-Disposition, of RFC 6266; "" where there is none."""
    path = place.target.partition("?")[0]
    return _said(disposition) or unquote(path.rsplit("/", 1)[-1]) or place.host


def _said(disposition: str) -> str:
    """`filename*`, which has a character set, goes before `filename`."""
    message = Message()
    message["content-disposition"] = disposition
    names = [value for name, value in message.get_params([], "content-disposition") if name == "filename"]
    names.sort(key=lambda value: isinstance(value, str))
    return collapse_rfc2231_value(names[0]).strip() if names else ""
