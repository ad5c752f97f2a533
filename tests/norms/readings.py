r"""Texts and how they are read, a line each, under headings in square brackets: `text => reading`.

Written out from what the code read, looked through, and kept apart from it: a line holds today's reading, and one that
turns out not to be what people mean is to be changed here and there. `\n` is a line end.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parents[1] / "data/readings"
NOTHING: Final = "nothing"


def sections(name: str) -> Mapping[str, list[str]]:
    """The lines of a file by the heading that they stand under."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            lines = found[line[1:-1]] = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


def reread(lines: list[str], read: Callable[[str], str]) -> list[str]:
    """The same lines with what is read now."""
    texts = [line.rpartition(" => ")[0] for line in lines]
    return [f"{text} => {read(text.replace(chr(92) + 'n', chr(10))) or NOTHING}" for text in texts]
