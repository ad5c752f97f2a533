"""The messages of one return leave in order, and one that a later fact has overtaken does not leave at all (Z30).

`OVERTAKEN_BY` is the table of kinds: which later fact makes a message untrue that has not left yet. An earlier message
holds later ones back only while it is tried: while it is queued or on the line. One that waits for a contact, has
failed or has ended holds nobody back. Its tries have an end (`RETRY_PAUSES`), unless the mail server accepts nothing
from anybody; then the later messages could not leave either.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from service_notifications.domain.messages.content import GoodsReceived, MessageKind
from service_notifications.domain.messages.message import Message, Status
from shared.kernel.piece_range import PieceRange


class Overtakes(StrEnum):
    """In which cases a later fact overtakes an earlier message."""

    ALWAYS = "always"
    WHEN_COMPLETE = "when_complete"
    """When with the later fact all goods of the return have arrived."""
    SAME_UNITS = "same_units"
    """When the later fact is about every unit of the earlier message."""


_K = MessageKind
_A, _C, _U = Overtakes.ALWAYS, Overtakes.WHEN_COMPLETE, Overtakes.SAME_UNITS

OVERTAKEN_BY: Final[Mapping[MessageKind, Mapping[MessageKind, Overtakes]]] = {
    # what has not left yet     and what has happened since
    _K.RETURN_REFERRED:      {_K.RETURN_APPROVED: _A, _K.RETURN_REFUSED: _A, _K.RETURN_CANCELLED: _A},
    _K.RETURN_REFUSED:       {_K.RETURN_APPROVED: _A},
    _K.RETURN_APPROVED:      {_K.RETURN_CANCELLED: _A, _K.RETURN_LAPSED: _A, _K.GOODS_RECEIVED: _C},
    _K.RETURN_CANCELLED:     {_K.GOODS_RECEIVED: _A},
    _K.RETURN_LAPSED:        {_K.GOODS_RECEIVED: _A},
    _K.UNITS_KEPT:           {_K.RETURN_CANCELLED: _A, _K.RETURN_LAPSED: _A, _K.GOODS_RECEIVED: _U},
    _K.DEADLINE_EXTENDED:    {_K.RETURN_CANCELLED: _A, _K.RETURN_LAPSED: _A},
    _K.GOODS_RECEIVED:       {_K.INSPECTION_CORRECTED: _U},
    _K.INSPECTION_HELD:      {_K.INSPECTION_DECIDED: _U, _K.INSPECTION_CORRECTED: _U},
    _K.INSPECTION_DECIDED:   {_K.INSPECTION_CORRECTED: _U, _K.INSPECTION_HELD: _U, _K.INSPECTION_DECIDED: _U},
    _K.INSPECTION_CORRECTED: {_K.GOODS_RECEIVED: _U, _K.INSPECTION_HELD: _U, _K.INSPECTION_DECIDED: _U,
                              _K.INSPECTION_CORRECTED: _U},
    _K.INSPECTION_EXTENDED:  {_K.INSPECTION_EXTENDED: _U, _K.INSPECTION_HELD: _U, _K.INSPECTION_CORRECTED: _U},
    _K.DISCREPANCY_CLEARED:  {},
    _K.REFUND_SETTLED:       {},
    _K.REMAINDER_CLOSED:     {},
}  # fmt: skip
"""A kind without an entry stays true: what has arrived has arrived, and money that was paid was paid."""

IN_ANY_ORDER: Final = frozenset({(_K.RETURN_CANCELLED, _K.GOODS_RECEIVED), (_K.RETURN_LAPSED, _K.GOODS_RECEIVED)})
"""The facts of these pairs come from different services, so that either may be heard first. The second one holds:
goods that arrive make a return live again. A return whose goods are here is neither cancelled nor lapsed as a whole.
"""

TRIED: Final = frozenset({Status.QUEUED, Status.SENDING})
"""An earlier message in one of these states holds later ones back."""


def in_order(messages: Iterable[Message]) -> list[Message]:
    """The messages of a return, the earliest first."""
    return sorted(messages, key=lambda message: (message.place or 0, message.id))


def overtakes(later: Message, earlier: Message) -> bool:
    """Whether the fact of one message makes the other one untrue, as far as the table says."""
    how = OVERTAKEN_BY[earlier.kind].get(later.kind)
    match how:
        case None:
            return False
        case Overtakes.ALWAYS:
            return True
        case Overtakes.WHEN_COMPLETE:
            return isinstance(later.content, GoodsReceived) and later.content.complete
        case Overtakes.SAME_UNITS:
            return bool(earlier.units) and _covers(later.units, earlier.units)


def overtaker_of(message: Message, line: Sequence[Message]) -> Message | None:
    """The message of the same return whose fact makes this one untrue; the line is in order."""
    place = next(index for index, each in enumerate(line) if each.id == message.id)
    for other in line[place + 1 :]:
        if overtakes(other, message):
            return other
    for other in line[:place]:
        if (message.kind, other.kind) in IN_ANY_ORDER and not _taken_back(other, line):
            return other
    return None


def _taken_back(receipt: Message, line: Sequence[Message]) -> bool:
    """Whether a correction says that these goods have not arrived."""
    return any(other.kind is MessageKind.INSPECTION_CORRECTED and overtakes(other, receipt) for other in line)


def _covers(units: Iterable[str], others: Iterable[str]) -> bool:
    """Whether every piece of the others is among the units."""
    known = [PieceRange.of(unit) for unit in units]
    return all(not PieceRange.of(other).without(known) for other in others)
