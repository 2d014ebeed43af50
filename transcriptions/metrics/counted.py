"""What processes count and measure. Names and meanings stand in docs/operator-guide.md.

SUMMED is for the whole site: every process, on every host, adds its share to rows now and then (see sums), so a process
that ends takes nothing with it. Labels are few and come from the code: never a name, an id or a text of somebody.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1800, 7200)
RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5)
SUMMED = CollectorRegistry()

uploads = Counter("transcribe_uploads_total", "Files taken or refused", ["outcome"], registry=SUMMED)
api_requests = Counter(
    "transcribe_api_requests_total", "Requests of programs by answer", ["endpoint", "status"], registry=SUMMED
)
stages = Histogram("transcribe_stage_seconds", "A stage of the work", ["stage"], buckets=SECONDS, registry=SUMMED)
first_words = Histogram(
    "transcribe_first_words_seconds", "From the upload's end to the first words", buckets=SECONDS, registry=SUMMED
)
last_words = Histogram(
    "transcribe_last_words_seconds", "From the upload's end to the last word", buckets=SECONDS, registry=SUMMED
)
real_time = Histogram(
    "transcribe_real_time_ratio",
    "Time from the first claim to the end, of the recording's",
    buckets=RATIOS,
    registry=SUMMED,
)
heard_seconds = Counter("transcribe_heard_seconds_total", "Of recordings, transcribed", registry=SUMMED)
ended = Counter("transcribe_ended_total", "Transcripts that ended", ["state", "code"], registry=SUMMED)
claims = Counter(
    "transcribe_claims_total", "Work that was taken, by what was before", ["kind", "after"], registry=SUMMED
)
deliveries = Counter(
    "transcribe_webhook_attempts_total", "Attempts to tell a server, by what came of it", ["outcome"], registry=SUMMED
)
windows = Counter("transcribe_windows_total", "Windows decoded", registry=SUMMED)
windows_again = Counter("transcribe_windows_again_total", "Of them, decoded again", ["reason"], registry=SUMMED)

# Of the web process that is asked; of all of them where PROMETHEUS_MULTIPROC_DIR is set.
readers = Gauge("transcribe_readers", "Pages that follow a transcript", multiprocess_mode="livesum")
