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

A lot counts as so many pieces (Z13). Where only a part of its pieces has a state, the state is given to that part, and
the result is the same as for the same pieces as units of their own.

All of it is computed from the set of posts. So the order of posts, of their rows and of the units changes nothing.
Units that a person has decided about, and units that were paid for, keep their places.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from service_inspection.domain.inspection.unit import DECIDED, Unit, UnitState
from service_inspection.domain.inspection.unit_names import naming_again
from service_inspection.domain.receiving.scan import InspectedPieces, Kind, Outcome, Scan
from shared.kernel.piece_range import PieceRange, borders, cut_units, in_order, pieces_in, split_units


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
        scanned = {sku for sku, _ in self.pieces} | {look.sku for look in self.looks}
        if all(article(sku) == sku for sku in scanned):
            return self
        return replace(
            self,
            pieces=tuple((article(sku), quantity) for sku, quantity in self.pieces),
            looks=tuple(replace(look, sku=article(look.sku)) for look in self.looks),
        )

    def naming_again(self, units: Iterable[Unit], old: "CountedPost | None") -> "CountedPost":
        """A look that names a unit with a result looks at that unit again, unless the result was the corrected one."""
        if all(look.unit_id is None for look in self.looks):
            return self
        seen = [
            unit for unit in units if unit.inspected_by is not None and (old is None or unit.inspected_by != old.id)
        ]
        return replace(self, looks=tuple(part for look in self.looks for part in naming_again(look, seen)))

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
        if not self.named:
            return self.unnamed
        return self.unnamed + pieces_in(self.named) - min(self.unnamed, pieces_in(self.seen_again))

    @property
    def unnamed(self) -> int:
        """The number of first looks that name no unit."""
        return sum([look.pieces.quantity for look in self.first])

    @property
    def seen_again(self) -> frozenset[str]:
        """Units that are named by second looks only. A look without a name was the first one."""
        return frozenset(unit for unit, looks in self.named.items() if all(look.pieces.again for look in looks))

    def arrived(self, missed: int) -> int:
        """The number of pieces that are here. `missed` pieces were missed by the dock, as a person has found."""
        return self.dock + missed if self.dock else self.looked


def count_by_article(posts: Iterable[CountedPost], units: Iterable[Unit]) -> Mapping[str, ArticleCount]:
    """The counts of every article that a post names. A look at a unit that is not part of the return has no name."""
    posts, ours = list(posts), {unit.id: unit.sku for unit in units}
    named = [look.unit_id for post in posts for look in post.looks if look.unit_id is not None]
    cuts = borders([*ours, *named])
    articles = {str(part): sku for unit, sku in ours.items() for part in _parts(unit, cuts)} if cuts else ours
    counts: dict[str, ArticleCount] = {}
    for post in posts:
        for sku, quantity in post.pieces:
            counts.setdefault(sku, ArticleCount()).dock += quantity
        for pieces in post.looks:
            count, look = counts.setdefault(pieces.sku, ArticleCount()), Look(pieces, post)
            names = [str(part) for part in _parts(pieces.unit_id, cuts)] if pieces.unit_id is not None else []
            if names and all(articles.get(name) == pieces.sku for name in names):
                for name in names:
                    count.named.setdefault(name, []).append(look)
            else:
                (count.again if pieces.again else count.first).append(look)
    return counts


def _parts(name: str, cuts: Mapping[str, set[int]]) -> Sequence[PieceRange]:
    unit = PieceRange.of(name)
    return unit.cut(cuts.get(unit.base, ()))


@dataclass(frozen=True, slots=True)
class Aim:
    """The state that a unit has by the posts, and the look that says so."""

    state: UnitState
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The states of the units of one article. `surplus` pieces have no unit, `repeated` looks have no piece.

    A state may be for a part of a lot; the lot is then to be cut there.
    """

    aims: Mapping[str, Aim]
    surplus: int
    repeated: int


_PLACE: Final = {UnitState.PASSED: 0, UnitState.EXPECTED: 1, UnitState.RECEIVED: 1, UnitState.FAILED: 2}
"""Of units of one rank each keeps its result where it can."""


class LookPool:
    """The looks of one outcome that have no unit yet. `rows` has each look with the number of its free pieces."""

    def __init__(self, looks: Iterable[Look] = ()) -> None:
        self.rows = [(look, look.pieces.quantity) for look in looks]

    @property
    def size(self) -> int:
        """The number of free pieces."""
        return sum(free for _, free in self.rows)

    def take(self, known: str | None, most: int) -> tuple[Look, int] | None:
        """Take at most so many pieces of one look: the look that the unit has already, else the first one."""
        if not self.rows:
            return None
        place = next((place for place, (look, _) in enumerate(self.rows) if look.post.id == known), 0)
        return self._take(place, most)

    def take_known(self, known: str | None, most: int) -> tuple[Look, int] | None:
        """The same, of the look that the unit has already."""
        place = next((place for place, (look, _) in enumerate(self.rows) if look.post.id == known), None)
        return None if place is None else self._take(place, most)

    def take_last(self, pieces: int) -> list[tuple[Look, int]]:
        """Take the last so many pieces."""
        taken: list[tuple[Look, int]] = []
        while pieces and self.rows:
            look, count = self._take(len(self.rows) - 1, pieces)
            taken.insert(0, (look, count))
            pieces -= count
        return taken

    def _take(self, place: int, most: int) -> tuple[Look, int]:
        look, free = self.rows[place]
        count = min(free, most)
        self.rows[place : place + 1] = [(look, free - count)] if free > count else []
        return look, count


def settle(units: Sequence[Unit], count: ArticleCount, missed: int) -> Settled:
    """Share the pieces of one article among its units. The rule is in the text of this module."""
    open_units = [unit for unit in units if unit.state is not UnitState.CANCELLED]
    cut_units(open_units, count.named)
    arrived = max(count.arrived(missed), _pieces(unit for unit in open_units if unit.state in DECIDED))
    repeated = max(0, count.looked - arrived)
    in_turn = sorted(
        open_units,
        key=lambda unit: (
            unit.state not in DECIDED,
            unit.id not in count.named,
            not unit.paid_for,
            unit.rank,
            unit.state is UnitState.EXPECTED,
            in_order(unit.id),
        ),
    )
    here, missing = split_units(in_turn, arrived)
    aims = {unit.id: Aim(UnitState.EXPECTED) for unit in missing}
    looks, seen_again = _spread(count), count.seen_again
    free: list[Unit] = []
    room = arrived
    for unit, whole in zip(here, in_turn, strict=False):  # the last unit here may be a part of its lot
        named = count.named.get(whole.id)
        room -= unit.quantity if named is not None or unit.state in DECIDED else 0
        if unit.state in DECIDED:
            if named is None:
                _use_up(looks, unit)
        elif named is not None:
            aims |= _aims_of_named(unit, named, looks if whole.id in seen_again else {})
        else:
            free.append(unit)
    free.sort(key=lambda unit: (not unit.paid_for, unit.rank, _PLACE[unit.state], in_order(unit.id)))
    passes, fails = _shares(looks, _pieces(free), room)
    passed, others = split_units(free, passes)
    waiting, failed = split_units(others, _pieces(others) - fails)
    for unit in passed:
        aims |= _shared_out(unit, looks[Outcome.PASSED], Aim(UnitState.PASSED))
    aims |= {unit.id: Aim(UnitState.RECEIVED) for unit in waiting}
    for unit in reversed(failed):
        aims |= _shared_out(unit, looks[Outcome.FAILED], Aim(UnitState.FAILED), from_end=True)
    return Settled(aims, max(0, arrived - _pieces(open_units)), repeated)


def _pieces(units: Iterable[Unit]) -> int:
    return sum([unit.quantity for unit in units])


def _shares(looks: Mapping[Outcome, LookPool], pieces: int, room: int) -> tuple[int, int]:
    """How many of the pieces passed and how many failed; `room` is the number of pieces, with those in quarantine.

    While every look has its piece, a piece in quarantine is in doubt the one that failed. Else the failed looks count
    first, because one of the looks was a second look.
    """
    passed, failed = looks[Outcome.PASSED].size, looks[Outcome.FAILED].size
    if passed + failed > room:
        failed = min(failed, room)
        passed = min(passed, room - failed)
    passes = min(passed, pieces)
    return passes, min(failed, pieces - passes)


def _spread(count: ArticleCount) -> dict[Outcome, LookPool]:
    """The first looks without a name, in an order that no list decides.

    Second looks that failed more often than the first ones make so many results doubtful, and what is doubtful is held.
    """
    first = sorted(count.first, key=_order)
    looks = {outcome: LookPool([look for look in first if look.pieces.outcome is outcome]) for outcome in Outcome}
    if not count.again:
        return looks
    again = LookPool(look for look in sorted(count.again, key=_order) if look.pieces.outcome is Outcome.FAILED)
    doubtful = min(again.size - looks[Outcome.FAILED].size, looks[Outcome.PASSED].size)
    if doubtful > 0:
        looks[Outcome.PASSED].take_last(doubtful)
        looks[Outcome.FAILED].rows += again.take_last(doubtful)
    return looks


def _order(look: Look) -> tuple[str, str, str]:
    return look.pieces.grade.value, look.post.sender, look.post.event


def _use_up(looks: Mapping[Outcome, LookPool], unit: Unit) -> None:
    """Take the looks of a unit that a person has decided about: the failed ones first, else any."""
    pieces = unit.quantity
    for outcome in (Outcome.FAILED, Outcome.PASSED):
        while pieces and (taken := looks[outcome].take(unit.inspected_by, pieces)) is not None:
            pieces -= taken[1]


def _shared_out(unit: Unit, pool: LookPool, aim: Aim, *, from_end: bool = False) -> dict[str, Aim]:
    """The aim for all pieces of the unit, each with its look: the look that the unit has already, else the first."""
    aims: dict[str, Aim] = {}
    left = PieceRange.of(unit.id)
    while (taken := pool.take(unit.inspected_by, left.count)) is not None:
        look, count = taken
        part, rest = _cut_off(left, count, from_end=from_end)
        aims[str(part)] = Aim(aim.state, look)
        if rest is None:
            return aims
        left = rest
    return aims | {str(left): aim}


def _aims_of_named(unit: Unit, named: Sequence[Look], looks: Mapping[Outcome, LookPool]) -> dict[str, Aim]:
    """The results of a unit that was named. Where only second looks name it, one of `looks` was the first."""
    aims: dict[str, Aim] = {}
    left: PieceRange | None = PieceRange.of(unit.id)
    while left is not None:
        taken = _take_any(looks, unit, left.count)
        look, pieces = taken if taken is not None else (None, left.count)
        part, left = _cut_off(left, pieces)
        aims[str(part)] = _aim_of_named([*named, *((look,) if look is not None else ())])
    return aims


def _cut_off(whole: PieceRange, count: int, *, from_end: bool = False) -> tuple[PieceRange, PieceRange | None]:
    """So many pieces of the range, and the rest."""
    if count >= whole.count:
        return whole, None
    border = whole.last - count + 1 if from_end else whole.first + count
    head, tail = whole.cut((border,))
    return (tail, head) if from_end else (head, tail)


def _take_any(looks: Mapping[Outcome, LookPool], unit: Unit, most: int) -> tuple[Look, int] | None:
    """Take the first look of a unit that second looks name: the one that the unit has already, else any."""
    for pool in looks.values():
        if (taken := pool.take_known(unit.inspected_by, most)) is not None:
            return taken
    return next((taken for pool in looks.values() if (taken := pool.take(None, most)) is not None), None)


def _aim_of_named(looks: Sequence[Look]) -> Aim:
    """The result of a unit that was named. When its looks differ, the unit is held for a person."""
    worst = max(looks, key=lambda look: (look.pieces.outcome is Outcome.FAILED, *_order(look)))
    failed = worst.pieces.outcome is Outcome.FAILED
    return Aim(UnitState.FAILED if failed else UnitState.PASSED, worst)
