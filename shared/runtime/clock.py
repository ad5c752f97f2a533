"""The clock and new ids, as parameters, so that tests can set both."""

from collections.abc import Callable
from datetime import UTC, datetime

from uuid_utils import uuid7

from shared.kernel.ids import write_id

Clock = Callable[[], datetime]
NewId = Callable[[str], str]


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def new_id(kind: str) -> str:
    """A new public id of this kind, e.g. `new_id("ret")`."""
    return write_id(kind, uuid7().int)
