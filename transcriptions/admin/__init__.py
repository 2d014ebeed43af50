"""What the operator sees. Rows of the machinery can be looked at and deleted, not edited: the workflow writes them."""

from transcriptions.admin import changeable, edits, entry, hooks, house, people, sharing, transcript, workers

__all__ = ["changeable", "edits", "entry", "hooks", "house", "people", "sharing", "transcript", "workers"]
