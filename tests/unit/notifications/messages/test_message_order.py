"""Which later fact makes a message untrue that has not left: the whole table, and facts heard in any order (Z30)."""

from dataclasses import replace
from typing import Any, Final

import pytest

from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Message, Status
from service_notifications.domain.messages.message_order import (
    OVERTAKEN_BY,
    Overtakes,
    in_order,
    overtaker_of,
    overtakes,
)
from tests.support.notifications import SAMPLES, a_message

EXPECTED: Final = """
return_referred       return_approved return_refused return_cancelled
return_refused        return_approved
return_approved       return_cancelled return_lapsed goods_received?
return_cancelled      goods_received
return_lapsed         goods_received
units_kept            return_cancelled return_lapsed goods_received=
deadline_extended     return_cancelled return_lapsed
goods_received        inspection_corrected=
inspection_held       inspection_decided= inspection_corrected=
inspection_decided    inspection_corrected= inspection_held= inspection_decided=
inspection_corrected  goods_received= inspection_held= inspection_decided= inspection_corrected=
inspection_extended   inspection_extended= inspection_held= inspection_corrected=
discrepancy_cleared
refund_settled
remainder_closed
"""
"""By hand: `?` only when all goods are here, `=` only when it is about every unit of the earlier message."""

MARKS: Final = {"?": Overtakes.WHEN_COMPLETE, "=": Overtakes.SAME_UNITS}


def a_letter(kind: MessageKind, place: int, *units: str, **but: Any) -> Message:
    return a_message(
        id=f"msg_{place}", fact=f"{kind}:{place}", place=place, units=units, **{"content": SAMPLES[kind], **but}
    )


def test_the_table_says_what_people_have_written_down() -> None:
    """L10: every kind has a row; a kind that is in no row stays true."""
    read = {}
    for line in EXPECTED.split("\n")[1:-1]:
        earlier, *later = line.split()
        read[MessageKind(earlier)] = {
            MessageKind(each.rstrip("?=")): MARKS.get(each[-1], Overtakes.ALWAYS) for each in later
        }
    assert read == OVERTAKEN_BY
    assert set(OVERTAKEN_BY) == set(MessageKind)


@pytest.mark.parametrize("complete", [True, False])
def test_an_approval_says_where_to_send_what_is_still_missing(complete: bool) -> None:
    """The rest of the goods still has to be sent."""
    received = replace(SAMPLES[MessageKind.GOODS_RECEIVED], complete=complete)  # type: ignore[type-var]
    approved = a_letter(MessageKind.RETURN_APPROVED, 1)
    assert overtakes(a_letter(MessageKind.GOODS_RECEIVED, 2, content=received), approved) is complete


@pytest.mark.parametrize(
    ("earlier", "later", "overtaken"),
    [
        (("u1",), ("u1",), True),
        (("u1",), ("u1", "u2"), True),
        (("u1", "u2"), ("u1",), False),
        (("u1",), ("u2",), False),
        (("lot~1-10",), ("lot~1-100",), True),
        (("lot~1-100",), ("lot~1-60", "lot~61-100"), True),
        (("lot~1-100",), ("lot~1-60", "lot~62-100"), False),
        ((), (), False),
    ],
)
def test_a_letter_about_units_is_overtaken_only_as_a_whole(
    earlier: tuple[str, ...], later: tuple[str, ...], overtaken: bool
) -> None:
    """Z13: pieces of a lot too. What is about other units stays true, and what names no unit proves nothing."""
    held, decided = (
        a_letter(MessageKind.INSPECTION_HELD, 1, *earlier),
        a_letter(MessageKind.INSPECTION_DECIDED, 2, *later),
    )
    assert overtakes(decided, held) is overtaken


def test_goods_that_are_here_make_a_cancellation_untrue_whichever_was_heard_first() -> None:
    """Different services tell both, so the order of hearing says nothing; a corrected count says that none are here."""
    received = a_letter(MessageKind.GOODS_RECEIVED, 1, "u1")
    cancelled = a_letter(MessageKind.RETURN_CANCELLED, 2)
    assert overtaker_of(cancelled, [received, cancelled]) is received
    assert overtaker_of(received, [received, cancelled]) is None
    corrected = a_letter(MessageKind.INSPECTION_CORRECTED, 2, "u1")
    late = a_letter(MessageKind.RETURN_CANCELLED, 3)
    assert overtaker_of(late, [received, corrected, late]) is None
    assert overtaker_of(received, [received, corrected, late]) is corrected


def test_what_was_overtaken_itself_still_overtakes() -> None:
    """Approved, cancelled, arrived all the same: the approval does not become true again."""
    approved, cancelled, received = (
        a_letter(kind, place, "u1")
        for place, kind in enumerate(
            (MessageKind.RETURN_APPROVED, MessageKind.RETURN_CANCELLED, MessageKind.GOODS_RECEIVED), 1
        )
    )
    cancelled.status = Status.SUPERSEDED
    assert overtaker_of(approved, [approved, cancelled, received]) is cancelled


def test_messages_of_old_code_come_first() -> None:
    """They have no place, and their ids are in order."""
    old = [a_message(id="msg_1", place=None), a_message(id="msg_2", place=None)]
    new = [a_message(id="msg_0", place=3), a_message(id="msg_9", place=2)]
    assert [each.id for each in in_order([*new, *reversed(old)])] == ["msg_1", "msg_2", "msg_9", "msg_0"]
