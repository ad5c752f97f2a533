"""One physical unit of a return, with two independent state machines: whereabouts and outcome.

A unit has at most one remedy (B14): a return holds the unit from the request until the unit is refused or withdrawn.
Alike pieces of a wholesale line are one unit, a lot, until something happens to a part of them (`PieceRange`, Z13).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import IllegalMove
from shared.kernel.piece_range import PieceRange


class Whereabouts(StrEnum):
    """Where the unit is, by the last report."""

    WITH_CUSTOMER = "with_customer"
    IN_TRANSIT = "in_transit"
    AT_DOCK = "at_dock"
    IN_INSPECTION = "in_inspection"
    IN_STOCK = "in_stock"
    BACK_TO_CUSTOMER = "back_to_customer"


class UnitOutcome(StrEnum):
    """What was decided about the unit."""

    NONE = "none"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """Where a correction of the warehouse puts a unit."""

    EXPECTED = "expected"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UnitRemedy(StrEnum):
    """The remedy that the customer gets for the unit."""

    NONE = "none"
    REFUND = "refund"


_W, _D = Whereabouts, UnitOutcome

WHEREABOUTS_MOVES: Final[Mapping[str, tuple[frozenset[Whereabouts], Whereabouts]]] = {
    # verb         from                                                to
    "ship":        (frozenset({_W.WITH_CUSTOMER}),                     _W.IN_TRANSIT),
    "arrive":      (frozenset({_W.WITH_CUSTOMER, _W.IN_TRANSIT}),      _W.AT_DOCK),
    "hold":        (frozenset({_W.AT_DOCK}),                           _W.IN_INSPECTION),
    "shelve":      (frozenset({_W.AT_DOCK, _W.IN_INSPECTION}),         _W.IN_STOCK),
    "send_back":   (frozenset({_W.IN_INSPECTION, _W.IN_TRANSIT}),      _W.BACK_TO_CUSTOMER),
    "unarrive":    (frozenset({_W.AT_DOCK, _W.IN_INSPECTION, _W.IN_STOCK}), _W.WITH_CUSTOMER),
    "back_to_dock": (frozenset({_W.IN_INSPECTION, _W.IN_STOCK}),       _W.AT_DOCK),
    "take_back":   (frozenset({_W.IN_STOCK, _W.BACK_TO_CUSTOMER}),     _W.IN_INSPECTION),
    "stay":        (frozenset({_W.IN_TRANSIT}),                        _W.WITH_CUSTOMER),
    "discard":     (frozenset({_W.IN_TRANSIT}),                        _W.IN_STOCK),
    "come_back":   (frozenset({_W.WITH_CUSTOMER, _W.IN_TRANSIT, _W.IN_STOCK, _W.BACK_TO_CUSTOMER}), _W.AT_DOCK),
}  # fmt: skip

OUTCOME_MOVES: Final[Mapping[str, tuple[frozenset[UnitOutcome], UnitOutcome]]] = {
    # verb         from                           to
    "accept":      (frozenset({_D.NONE}),         _D.ACCEPTED),
    "refuse":      (frozenset({_D.NONE}),         _D.REFUSED),
    "withdraw":    (frozenset({_D.NONE}),         _D.WITHDRAWN),
    "revive":      (frozenset({_D.WITHDRAWN}),    _D.NONE),
    "take_back":   (frozenset({_D.ACCEPTED, _D.REFUSED}), _D.NONE),
}  # fmt: skip


_HERE: Final = (_W.AT_DOCK, _W.IN_INSPECTION, _W.IN_STOCK)
STANDS: Final[Mapping[Standing, Mapping[Whereabouts, str]]] = {
    Standing.EXPECTED: dict.fromkeys(_HERE, "unarrive"),
    Standing.CANCELLED: dict.fromkeys(_HERE, "unarrive"),
    Standing.RECEIVED: dict.fromkeys((_W.IN_INSPECTION, _W.IN_STOCK), "back_to_dock"),
    Standing.ACCEPTED: dict.fromkeys((_W.AT_DOCK, _W.IN_INSPECTION), "shelve"),
    Standing.FAILED: {_W.AT_DOCK: "hold", _W.IN_STOCK: "take_back", _W.BACK_TO_CUSTOMER: "take_back"},
}
"""By the standing that a correction tells: the move from each place that differs from it."""


UNCOUNTED: Final = -1
"""The `unit_no` of pieces of a wholesale line that arrived when no piece of the line was free any more (Z23)."""


@dataclass(slots=True, kw_only=True)
class ReturnUnit:
    """`unit_no` counts the units of the order line from 1; `place` is the index of the line in the return.

    `unit_no` is 0 on a wholesale line, whose pieces are counted and have no numbers (`orders.wholesale`). It is larger
    than the line where more pieces arrived than were free (`returns.following`).
    """

    id: str
    line_id: str
    place: int
    unit_no: int
    whereabouts: Whereabouts = Whereabouts.WITH_CUSTOMER
    decision: UnitOutcome = UnitOutcome.NONE
    was_accepted: bool = False
    """The unit was accepted once, and a correction has taken that back; a refund may be open all the same (Z01)."""
    by: datetime | None = None
    """Until when the present step of this unit takes (Z24). Every move and every decision begins a new step."""

    @property
    def quantity(self) -> int:
        """The number of pieces: more than one for a lot."""
        return PieceRange.of(self.id).count

    @property
    def remedy(self) -> UnitRemedy:
        """A refund for an accepted unit; else nothing."""
        return UnitRemedy.REFUND if self.decision is UnitOutcome.ACCEPTED else UnitRemedy.NONE

    @property
    def holds_unit(self) -> bool:
        """Whether this return holds the unit, so that no other return can hold the unit."""
        return self.decision in {UnitOutcome.NONE, UnitOutcome.ACCEPTED}

    @property
    def can_stay(self) -> bool:
        """Whether the customer can keep the unit: undecided, and not yet at the dock."""
        return self.decision is UnitOutcome.NONE and self.whereabouts in {
            Whereabouts.WITH_CUSTOMER,
            Whereabouts.IN_TRANSIT,
        }

    @property
    def is_unsent(self) -> bool:
        """Whether the customer is still to send the unit."""
        return self.decision is UnitOutcome.NONE and self.whereabouts is Whereabouts.WITH_CUSTOMER

    @property
    def is_stray(self) -> bool:
        """Whether the customer keeps the unit and has announced it in a parcel all the same (Z23)."""
        return self.decision is UnitOutcome.WITHDRAWN and self.whereabouts is Whereabouts.IN_TRANSIT

    def move(self, verb: str) -> None:
        """Move along `WHEREABOUTS_MOVES`; `IllegalMove` from any other place."""
        sources, target = WHEREABOUTS_MOVES[verb]
        if self.whereabouts not in sources:
            raise IllegalMove(verb, self.whereabouts, sources)
        self.whereabouts, self.by = target, None

    def decide(self, verb: str) -> None:
        """Move along `OUTCOME_MOVES`; `IllegalMove` from any other outcome."""
        sources, target = OUTCOME_MOVES[verb]
        if self.decision not in sources:
            raise IllegalMove(verb, self.decision, sources)
        self.decision, self.by = target, None

    def stand(self, standing: Standing, *, sent: bool) -> None:
        """Put the unit where a correction says (Z01); `sent`: a parcel is on its way. `IllegalMove` where no correction
        can lead.
        """
        if self.decision in {UnitOutcome.ACCEPTED, UnitOutcome.REFUSED} and standing is not Standing.ACCEPTED:
            self.was_accepted = self.was_accepted or self.decision is UnitOutcome.ACCEPTED
            self.decide("take_back")
        verb = STANDS[standing].get(self.whereabouts)
        if verb is not None:
            self.move(verb)
        if verb == "unarrive" and sent:
            self.move("ship")
        if standing is Standing.ACCEPTED and self.decision is not UnitOutcome.ACCEPTED:
            self.decide("accept")
        if standing is Standing.CANCELLED and self.decision is UnitOutcome.NONE:
            self.decide("withdraw")
