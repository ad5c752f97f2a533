"""Pieces that were returned under the same facts, as law and policy see them (Z08).

A refund is what all returned groups together give, less what earlier refunds gave. So a group holds everything that the
sum depends on, and the sum does not depend on the order of the groups.
"""

from dataclasses import dataclass
from typing import Final

from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.calculation.inputs.field_check import (
    check_choice,
    check_count,
    check_flag,
    check_keys,
    check_kind,
    check_list,
    check_money,
    check_optional_money,
    check_share,
    check_text,
)
from service_refunds.domain.calculation.inputs.policy import FreightRule
from shared.kernel.money import Money

SUMMED: Final = frozenset(ComponentName) - {
    ComponentName.ADJUSTMENT,
    ComponentName.REMAINDER,
    ComponentName.UNPAID,
    ComponentName.PAID_LATER,
    ComponentName.EXCHANGE_NET,
    ComponentName.EXCHANGE_TAX,
    ComponentName.FREIGHT_RECEIPT,
    ComponentName.GOODWILL,
    ComponentName.BONUS,
    ComponentName.BONUS_KEPT,
}
"""The components that follow from the returned goods. The others belong to one request."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A number of pieces of one line."""

    line: str
    count: int


@dataclass(frozen=True, slots=True)
class UnitLoss:
    """A lower value that may be charged for one unit: a share of what was paid for the unit, or an agreed amount."""

    unit: str
    line: str
    loss_bp: int = 0
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedGroup:
    """The pieces of one refund, and what they may bring and cost. What the law forbids to charge is not in the group.

    `freight` is the rule for outbound freight; `whole_by_law`: with the whole order, whatever the rule is. `order_fees`
    and `surcharge` go back with the whole order. `given` is what the refund of this group gave. A `failed` refund was
    not paid; its amounts stay with that refund.
    """

    pieces: tuple[Pieces, ...] = ()
    re_rate: bool = False
    by_fault: bool = False
    freight: FreightRule = FreightRule.NONE
    standard_only: bool = False
    whole_by_law: bool = False
    order_fees: bool = False
    surcharge: bool = False
    restocking_bp: int = 0
    restocking_fixed: Money | None = None
    losses: tuple[UnitLoss, ...] = ()
    label: Money | None = None
    gifts: tuple[str, ...] = ()
    card_fee: bool = False
    lost_free_shipping: bool = False
    given: tuple[Component, ...] = ()
    failed: bool = False


def summed(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """The components that follow from the returned goods."""
    return tuple(part for part in components if part.name in SUMMED)


def check_groups(groups: tuple[ReturnedGroup, ...], pointer: str, currency: str, lines: frozenset[str]) -> None:
    """Refuse groups with an invalid field."""
    check_list(groups, pointer, ReturnedGroup, 10_000)
    for place, group in enumerate(groups):
        _check_group(group, f"{pointer}/{place}", currency, lines)


def _check_group(group: ReturnedGroup, pointer: str, currency: str, lines: frozenset[str]) -> None:
    check_list(group.pieces, f"{pointer}/pieces", Pieces)
    check_keys(((f"{pointer}/pieces/{place}/line", each.line) for place, each in enumerate(group.pieces)), lines)
    for place, each in enumerate(group.pieces):
        check_count(each.count, f"{pointer}/pieces/{place}/count", 1)
    check_choice(group.freight, f"{pointer}/freight", FreightRule)
    for name in FLAGS:
        check_flag(getattr(group, name), f"{pointer}/{name}")
    check_share(group.restocking_bp, f"{pointer}/restocking_bp")
    check_optional_money(group.restocking_fixed, f"{pointer}/restocking_fixed", currency)
    check_optional_money(group.label, f"{pointer}/label", currency)
    check_list(group.gifts, f"{pointer}/gifts", str, 100)
    for place, gift in enumerate(group.gifts):
        check_text(gift, f"{pointer}/gifts/{place}")
    check_list(group.losses, f"{pointer}/losses", UnitLoss, 10_000)
    check_keys((f"{pointer}/losses/{place}/unit", loss.unit) for place, loss in enumerate(group.losses))
    for place, loss in enumerate(group.losses):
        here = f"{pointer}/losses/{place}"
        check_keys(((f"{here}/line", loss.line),), lines)
        check_share(loss.loss_bp, f"{here}/loss_bp")
        check_optional_money(loss.amount, f"{here}/amount", currency)
    check_components(group.given, f"{pointer}/given", currency)


FLAGS: Final = (
    "re_rate", "by_fault", "standard_only", "whole_by_law", "order_fees", "surcharge", "card_fee",
    "lost_free_shipping", "failed",
)  # fmt: skip


def check_components(components: tuple[Component, ...], pointer: str, currency: str) -> None:
    """Refuse components with an invalid field."""
    check_list(components, pointer, Component, 100_000)
    for place, part in enumerate(components):
        here = f"{pointer}/{place}"
        check_choice(check_kind(part, here, Component).name, f"{here}/name", ComponentName)
        check_money(part.amount, f"{here}/amount", currency, signed=True)
        check_text(part.subject, f"{here}/subject", empty=True)
        check_text(part.rate, f"{here}/rate", empty=True)
