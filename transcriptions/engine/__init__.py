"""The engine: sound in, segments out.

Knows nothing of accounts, rows, queues or settings: everything comes in as values and goes out as values.
"""

import os

# onnxruntime reports to its maker unless it is told not to before it is imported. Nobody's recordings are its business.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
