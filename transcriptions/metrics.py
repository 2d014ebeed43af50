"""What Prometheus is told. Names and meanings stand in docs/operator-guide.md."""

from prometheus_client import Counter

uploads = Counter("transcribe_uploads_total", "Files taken or refused", ["outcome"])
cache = Counter("transcribe_cache_lookups_total", "Uploads whose work was new, under way or done", ["found"])
