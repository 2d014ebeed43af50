"""The engine: sound in, segments out.

Knows nothing of accounts, rows, queues or settings: everything comes in as values and goes out as values.
"""
