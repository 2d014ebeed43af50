"""Names of the languages that Whisper knows, in the reader's: Django's, and those that it has none for."""

from unicodedata import combining, normalize

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

OTHERS = {
    "am": _("Amharic"),
    "as": _("Assamese"),
    "ba": _("Bashkir"),
    "bo": _("Tibetan"),
    "fo": _("Faroese"),
    "gu": _("Gujarati"),
    "ha": _("Hausa"),
    "haw": _("Hawaiian"),
    "ht": _("Haitian Creole"),
    "jw": _("Javanese"),
    "la": _("Latin"),
    "ln": _("Lingala"),
    "lo": _("Lao"),
    "mg": _("Malagasy"),
    "mi": _("Maori"),
    "mt": _("Maltese"),
    "no": _("Norwegian"),
    "oc": _("Occitan"),
    "ps": _("Pashto"),
    "sa": _("Sanskrit"),
    "sd": _("Sindhi"),
    "si": _("Sinhala"),
    "sn": _("Shona"),
    "so": _("Somali"),
    "su": _("Sundanese"),
    "tl": _("Tagalog"),
    "yi": _("Yiddish"),
    "yo": _("Yoruba"),
    "yue": _("Cantonese"),
    "zh": _("Chinese"),
}


def letters(name: str) -> str:
    """To put names in order by: without accents."""
    return "".join(char for char in normalize("NFKD", name.casefold()) if not combining(char))


def language_name(code: str) -> str:
    if code in OTHERS:
        return str(OTHERS[code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
