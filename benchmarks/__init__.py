"""This engine measured against others, in alternation, on the same recordings: `manage.py benchmark`.

Imports of the product only the engine, and is imported by nothing but its command. Needs the `benchmark` extra.
"""
