"""What a repository needs of an aggregate: its id, its version, the number of published events, new events."""

from typing import Protocol


class Aggregate(Protocol):
    """An aggregate root.

    `version` counts saves and starts at 0 (never saved); `sequence` counts published events, from 1, without a gap;
    `events` are the domain events since it was loaded.
    """

    id: str
    version: int
    sequence: int
    events: list[object]
