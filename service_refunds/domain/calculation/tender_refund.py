"""How each payment of the order gives its part back: as it was paid, as store credit, or by another agreed way."""

from collections.abc import Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.inputs.policy import RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import PayoutMethod
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.provider_units import cash_amount, provider_amount
from service_refunds.domain.calculation.tender_balance import (
    TenderBalance,
    require_available,
    split_among_tenders,
)
from shared.kernel.money import Money, grow, total


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderRefund:
    """One tender's part: `amount` is given back, `carried` pays for an exchange; both count against the cap.

    `bonus` and `carried_bonus` are the parts of them that nobody paid for, which only store credit gives back. `sent`
    and `provider_units` are what the provider is asked to move. `residue` is what the provider cannot take and is still
    owed. `rounding` is how much more (or less) than `amount` a cash desk pays for want of coins.
    """

    tender: str
    kind: TenderKind
    amount: Money
    carried: Money
    bonus: Money
    carried_bonus: Money
    sent: Money
    provider_units: int
    residue: Money
    rounding: Money


def refunds_by_tender(
    back: Money, carried: Money, balances: Sequence[TenderBalance], policy: RefundPolicy, payout: PayoutMethod
) -> tuple[TenderRefund, ...]:
    """Divide the refund, then the amount that an exchange uses, among the tenders."""
    require_available(back + carried, balances)
    backs = split_among_tenders(back, balances, policy.tender_order)
    rest = [balance.less(part) for balance, part in zip(balances, backs, strict=True)]
    carries = split_among_tenders(carried, rest, policy.tender_order)
    return tuple(
        _refund(balance, amount, kept, payout, policy.cash_step)
        for balance, amount, kept in zip(balances, backs, carries, strict=True)
    )


def cash_option(refunds: Sequence[TenderRefund], currency: str) -> Money:
    """The most that may be paid out as money: everything but bonus (I12)."""
    return total((refund.amount - refund.bonus for refund in refunds), currency)


def _refund(
    balance: TenderBalance, amount: Money, carried: Money, payout: PayoutMethod, cash_step: Money | None
) -> TenderRefund:
    tender, nothing = balance.tender, amount.like(0)
    given = amount if payout is PayoutMethod.ORIGINAL else nothing
    handed = given
    if given and tender.kind is TenderKind.CASH:
        handed = cash_amount(given, used=balance.used, captured=tender.captured, step=cash_step)
    moved = provider_amount(handed, tender.provider)
    return TenderRefund(
        tender=tender.id,
        kind=tender.kind,
        amount=amount,
        carried=carried,
        bonus=_bonus(balance, amount),
        carried_bonus=_bonus(balance.less(amount), carried),
        sent=moved.sent,
        provider_units=moved.units,
        residue=moved.residue,
        rounding=handed - given,
    )


def _bonus(balance: TenderBalance, amount: Money) -> Money:
    """The part of `amount` that is bonus, cumulated over what is taken from the tender."""
    bonus, captured = balance.tender.bonus, balance.tender.captured
    if not bonus or not amount:
        return amount.like(0)
    return Money(grow(bonus.minor, balance.used.minor, amount.minor, captured.minor), amount.currency)
