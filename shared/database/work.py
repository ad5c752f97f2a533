"""A unit of work as data: what one use case wants to change, until the group committer takes it.

Nothing here touches a database. A service's repositories fill a `Work`; leaving the use case hands it over; the answer
is one `Outcome`, this work's own, whatever happens to the neighbours it shares a transaction with.
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
    """A row that must not exist yet; a second one breaks a constraint, which is how a rule across aggregates holds."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """A row that replaces the one with the same primary key, if any."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """The row with this primary key goes; none there is no error."""

    table: Table
    key: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Adjust:
    """Add `deltas` to the columns of an existing row; the table's CHECK says whether the result may be.

    A missing row is an error (`MissingRow`), never a silent nothing.
    """

    table: Table
    key: Mapping[str, Any]
    deltas: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event ready to travel: the bytes are final, so every copy of it is the same."""

    id: str
    type: str
    subject: str
    sequence: int
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A consumer takes events of one subject up to `sequence`; it holds only if `previous` was the last one taken."""

    consumer: str
    subject: str
    previous: int
    sequence: int


@dataclass(frozen=True, slots=True)
class IdempotentAnswer:
    """What an idempotency key answers from now on. `body_hash` is SHA-256 over the received bytes, or over contents."""

    scope: str
    body_hash: str
    status: int
    body: str


Write = Add | Put | Remove | Adjust


@dataclass(slots=True)
class Work:
    """Everything one use case wants to be true afterwards, or nothing of it."""

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
        """Names of what at most one unit of work of a batch may touch."""
        names: set[tuple[str, ...]] = {(root.table.name, root.key) for root in self.roots}
        if self.claim is not None:
            names.add(("inbox", self.claim.consumer, self.claim.subject))
        if self.answer is not None:
            names.add(("idempotency", self.answer.scope))
        return names

    def tables(self) -> set[str]:
        """Names of the tables that change; loops that wait for one of them are woken after the commit.

        The outbox counts when something comes in, not when the relay takes out what it has published.
        """
        names = {root.table.name for root in self.roots} | {write.table.name for write in self.writes}
        return names | {"outbox"} if self.outbox else names - {"outbox"}


class Outcome(Enum):
    """What became of a unit of work."""

    COMMITTED = auto()
    STALE = auto()
    """Something it loaded has changed: load again, decide again."""
    TAKEN = auto()
    """Its inbox claim or idempotency key was taken before: the effect is already there."""


OUT_OF_RANGE: Final = Said("A value is out of range.", "数值超出范围。")
"""Why a database cannot look for what was asked for."""

NO_PLACE: Final = Said("A value does not fit where it should be kept.", "有一个值无法存入其应在的位置。")
"""Why a database cannot keep what it was given."""


class ConstraintBroken(RetourError):
    """The database refused: `constraint` names the rule. The use case is asked once more and usually says it better."""

    code = "constraint_broken"
    title = Said("Not possible", "无法办理")
    detail = Said("The rule {constraint} does not allow this.", "规则 {constraint} 不允许此操作。")

    def __init__(self, constraint: str) -> None:
        self.constraint = constraint
        super().__init__(constraint=constraint)


class MissingRow(Exception):
    """A row that should have been adjusted is not there."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"no such row in {table}")


class GroupCommitter(Protocol):
    """The one place that commits (two implementations, one suite)."""

    async def commit(self, work: Work) -> Outcome:
        """Commit this work, alone or with whatever else is waiting.

        Raises `ConstraintBroken` when a constraint says no to this very work, `Unavailable` when the database cannot be
        reached: then nothing of it is there, or a repetition will find its key taken.
        """
        ...
