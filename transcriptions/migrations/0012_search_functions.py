"""What makes text findable, in the database itself: extensions, text search configurations and functions.

A configuration for each language that PostgreSQL can stem, named for its code, and one for all others; each takes
accents off first. The functions' bodies are parsed here, so they mean the same under any search_path, may stand in a
generated column, and cost nothing where they are called.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
WORDS = "asciiword, word, hword, hword_part, asciihword, hword_asciipart"

# Scripts without spaces between words, and Korean, whose words have endings: each character is a word, and what was
# typed is found as a phrase. Lao, Thai, Burmese, Khmer; kana, Han, Hangul.
UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
SPACE = r"\x1f"  # stands in no transcript, so it can be taken out again

# Characters that the parser would make web addresses, paths and numbers below 0 of; as many spaces.
JOINING = "-_./\\@:&+''’"  # the apostrophe as SQL has it

FUNCTIONS = f"""
CREATE FUNCTION transcribe_plain(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(translate(given, '{JOINING}', '{" " * (len(JOINING) - 1)}'), E'([{UNSPACED}])', E'{SPACE}\\\\1{SPACE}', 'g');

CREATE FUNCTION transcribe_vector(config regconfig, given text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector(config, transcribe_plain(given));

CREATE FUNCTION transcribe_config(language text) RETURNS regconfig LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
    (SELECT oid::regconfig FROM pg_ts_config WHERE cfgname = 'transcribe_' || language LIMIT 1),
    'transcribe_simple'::regconfig
);

CREATE FUNCTION transcribe_words(title text, notes text, tags text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN transcribe_vector('transcribe_simple', title || ' ' || array_to_string(tags, ' ') || ' ' || notes);

CREATE FUNCTION transcribe_sorting(title text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(normalize(title, NFKD), E'[\\u0300-\\u036f]', '', 'g'));
"""


def make(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT cfgname FROM pg_ts_config")
        known = {name for (name,) in cursor.fetchall()}
    for code, stemmer in {"simple": "simple", **STEMMERS}.items():
        if stemmer in known:  # older servers know fewer
            name = f"transcribe_{code}"
            own = "simple" if stemmer == "simple" else f"{stemmer}_stem"
            schema_editor.execute(f"CREATE TEXT SEARCH CONFIGURATION {name} (COPY = pg_catalog.{stemmer})")
            schema_editor.execute(
                f"ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING FOR {WORDS} WITH unaccent, {own}"
            )
    schema_editor.execute(FUNCTIONS)


def unmake(apps, schema_editor):
    for signature in ("sorting(text)", "words(text, text, text[])", "config(text)", "vector(regconfig, text)", "plain(text)"):
        schema_editor.execute(f"DROP FUNCTION transcribe_{signature}")
    for code in ("simple", *STEMMERS):
        schema_editor.execute(f"DROP TEXT SEARCH CONFIGURATION IF EXISTS transcribe_{code}")


class Migration(migrations.Migration):

    dependencies = [
        ("transcriptions", "0011_subtitles_inside"),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunPython(make, unmake),
    ]
