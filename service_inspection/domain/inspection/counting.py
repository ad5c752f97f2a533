"""The posts of one return, and what they say together about the pieces of one article (Z01, Z06).

The rule, for each article of a return:

- A post that a later post corrects does not count. A correction counts when the post that it corrects is known.
- The dock is believed. Where the dock has counted nothing of the article, every first look is an arrival, because
  there are warehouses without scanners at the dock.
- A look says whether it is the first look at a piece. A look `again` is never an arrival. Looks at a named unit are
  looks at one piece; a look that names a unit with a result looks at that unit again.
- Looks beyond the pieces that have arrived are a question for a person. They never are goods and never money.
- With such a question, the looks that failed count first: what is in doubt is held and not paid.
- Pieces that nobody can tell apart are ordered by `Unit.rank`. The first ones have arrived and passed, the last failed.

All of it is computed from the set of posts. So the order of posts, of their rows and of the units changes nothing.
Units that a person has decided about, and units that were paid for, keep their places.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from service_inspection.domain.inspection.unit import DECIDED, Unit, UnitState
from service_inspection.domain.receiving.scan import InspectedPieces, Kind, Outcome, Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPost:
    """What counting needs of a post. A return keeps it, so that a correction can count everything anew."""

    id: str
    kind: Kind
    event: str
    sender: str
    by: str
    at: datetime
    pieces: tuple[tuple[str, int], ...] = ()
    """What the dock has counted."""
    looks: tuple[InspectedPieces, ...] = ()
    corrects: str | None = None

    @classmethod
    def of(cls, scan: Scan) -> "CountedPost":
        """The counted form of a post."""
        return cls(
            id=scan.id,
            kind=scan.kind,
            event=scan.client_event_id,
            sender=scan.sender or scan.posted_by,
            by=scan.posted_by,
            at=scan.posted_at,
            pieces=tuple((item.sku, item.quantity) for item in scan.items),
            looks=scan.looks,
            corrects=scan.corrects,
        )

    def naming(self, article: Callable[[str], str]) -> "CountedPost":
        """The same post with each article as the return names it."""
        return replace(
            self,
            pieces=tuple((article(sku), quantity) for sku, quantity in self.pieces),
            looks=tuple(replace(look, sku=article(look.sku)) for look in self.looks),
        )

    def names(self, other: "CountedPost") -> bool:
        """Whether this post corrects the other one: by its id, or by its own sender's name for it."""
        return self.corrects == other.id or (self.sender == other.sender and self.corrects == other.event)


def corrected_by(posts: Sequence[CountedPost]) -> Mapping[str, str]:
    """For each corrected post its correction."""
    corrections = [post for post in posts if post.corrects is not None]
    return {old.id: new.id for new in corrections for old in posts if old is not new and new.names(old)}


def in_force(posts: Sequence[CountedPost]) -> Sequence[CountedPost]:
    """The posts that count: neither corrected, nor waiting for the post that they correct."""
    replaced = corrected_by(posts)
    known = set(replaced.values())
    return [post for post in posts if post.id not in replaced and (post.corrects is None or post.id in known)]


@dataclass(frozen=True, slots=True)
class Look:
    """One row of looks with the post that it came with."""

    pieces: InspectedPieces
    post: CountedPost


@dataclass(slots=True)
class ArticleCount:
    """What the posts in force say about one article."""

    dock: int = 0
    first: list[Look] = field(default_factory=list)
    again: list[Look] = field(default_factory=list)
    named: dict[str, list[Look]] = field(default_factory=dict)

    @property
    def looked(self) -> int:
        """The number of pieces with a first look, if no look was repeated without saying so."""
        return self.unnamed + len(self.named) - min(self.unnamed, len(self.seen_again))

    @property
    def unnamed(self) -> int:
        """The number of first looks that name no unit."""
        return sum(look.pieces.quantity for look in self.first)

    @property
    def seen_again(self) -> frozenset[str]:
        """Units that are named by second looks only. A look without a name was the first one."""
        return frozenset(unit for unit, looks in self.named.items() if all(look.pieces.again for look in looks))

    def arrived(self, missed: int) -> int:
        """The number of pieces that are here. `missed` pieces were missed by the dock, as a person has found."""
        return self.dock + missed if self.dock else self.looked


def count_by_article(posts: Iterable[CountedPost], units: Iterable[Unit]) -> Mapping[str, ArticleCount]:
    """The counts of every article that a post names. A look at a unit that is not part of the return has no name."""
    ours = {unit.id: unit.sku for unit in units}
    counts: dict[str, ArticleCount] = {}
    for post in posts:
        for sku, quantity in post.pieces:
            counts.setdefault(sku, ArticleCount()).dock += quantity
        for pieces in post.looks:
            count, look = counts.setdefault(pieces.sku, ArticleCount()), Look(pieces, post)
            if pieces.unit_id is not None and ours.get(pieces.unit_id) == pieces.sku:
                count.named.setdefault(pieces.unit_id, []).append(look)
            else:
                (count.again if pieces.again else count.first).append(look)
    return counts


@dataclass(frozen=True, slots=True)
class Aim:
    """The state that a unit has by the posts, and the look that says so."""

    state: UnitState
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The states of the units of one article. `surplus` pieces have no unit, `repeated` looks have no piece."""

    aims: Mapping[str, Aim]
    surplus: int
    repeated: int


_PLACE: Final = {UnitState.PASSED: 0, UnitState.EXPECTED: 1, UnitState.RECEIVED: 1, UnitState.FAILED: 2}
"""Of units of one rank each keeps its result where it can."""


def settle(units: Sequence[Unit], count: ArticleCount, missed: int) -> Settled:
    """Share the pieces of one article among its units. The rule is in the text of this module."""
    open_units = [unit for unit in units if unit.state is not UnitState.CANCELLED]
    decided = [unit for unit in open_units if unit.state in DECIDED]
    arrived = max(count.arrived(missed), len(decided))
    repeated = max(0, count.looked - arrived)
    here = sorted(
        open_units,
        key=lambda unit: (
            unit.state not in DECIDED,
            unit.id not in count.named,
            not unit.paid_for,
            unit.rank,
            unit.state is UnitState.EXPECTED,
            unit.id,
        ),
    )[:arrived]
    aims = {unit.id: Aim(UnitState.EXPECTED) for unit in open_units if unit.state not in DECIDED}
    free: list[Unit] = []
    looks = _spread(count)
    for unit in here:
        if unit.state in DECIDED:
            if unit.id not in count.named:
                _take(looks, unit, Outcome.FAILED)
        elif unit.id in count.named:
            first = _take_any(looks, unit) if unit.id in count.seen_again else None
            aims[unit.id] = _aim_of_named([*count.named[unit.id], *((first,) if first is not None else ())])
        else:
            aims[unit.id] = Aim(UnitState.RECEIVED)
            free.append(unit)
    free.sort(key=lambda unit: (not unit.paid_for, unit.rank, _PLACE[unit.state], unit.id))
    room = arrived - sum(unit.state in DECIDED or unit.id in count.named for unit in here)
    passes, fails = _shares(looks, len(free), room)
    for unit in free[:passes]:
        aims[unit.id] = Aim(UnitState.PASSED, _take(looks, unit, Outcome.PASSED))
    for unit in reversed(free[len(free) - fails :]):
        aims[unit.id] = Aim(UnitState.FAILED, _take(looks, unit, Outcome.FAILED))
    return Settled(aims, max(0, arrived - len(open_units)), repeated)


def _shares(looks: Mapping[Outcome, Sequence[Look]], units: int, room: int) -> tuple[int, int]:
    """How many of the units passed and how many failed; `room` is the number of pieces, with those in quarantine.

    While every look has its piece, a piece in quarantine is in doubt the one that failed. Else the failed looks count
    first, because one of the looks was a second look.
    """
    passed, failed = len(looks[Outcome.PASSED]), len(looks[Outcome.FAILED])
    if passed + failed > room:
        failed = min(failed, room)
        passed = min(passed, room - failed)
    passes = min(passed, units)
    return passes, min(failed, units - passes)


def _spread(count: ArticleCount) -> dict[Outcome, list[Look]]:
    """The first looks without a name, one for each piece, in an order that no list decides.

    Second looks that failed more often than the first ones make so many results doubtful, and what is doubtful is held.
    """
    looks: dict[Outcome, list[Look]] = {outcome: [] for outcome in Outcome}
    for look in sorted(count.first, key=_order):
        looks[look.pieces.outcome] += [look] * look.pieces.quantity
    again = [
        look
        for look in sorted(count.again, key=_order)
        if look.pieces.outcome is Outcome.FAILED
        for _ in range(look.pieces.quantity)
    ]
    doubtful = min(len(again) - len(looks[Outcome.FAILED]), len(looks[Outcome.PASSED]))
    if doubtful > 0:
        del looks[Outcome.PASSED][-doubtful:]
        looks[Outcome.FAILED] += again[len(again) - doubtful :]
    return looks


def _order(look: Look) -> tuple[str, str, str]:
    return look.pieces.grade.value, look.post.sender, look.post.event


def _take(looks: dict[Outcome, list[Look]], unit: Unit, outcome: Outcome) -> Look | None:
    """Take the look that the unit has already, else the first one. A decided unit may use up any look."""
    pool = looks[outcome] or (looks[Outcome.PASSED] if unit.state in DECIDED else [])
    if not pool:
        return None
    known = (place for place, look in enumerate(pool) if look.post.id == unit.inspected_by)
    return pool.pop(next(known, 0))


def _take_any(looks: dict[Outcome, list[Look]], unit: Unit) -> Look | None:
    """Take the first look of a unit that second looks name: the one that the unit has already, else any."""
    for outcome in Outcome:
        for place, look in enumerate(looks[outcome]):
            if look.post.id == unit.inspected_by:
                return looks[outcome].pop(place)
    return next((looks[outcome].pop(0) for outcome in Outcome if looks[outcome]), None)


def _aim_of_named(looks: Sequence[Look]) -> Aim:
    """The result of a unit that was named. When its looks differ, the unit is held for a person."""
    worst = max(looks, key=lambda look: (look.pieces.outcome is Outcome.FAILED, *_order(look)))
    failed = worst.pieces.outcome is Outcome.FAILED
    return Aim(UnitState.FAILED if failed else UnitState.PASSED, worst)
