"""Finds the operation of a request: the table of `shared.contracts.operations` as a tree, searched once per request."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Addressed(Protocol):
    """An operation of a service or of the gateway itself."""

    @property
    def method(self) -> str:
        """The method."""

    @property
    def path(self) -> str:
        """The path, with `{…}` for any word."""


Found = TypeVar("Found", bound=Addressed)


@dataclass(slots=True)
class _Branch(Generic[Found]):
    """The next parts of a path: a fixed word, or any word."""

    words: dict[str, "_Branch[Found]"] = field(default_factory=dict)
    anything: "_Branch[Found] | None" = None
    operations: dict[str, Found] = field(default_factory=dict)


class OperationRouter(Generic[Found]):
    """The operations by path and method."""

    def __init__(self, operations: Iterable[Found]) -> None:
        self._root: _Branch[Found] = _Branch()
        for operation in operations:
            branch = self._root
            for part in operation.path.split("/")[1:]:
                if part.startswith("{"):
                    branch.anything = branch.anything or _Branch()
                    branch = branch.anything
                else:
                    branch = branch.words.setdefault(part, _Branch())
            branch.operations[operation.method] = operation

    def at(self, path: str) -> dict[str, Found]:
        """The operations at this path by method; empty when no operation has this path."""
        return _walk(self._root, path.split("/"), 1)


def _walk(branch: _Branch[Found], parts: list[str], place: int) -> dict[str, Found]:
    if place == len(parts):
        return branch.operations
    part = parts[place]
    word = branch.words.get(part)
    if word is not None and (found := _walk(word, parts, place + 1)):
        return found
    if branch.anything is not None and part and part not in (".", ".."):
        return _walk(branch.anything, parts, place + 1)
    return {}
