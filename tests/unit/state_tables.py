"""Tables of states and of moves as lines that people read, beside those that are written down in `data/states.txt`."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from shared.kernel.state_table import StateTable

FILE: Final = Path(__file__).parents[1] / "data/states.txt"
Given = TypeVar("Given", bound=StrEnum)
Moves = Mapping[str, tuple[Collection[StrEnum], StrEnum]]


def written_down(thing: str) -> list[str]:
    """The lines of this thing in the file, without its heading."""
    _, _, rest = FILE.read_text(encoding="utf-8").partition(f"\n[{thing}]\n")
    return [line for line in rest.partition("\n[")[0].splitlines() if line.strip()]


def lines_of(table: StateTable) -> list[str]:
    """Per state its name, then each act: the verb, what makes it happen, where it leads, and until when."""
    return [*_states(table)]


def lines_of_moves(table: Moves) -> list[str]:
    """Per verb the states from which it may start, and the state that follows."""
    return [f"{verb}: {_names(sources)} -> {target}" for verb, (sources, target) in table.items()]


def lines_of_mapping(table: Mapping[Given, StrEnum]) -> list[str]:
    """Per entry what is given and what it becomes."""
    return [f"{given} -> {becomes}" for given, becomes in table.items()]


def _states(table: StateTable) -> Iterator[str]:
    for name, state in table.items():
        yield f"{name} (end)" if state.end else str(name)
        for act in state.acts:
            until = f", {act.until.en}" if act.until is not None else ""
            yield f"    {act.verb}: {act.trigger} {act.by} -> {_names(act.leads_to)}{until}"


def _names(states: Collection[str]) -> str:
    return ", ".join(sorted(map(str, states)))
