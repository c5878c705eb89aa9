"""A run of a schedule as a trace for Perfetto and Chrome's viewer (``docs/formats.md``)."""

from twill.reports.trace.measured import measured_json
from twill.reports.trace.scheduled import trace_json

__all__ = ["measured_json", "trace_json"]
