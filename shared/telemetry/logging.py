"""Logs: one JSON object per line for machines, coloured lines at a terminal; never secrets."""

import logging
import sys
from collections.abc import Mapping
from typing import Any, Final

import structlog

LEVEL: Final = "RETOUR_LOG_LEVEL"
DOUBLING: Final = ("aiormq.connection", "aio_pika.channel")
"""Loggers of libraries that log, some with a traceback, what their exceptions say as well."""
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def level_in(environment: Mapping[str, str], *, otherwise: str) -> str:
    """The level that the environment names. `ValueError`, which names the setting, for any other text."""
    level = (environment.get(LEVEL) or otherwise).upper()
    if level not in LEVELS:
        raise ValueError(f"{LEVEL}: one of {', '.join(LEVELS)}")
    return level


def configure(*, level: str = "INFO", machine: bool | None = None) -> None:
    """Set up logging for this process. With `machine` None, a terminal decides the format."""
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
    silence_repeated_logs()


def silence_repeated_logs() -> None:
    """Switch off logs that repeat exceptions; all that a command without logs of its own needs."""
    for name in DOUBLING:
        logging.getLogger(name).setLevel(logging.CRITICAL)
