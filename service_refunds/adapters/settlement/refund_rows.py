"""The mapping of refunds to rows. The terms of a refund are written once, when the refund opens."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_refunds.adapters.ledger.balance_rows import add_balance, adjust_balance, remove_unit
from service_refunds.adapters.tables import ledger_entries, paid_twice, refunds
from service_refunds.domain.events import (
    DebtClosed,
    PaidAgain,
    PayoutEnded,
    PayoutReserved,
    RefundOpened,
    RefundStopped,
)
from service_refunds.domain.ledger.double_entry import Posting
from service_refunds.domain.settlement.payout import Payout
from service_refunds.domain.settlement.recovery import NOTHING_DONE, Recovery
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import State
from service_refunds.domain.settlement.terms import RefundTerms, RemainderClosure
from shared.database.reader import Reader
from shared.database.work import Add, Root, Write
from shared.runtime.clock import Clock, new_id

_TERMS: Final = TypeAdapter(RefundTerms)
_CLOSURE: Final = TypeAdapter(RemainderClosure | None)
_RECOVERY: Final = TypeAdapter(Recovery)
_PAYOUTS: Final = TypeAdapter(tuple[Payout, ...])


class RefundRows:
    """The rows of refunds. Saving a refund also writes its balances and ledger entries."""

    thing = "refund"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def load(self, reader: Reader, key: str) -> Refund | None:
        rows = await reader.load(refunds, "id", key)
        return refund_of_row(rows[0]) if rows else None

    def save(self, aggregate: Refund) -> tuple[Root, Sequence[Write]]:
        values: dict[str, Any] = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "state": aggregate.state.value,
            "payouts": _PAYOUTS.dump_python(aggregate.payouts, mode="json"),
            "submitted_at": aggregate.submitted_at,
            "key_until": aggregate.key_until,
            "due_at": aggregate.due_at,
            "settled_at": aggregate.settled_at,
            "asked": aggregate.asked,
            "code": aggregate.code,
            "remainder_open": None if aggregate.open_remainder is None else 1,
            "remainder_closed": None
            if aggregate.remainder_closed is None
            else _CLOSURE.dump_python(aggregate.remainder_closed, mode="json"),
            "look_at": aggregate.look_at,
            "recovery": None
            if aggregate.recovery == NOTHING_DONE
            else _RECOVERY.dump_python(aggregate.recovery, mode="json"),
            "waits_since": aggregate.recovery.since,
            "updated_at": self._clock(),
        }
        if aggregate.version == 0:
            terms = aggregate.terms
            values |= {
                "return_id": terms.return_id,
                "order_id": terms.order_id,
                "customer_id": terms.customer_id,
                "currency": terms.amount.currency,
                "amount_minor": terms.amount.minor,
                "terms": _TERMS.dump_python(terms, mode="json"),
                "opened_at": terms.opened_at,
                "pay_by": terms.pay_by,
                "order_number": terms.order_number,
                "storefront": terms.storefront,
            }
        return Root(refunds, aggregate.id, aggregate.version, values), list(self._moves(aggregate))

    def _moves(self, refund: Refund) -> Iterator[Write]:
        order = refund.terms.order_id
        for event in refund.events:
            match event:
                case RefundOpened(fresh, shifts, posting):
                    yield from (add_balance(order, balance) for balance in fresh)
                    yield from (adjust_balance(order, shift) for shift in shifts)
                    yield from self._entries(refund, posting)
                case RefundStopped(freed, shifts, posting):
                    yield from (remove_unit(order, unit) for unit in freed)
                    yield from (adjust_balance(order, shift) for shift in shifts)
                    yield from self._entries(refund, posting)
                case PayoutEnded(shifts, posting) | PayoutReserved(shifts, posting):
                    yield from (adjust_balance(order, shift) for shift in shifts)
                    yield from self._entries(refund, posting)
                case DebtClosed(posting):
                    yield from self._entries(refund, posting)
                case PaidAgain(minor, code, posting):
                    yield self._paid_again(refund, minor, code)
                    yield from self._entries(refund, posting)

    def _paid_again(self, refund: Refund, minor: int, code: str) -> Write:
        return Add(
            paid_twice,
            {
                "id": new_id("twice"),
                "order_id": refund.terms.order_id,
                "refund_id": refund.id,
                "code": code,
                "currency": refund.terms.amount.currency,
                "amount_minor": minor,
                "noted_at": self._clock(),
                "version": 1,
                "sequence": 0,
            },
        )

    def _entries(self, refund: Refund, posting: Posting) -> Iterator[Write]:
        at = self._clock()
        for line, entry in enumerate(posting.entries, 1):
            yield Add(
                ledger_entries,
                {
                    "posting_id": posting.id,
                    "line": line,
                    "account": entry.account,
                    "amount_minor": entry.amount_minor,
                    "currency": refund.terms.amount.currency,
                    "order_id": refund.terms.order_id,
                    "refund_id": refund.id,
                    "payout_id": posting.payout,
                    "at": at,
                },
            )


def refund_of_row(row: Mapping[str, Any]) -> Refund:
    """The refund in a row."""
    return Refund(
        id=row["id"],
        terms=_TERMS.validate_python(row["terms"]),
        payouts=_PAYOUTS.validate_python(row["payouts"]),
        state=State(row["state"]),
        submitted_at=row["submitted_at"],
        key_until=row["key_until"],
        due_at=row["due_at"],
        asked=row["asked"],
        settled_at=row["settled_at"],
        code=row["code"],
        remainder_closed=_CLOSURE.validate_python(row["remainder_closed"]),
        look_at=row.get("look_at"),
        recovery=_recovery_of_row(row),
        version=row["version"],
        sequence=row["sequence"],
    )


def _recovery_of_row(row: Mapping[str, Any]) -> Recovery:
    """What was done about the refund. One that failed before 0.2 was told as failed."""
    if row.get("recovery") is not None:
        return _RECOVERY.validate_python(row["recovery"])
    since = row.get("waits_since")
    failed_at = since if row["state"] == State.FAILED.value else None
    return NOTHING_DONE if since is None else Recovery(failed_at=failed_at, since=since)
