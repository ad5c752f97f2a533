"""The states of a receipt, and what a person does with goods whose return nobody knows (F04, Z21)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import IllegalMove


class ScanState(StrEnum):
    """Whether we know whose goods these are, and what became of goods of which nobody knows it."""

    UNIDENTIFIED = "unidentified"
    MATCHED = "matched"
    WAITING = "waiting"
    """The post corrects a post that has not come yet, and counts from the moment when that post comes."""
    IN_CASE = "in_case"
    """The goods are kept in a case of their own while the sender is looked for."""
    RETURNED_TO_SENDER = "returned_to_sender"
    DISPOSED = "disposed"
    WITHDRAWN = "withdrawn"
    """The post says nothing: it was made in error, or waits for a post that will not come."""


class Verb(StrEnum):
    """What a person does with a receipt."""

    ASSIGN = "assign"
    OPEN_CASE = "open_case"
    SEND_BACK = "send_back"
    DISPOSE = "dispose"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take_back"


_S: Final = ScanState
UNKNOWN: Final = frozenset({_S.UNIDENTIFIED, _S.IN_CASE})
"""Nobody knows whose goods these are. A return that is found later takes them."""

ENDED: Final = frozenset({_S.MATCHED, _S.RETURNED_TO_SENDER, _S.DISPOSED, _S.WITHDRAWN})

MOVES: Final[Mapping[str, tuple[frozenset[ScanState], ScanState]]] = {
    # verb             from                           to
    Verb.ASSIGN:     (UNKNOWN,                      _S.MATCHED),
    Verb.OPEN_CASE:  (UNKNOWN,                      _S.IN_CASE),
    Verb.SEND_BACK:  (UNKNOWN,                      _S.RETURNED_TO_SENDER),
    Verb.DISPOSE:    (UNKNOWN,                      _S.DISPOSED),
    Verb.WITHDRAW:   (UNKNOWN | {_S.WAITING},       _S.WITHDRAWN),
    Verb.TAKE_BACK:  (ENDED,                        _S.UNIDENTIFIED),
}  # fmt: skip
"""A match by the machine leads from the first two states to `matched` as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCase:
    """What is known of a sender whom nobody knows. `photos` are ids or addresses of files."""

    sender: str | None
    notes: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingAct:
    """One act of a person. `parcel` is the parcel in which the goods went back."""

    verb: Verb
    by: str
    at: datetime
    note: str | None
    return_id: str | None = None
    parcel: str | None = None


def moved(state: ScanState, verb: Verb) -> ScanState:
    """The state after the act. `IllegalMove` from any other state."""
    sources, target = MOVES[verb]
    if state not in sources:
        raise IllegalMove(verb.value, state, frozenset(map(str, sources)))
    return target
