"""Rows: the truth of the product. Nothing happens in save() or in signals; the workflow writes, everybody reads."""

from transcriptions.models.edits import Change, SegmentEdit
from transcriptions.models.entry import Rendition, Transcription, Upload, WatchedFile
from transcriptions.models.hooks import Delivery, Webhook
from transcriptions.models.house import CacheDay, Deletion, ModelVersion, Routine, Speed, Sum, WorkerProcess
from transcriptions.models.leased import Leased
from transcriptions.models.transcript import Lexeme, Media, Passage, Segment, Shard, Transcript

__all__ = [
    "CacheDay",
    "Change",
    "Deletion",
    "Delivery",
    "Leased",
    "Lexeme",
    "Media",
    "ModelVersion",
    "Passage",
    "Rendition",
    "Routine",
    "Segment",
    "SegmentEdit",
    "Shard",
    "Speed",
    "Sum",
    "Transcript",
    "Transcription",
    "Upload",
    "WatchedFile",
    "Webhook",
    "WorkerProcess",
]
