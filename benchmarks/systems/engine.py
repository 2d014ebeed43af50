"""This engine, as its workers use it: one resident model, fed by as many threads as its batches have places."""

from collections.abc import Iterator

from benchmarks.systems import Hearing
from benchmarks.values import Job, Recording, Spent
from transcriptions.engine import model_pool, pipeline
from transcriptions.engine.batching import Batcher
from transcriptions.engine.device import Device
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.model_pool import ModelKey
from transcriptions.engine.options import Options, Preset


class Engine:
    overhead = Spent()

    def __init__(self, batcher: Batcher, ffmpeg: FFmpeg, options: Options, *, detect: bool) -> None:
        self.at_once = batcher.windows_at_once
        self._batcher, self._ffmpeg, self._options, self._detect = batcher, ffmpeg, options, detect

    def hear(self, recording: Recording) -> Hearing:
        hearing = Hearing(iter(()))
        hearing.texts = self._texts(recording, hearing)
        return hearing

    def _texts(self, recording: Recording, hearing: Hearing) -> Iterator[str]:
        options = Options(
            model=self._options.model,
            preset=self._options.preset,
            language="" if self._detect else recording.language,
        )
        result = pipeline.transcribe(recording.path, ffmpeg=self._ffmpeg, batcher=self._batcher, options=options)
        for segment in result.segments:
            yield segment.text
        hearing.windows = result.figures.windows
        hearing.again = {str(doubt): count for doubt, count in result.figures.again.items()}


def load(job: Job, *, preset: Preset, detect: bool = False) -> Engine:
    device = Device(job.device, job.compute_type, job.device_index)
    batcher = model_pool.load(ModelKey(job.folder, device))
    ffmpeg = FFmpeg(job.programs["ffmpeg"], job.programs["ffprobe"])
    return Engine(batcher, ffmpeg, Options(model=job.model, preset=preset), detect=detect)
