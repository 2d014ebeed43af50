"""Rows: the truth of the product. Nothing happens in save() or in signals; the workflow writes, everybody reads."""

from transcriptions.models.edits import Change, Rehearing, SegmentEdit
from transcriptions.models.entry import Rendition, Takeout, Transcription, Upload, WatchedFile
from transcriptions.models.hooks import Delivery, Webhook
from transcriptions.models.house import (
    CacheDay,
    Deletion,
    ModelVersion,
    ModelWish,
    Routine,
    Setting,
    Speed,
    Sum,
    WorkerProcess,
)
from transcriptions.models.leased import Leased
from transcriptions.models.sharing import Comment, Level, Share
from transcriptions.models.transcript import Lexeme, Media, Passage, Segment, Shard, Transcript

__all__ = [
    "CacheDay",
    "Change",
    "Comment",
    "Deletion",
    "Delivery",
    "Leased",
    "Level",
    "Lexeme",
    "Media",
    "ModelVersion",
    "ModelWish",
    "Passage",
    "Rehearing",
    "Rendition",
    "Routine",
    "Segment",
    "SegmentEdit",
    "Setting",
    "Shard",
    "Share",
    "Speed",
    "Sum",
    "Takeout",
    "Transcript",
    "Transcription",
    "Upload",
    "WatchedFile",
    "Webhook",
    "WorkerProcess",
]
