"""Logs: one JSON object a line for machines, coloured lines for a person at a terminal; secrets never."""

import logging
import sys
from typing import Any

import structlog


def configure(*, level: str = "INFO", machine: bool | None = None) -> None:
    """Set up logging for this process; `machine` None decides by whether a person is watching."""
    for_machines = not sys.stderr.isatty() if machine is None else machine
    renderer: Any = structlog.processors.JSONRenderer() if for_machines else structlog.dev.ConsoleRenderer()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer] if for_machines else [*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
