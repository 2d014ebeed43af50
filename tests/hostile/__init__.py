"""Damaged and hostile files against the engine: every one ends in a value or in a refusal with a sentence.

    python -m tests.hostile.fuzz --count 2000 --seed 1 --workers 2     damage to good files made here
    SPEECH_DATA_DIR=folder python -m tests.hostile.table               the files of folder/hostile, as a table

What is examined with is EXAMINE in tests.hostile.verdict. Recognises nothing.
"""

import os

# Where the programs are is asked of the product's configuration; nothing here has a database or a secret.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "transcribe_site.settings")
os.environ.setdefault("SECRET_KEY", "only for tests")
