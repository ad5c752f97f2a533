"""The request: which accepted units go back, under which law and facts, and how the customer wants the money."""

from dataclasses import dataclass, field
from enum import StrEnum

from service_refunds.domain.calculation.inputs.field_check import (
    check_choice,
    check_flag,
    check_keys,
    check_kind,
    check_list,
    check_money,
    check_optional_money,
    check_text,
)
from service_refunds.domain.calculation.inputs.history import RefundHistory, check_history
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import OrderLine, check_line, reconcile_line
from service_refunds.domain.calculation.inputs.policy import RefundPolicy, check_policy
from service_refunds.domain.calculation.inputs.refusal import InvalidField
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.piece_range import PieceRange


class Regime(StrEnum):
    CN = "CN"
    EU = "EU"
    UK = "UK"
    US = "US"


class OfferAnswer(StrEnum):
    """Where the offer of a lower value stands; an offer that lapses does so in the customer's favour."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    LAPSED = "lapsed"


class PayoutMethod(StrEnum):
    """As it was paid; as store credit; or by another way of payment. The last two need recorded consent."""

    ORIGINAL = "original"
    STORE_CREDIT = "store_credit"
    OTHER_METHOD = "other_method"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalFacts:
    """Facts that the law asks about. An unknown fact counts as not given: a doubt never costs the customer.

    `statutory_withdrawal` is the EU and UK right of withdrawal and China's seven days without reason.
    `freight_disclosed` means that the approval said who pays the return freight; the EU and the UK also need
    `freight_told_before_contract`. `fees_disclosed` and `re_rating_disclosed` mean before the purchase.
    """

    regime: Regime
    seller_at_fault: bool = False
    statutory_withdrawal: bool = False
    withdrawal_right_explained: bool = True
    freight_disclosed: bool = False
    freight_told_before_contract: bool = False
    fees_disclosed: bool = False
    re_rating_disclosed: bool = False
    shortfall_agreed: bool = False
    other_method_agreed: bool = False

    @property
    def european(self) -> bool:
        return self.regime in {Regime.EU, Regime.UK}

    @property
    def european_withdrawal(self) -> bool:
        return self.european and self.statutory_withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedUnit:
    """One physical unit that inspection accepted, or a lot of alike ones. Units take their shares of the line in this
    order.

    A lower value comes from the `grade`, or is an agreed `loss`. The lower value counts only with `evidence` for each
    failed check, after the customer was told and has accepted, and in the EU and UK only `beyond_trial`.
    """

    id: str
    line: str
    grade: str = ""
    loss: Money | None = None
    evidence: bool = False
    customer_told: bool = False
    answer: OfferAnswer | None = None
    beyond_trial: bool = True

    @property
    def quantity(self) -> int:
        """The number of pieces. A lot takes so many shares of the line together (Z13)."""
        return PieceRange.of(self.id).count


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A manual signed line with its reason: positive is goodwill, negative takes from the refund (H12)."""

    id: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """The whole input of a calculation. An order that does not add up is refused here (N06).

    `return_label` is the price of the prepaid label, `freight_receipt` what the customer paid to send the goods back.
    `exchange` is the goods sent instead, charged like any line. `expected_available` is the figure that the caller saw;
    this service never sets it.
    """

    order: Order
    facts: LegalFacts
    units: tuple[AcceptedUnit, ...] = ()
    history: RefundHistory = field(default_factory=RefundHistory)
    policy: RefundPolicy = field(default_factory=RefundPolicy)
    return_label: Money | None = None
    freight_receipt: Money | None = None
    missing_gifts: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    exchange: tuple[OrderLine, ...] = ()
    payout: PayoutMethod = PayoutMethod.ORIGINAL
    expected_available: Money | None = None

    def __post_init__(self) -> None:
        order = check_kind(self.order, "/order", Order)
        order.reconcile()
        currency = order.currency
        _check_facts(check_kind(self.facts, "/facts", LegalFacts))
        check_history(check_kind(self.history, "/history", RefundHistory), "/history", order)
        check_policy(check_kind(self.policy, "/policy", RefundPolicy), "/policy", currency)
        _check_units(self.units, self.policy, order)
        for name in ("return_label", "freight_receipt", "expected_available"):
            check_optional_money(getattr(self, name), f"/{name}", currency)
        check_list(self.missing_gifts, "/missing_gifts", str)
        gifts = frozenset(gift.id for gift in order.gifts)
        check_keys(((f"/missing_gifts/{place}", gift) for place, gift in enumerate(self.missing_gifts)), gifts)
        _check_adjustments(self.adjustments, currency)
        check_choice(self.payout, "/payout", PayoutMethod)
        check_list(self.exchange, "/exchange", OrderLine)
        check_keys((f"/exchange/{place}/id", line.id) for place, line in enumerate(self.exchange))
        for place, line in enumerate(self.exchange):
            check_line(line, f"/exchange/{place}", currency, frozenset())
            reconcile_line(line, f"/exchange/{place}", order.mode)


_NO_GRADE = Said("the policy has no grade {grade}", "政策中没有等级 {grade}")
_BOTH = Said("a grade and an agreed loss exclude each other", "等级与约定减值不能并存")


def _check_facts(facts: LegalFacts) -> None:
    check_choice(facts.regime, "/facts/regime", Regime)
    for name in LegalFacts.__dataclass_fields__:
        if name != "regime":
            check_flag(getattr(facts, name), f"/facts/{name}")


def _check_units(units: tuple[AcceptedUnit, ...], policy: RefundPolicy, order: Order) -> None:
    check_list(units, "/units", AcceptedUnit, 10_000)
    check_keys((f"/units/{place}/id", unit.id) for place, unit in enumerate(units))
    grades = frozenset(grade.name for grade in policy.grades)
    lines = frozenset(line.id for line in order.lines)
    for place, unit in enumerate(units):
        here = f"/units/{place}"
        check_keys(((f"{here}/line", unit.line),), lines)
        check_text(unit.grade, f"{here}/grade", empty=True)
        check_optional_money(unit.loss, f"{here}/loss", order.currency)
        if unit.grade and unit.grade not in grades:
            raise InvalidField(f"{here}/grade", _NO_GRADE, grade=unit.grade)
        if unit.grade and unit.loss is not None:
            raise InvalidField(f"{here}/loss", _BOTH)
        for name in ("evidence", "customer_told", "beyond_trial"):
            check_flag(getattr(unit, name), f"{here}/{name}")
        if unit.answer is not None:
            check_choice(unit.answer, f"{here}/answer", OfferAnswer)


def _check_adjustments(adjustments: tuple[Adjustment, ...], currency: str) -> None:
    check_list(adjustments, "/adjustments", Adjustment, 100)
    check_keys((f"/adjustments/{place}/id", each.id) for place, each in enumerate(adjustments))
    for place, each in enumerate(adjustments):
        check_money(each.amount, f"/adjustments/{place}/amount", currency, signed=True)
        check_text(each.reason, f"/adjustments/{place}/reason")
