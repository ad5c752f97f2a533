"""Phrases of both languages with their shields, written as lines."""

from typing import NamedTuple


class PhraseSet(NamedTuple):
    """Phrases of one strength or topic."""

    zh: str = ""
    en: str = ""
    shields: str = ""


def phrases_of(lines: str) -> tuple[str, ...]:
    """The phrases of a text with one phrase on each line."""
    return tuple(line.strip() for line in lines.splitlines() if line.strip())
