"""A finding of the reconciler: something on which two services disagree."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FindingState(StrEnum):
    """Whether somebody must look at it."""

    OPEN = "open"
    ENDED = "ended"
    """The services agree again."""
    DISMISSED = "dismissed"
    """A person has looked and says why it may stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What disagrees (`name` of the comparison), about which return, since when."""

    id: str
    name: str
    about: str
    state: FindingState
    found_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: str | None = None


def finding_id(name: str, about: str) -> str:
    """The same disagreement about the same return is one finding."""
    return f"{name}~{about}"
