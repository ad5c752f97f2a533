"""A page of a feed: published events behind a cursor, for systems that ask over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of published events, each as the bytes that the broker was given. `next` is the next cursor."""

    bodies: Sequence[str]
    next: str
    more: bool
