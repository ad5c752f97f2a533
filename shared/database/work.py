"""A unit of work as data: what one use case wants to change, until the group committer writes it.

This module does not use a database. A service's repositories fill a `Work`, which is committed when the use case ends.
Each unit of work gets its own `Outcome`, whatever happens to other units in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, Protocol

from sqlalchemy import Table

from shared.kernel.errors import RetourError, Said


@dataclass(frozen=True, slots=True)
class Root:
    """An aggregate's own row. `expected` is the version it was loaded with; 0 means it is new.

    `values` holds every column, the new `version` included. The row is written only while it still has `expected`.
    """

    table: Table
    key: str
    expected: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Add:
    """A row that must not exist yet. A second row breaks a constraint; that is how a rule across aggregates holds."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """A row that replaces the one with the same primary key, if any."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the row with this primary key, if there is one."""

    table: Table
    key: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """Move the row with this primary key, if there is one, into another table that has its columns.

    `values` are the columns that the other table has in addition. The database copies the row itself.
    """

    table: Table
    key: Mapping[str, Any]
    to: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Adjust:
    """Add `deltas` to columns of an existing row; the table's CHECK decides whether the result is allowed.

    A missing row is an error (`MissingRow`).
    """

    table: Table
    key: Mapping[str, Any]
    deltas: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event ready to be published. The bytes are final, so every copy is the same."""

    id: str
    type: str
    subject: str
    sequence: int
    body: str

    @property
    def values(self) -> Mapping[str, Any]:
        """The columns of its row."""
        return {
            "id": self.id,
            "type": self.type,
            "subject": self.subject,
            "sequence": self.sequence,
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """A consumer handles events of one subject up to `sequence`; valid only if `previous` was the last one handled."""

    consumer: str
    subject: str
    previous: int
    sequence: int


@dataclass(frozen=True, slots=True)
class IdempotentAnswer:
    """The answer that belongs to an idempotency key. `body_hash` is SHA-256 over the received bytes or contents."""

    scope: str
    body_hash: str
    status: int
    body: str


Write = Add | Put | Remove | Adjust | Move


@dataclass(slots=True)
class Work:
    """Everything that one use case changes; all of it is committed, or nothing."""

    roots: list[Root] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    claim: Claim | None = None
    answer: IdempotentAnswer | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (self.roots or self.writes or self.outbox or self.claim or self.answer)

    def locks(self) -> set[tuple[str, ...]]:
        """Names of rows and keys that only one unit of work of a batch may touch."""
        names: set[tuple[str, ...]] = {(root.table.name, root.key) for root in self.roots}
        if self.claim is not None:
            names.add(("inbox", self.claim.consumer, self.claim.subject))
        if self.answer is not None:
            names.add(("idempotency", self.answer.scope))
        return names

    def tables(self) -> set[str]:
        """Names of the tables that change; loops that wait for one of them are woken after the commit.

        The outbox counts when an event is added, not when the relay removes published events.
        """
        names = {root.table.name for root in self.roots} | {write.table.name for write in self.writes}
        return names | {"outbox"} if self.outbox else names - {"outbox"}


class Outcome(Enum):
    """The result of a unit of work."""

    COMMITTED = auto()
    STALE = auto()
    """Something that was loaded has changed: load and decide again."""
    TAKEN = auto()
    """Its inbox claim or idempotency key was taken before: the effect is already written."""


OUT_OF_RANGE: Final = Said("A value is out of range.", "数值超出范围。")
"""Why a database cannot search for a value."""

NO_PLACE: Final = Said("A value does not fit where it should be kept.", "有一个值无法存入其应在的位置。")
"""Why a database cannot store a value."""


class ConstraintBroken(RetourError):
    """The database refused; `constraint` names the rule. The use case runs again and usually gives a better reason."""

    code = "constraint_broken"
    title = Said("Not possible", "无法办理")
    detail = Said("The rule {constraint} does not allow this.", "规则 {constraint} 不允许此操作。")

    def __init__(self, constraint: str) -> None:
        self.constraint = constraint
        super().__init__(constraint=constraint)


class MissingRow(Exception):
    """A row to be adjusted does not exist."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"no such row in {table}")


class GroupCommitter(Protocol):
    """The only place that commits (two implementations, one test suite)."""

    async def commit(self, work: Work) -> Outcome:
        """Commit this work, alone or together with other work that waits.

        Raises `ConstraintBroken` when a constraint refuses this work, and `Unavailable` when the database cannot be
        reached. Then nothing is written, or a repetition finds its key taken.
        """
        ...
