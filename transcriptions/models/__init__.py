"""Rows: the truth of the product. Nothing happens in save() or in signals; the workflow writes, everybody reads."""

from transcriptions.models.entry import Rendition, Takeout, Transcription, Upload, WatchedFile
from transcriptions.models.house import CacheDay, Deletion, ModelVersion, Speed, WorkerProcess
from transcriptions.models.leased import Leased
from transcriptions.models.transcript import Media, Segment, Shard, Transcript

__all__ = [
    "CacheDay",
    "Deletion",
    "Leased",
    "Media",
    "ModelVersion",
    "Rendition",
    "Segment",
    "Shard",
    "Speed",
    "Takeout",
    "Transcript",
    "Transcription",
    "Upload",
    "WatchedFile",
    "WorkerProcess",
]
