"""Spans through OpenTelemetry, to whoever takes OTLP over HTTP. Loaded only where traces are on: see traces.

Queries to PostgreSQL and commands to Redis become spans of their own within those of the work: their text, without the
values. A trace begins with a request or a job; what a client may say of a trace in its headers is not believed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

CARRIED = TraceContextTextMapPropagator()
HEADER = "traceparent"


class Begun(Sampler):
    """Of traces that begin, a share. A query outside of any work begins none: workers look for work all the time."""

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(  # noqa: PLR0917 - OpenTelemetry's
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if kind == SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return self._share.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"Begun({self._share.get_description()})"


END_MILLISECONDS = 3000


class OpenTelemetry:
    def __init__(self, process: str, endpoint: str, share: float) -> None:
        resource = Resource.create({"service.name": f"transcribe-{process}", "service.namespace": "transcribe"})
        provider = TracerProvider(
            sampler=ParentBased(Begun(share), remote_parent_not_sampled=ALWAYS_OFF), resource=resource
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        PsycopgInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
        RedisInstrumentor().instrument(tracer_provider=provider)
        self._provider, self._tracer = provider, provider.get_tracer("transcriptions")

    @contextmanager
    def within(self, parent: str) -> Iterator[None]:
        token = attach(CARRIED.extract({HEADER: parent}))
        try:
            yield
        finally:
            detach(token)

    def span(self, name: str, values: Mapping[str, str | int]) -> AbstractContextManager[object]:
        kind = SpanKind.SERVER if "http.request.method" in values else SpanKind.INTERNAL
        return self._tracer.start_as_current_span(name, kind=kind, attributes=values)

    def past(self, name: str, parent: str, since: datetime, until: datetime) -> None:
        context = CARRIED.extract({HEADER: parent})
        self._tracer.start_span(name, context=context, start_time=_nanoseconds(since)).end(_nanoseconds(until))

    def end(self) -> None:
        self._provider.force_flush(END_MILLISECONDS)

    def current(self) -> str:
        carried: dict[str, str] = {}
        CARRIED.inject(carried)
        return carried.get(HEADER, "")


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
