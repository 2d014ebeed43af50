"""faster-whisper as its documentation uses it: one recording after another, on a model that stays loaded."""

from typing import Any

from faster_whisper import BatchedInferencePipeline, WhisperModel

from benchmarks.systems import Hearing
from benchmarks.values import Job, Recording, Spent


class FasterWhisper:
    at_once = 1
    overhead = Spent()

    def __init__(self, model: Any, options: dict[str, Any]) -> None:
        self._model, self._options = model, options

    def hear(self, recording: Recording) -> Hearing:
        language = recording.language or None
        segments, _ = self._model.transcribe(str(recording.path), language=language, **self._options)
        return Hearing(segment.text for segment in segments)


def load(job: Job, **options: Any) -> FasterWhisper:
    """options: those of transcribe(); with a batch_size, the batched pipeline's."""
    model = WhisperModel(
        str(job.folder),
        device=job.device,
        device_index=job.device_index,
        compute_type=job.compute_type,
        local_files_only=True,
    )
    return FasterWhisper(BatchedInferencePipeline(model) if "batch_size" in options else model, options)
