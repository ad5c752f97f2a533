"""What a repository needs of an aggregate: a name, a version, how many events it has published, what is new."""

from typing import Protocol


class Aggregate(Protocol):
    """A thing that changes as a whole.

    `version` counts saves and starts at 0 (never saved); `sequence` counts the published events, from 1, no gap;
    `events` is what has happened since it was loaded, in the domain's own words.
    """

    id: str
    version: int
    sequence: int
    events: list[object]
