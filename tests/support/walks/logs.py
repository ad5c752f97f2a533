"""What the product logs as an error while it walks: it must be nothing that the walk has not provoked."""

import contextlib
import logging
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import structlog

PROVOKED: Final[frozenset[str]] = frozenset()
"""Error lines that a walk provokes by what it does to the provider, the mail server and the bus."""


class _Handler(logging.Handler):
    """Keeps the lines of other libraries."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        self._lines.append(f"{record.name}: {record.getMessage()}")


@contextlib.contextmanager
def errors_in() -> Iterator[list[str]]:
    """The lines of level error or worse that are written inside, but for what was provoked."""
    lines: list[str] = []

    def keep(_: Any, level: str, event: MutableMapping[str, Any]) -> Any:
        if event["event"] not in PROVOKED:
            lines.append(f"{level} {dict(event)}")
        raise structlog.DropEvent

    before, handler = structlog.get_config(), _Handler(lines)
    structlog.configure(
        processors=[structlog.processors.format_exc_info, keep],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.configure(**before)
