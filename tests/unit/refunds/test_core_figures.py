"""Figures inside the core that no sum of a refund shows: each with a value of its own and the expected one by hand."""

from dataclasses import replace
from itertools import product

import pytest

from service_refunds.domain.calculation.fee import Fee, collect_fees
from service_refunds.domain.calculation.fee_bar import WaiverReason
from service_refunds.domain.calculation.imported_order import (
    ImportedCharge,
    ImportedFreight,
    ImportedLine,
    ImportedOrder,
    ImportedPayment,
    ImportedTax,
    PaymentKind,
    order_of,
)
from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.history import LineElsewhere
from service_refunds.domain.calculation.inputs.order_part import ChargeKind, OrderFee
from service_refunds.domain.calculation.inputs.policy import FreightRule, PromotionMode, TenderOrder
from service_refunds.domain.calculation.inputs.refusal import OverRefund
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from service_refunds.domain.calculation.returned_set import GivenAmounts
from service_refunds.domain.calculation.tender_balance import TenderBalance, require_available, split_among_tenders
from service_refunds.domain.events import RefundStopped
from service_refunds.domain.known.known_rule import KnownRule, RefundChoice, refund_policy
from service_refunds.domain.known.later_facts import CancelledUnits, LaterFacts, PaidBack, RefundElsewhere
from service_refunds.domain.ledger.balance import BalanceChange, BalanceDemand, Kind
from service_refunds.domain.settlement.state import State
from shared.kernel.money import Money
from tests.unit.refunds.known.test_known_order import UNITS, a_known_return
from tests.unit.refunds.settlement.test_refund_moves import AT, a_refund


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


IMPORTED = ImportedOrder(
    regime="EU",
    currency="EUR",
    prices_include_tax=False,
    lines=(
        ImportedLine(line_id="L1", quantity=2, unit_price_minor=5_000, discount_minor=0, paid_minor=11_900,
                     taxes=(ImportedTax("19", 1_900),)),
        ImportedLine(line_id="L2", quantity=5, unit_price_minor=100, discount_minor=0, paid_minor=500),
    ),
    freight=ImportedFreight(0),
    tenders=(ImportedPayment("T1", PaymentKind.CARD, 13_019, "ch_1"),),
    charges=(
        ImportedCharge(charge_id="wrap", kind="wrap", paid_minor=500, name="Gift\twrap", line_id="L2"),
        ImportedCharge(charge_id="x", kind="unheard_of", paid_minor=119, taxes=(ImportedTax("19", 19),)),
    ),
    total_minor=13_019,
)  # fmt: skip


def test_charges_keep_their_name_kind_line_and_taxes() -> None:
    """A name is one line; a charge without a name or line has none; an unknown kind counts as other."""
    assert order_of(IMPORTED).fees == (
        OrderFee(id="wrap", paid=euros(500), name="Gift wrap", kind=ChargeKind.WRAP, line="L2"),
        OrderFee(id="x", paid=euros(100), taxes=(Tax("19", euros(19)),), name="", kind=ChargeKind.OTHER, line=""),
    )
    assert order_of(IMPORTED).mode is PriceMode.EXCLUSIVE


def test_what_happened_elsewhere_counts_pieces_and_money_of_each_line() -> None:
    """Cancelled and paid pieces are at most the bought ones; money without pieces counts no piece."""
    facts = LaterFacts(
        cancelled=(CancelledUnits("c1", "L1", 1), CancelledUnits("c2", "L1", 4)),
        refunds=(
            RefundElsewhere(refund_id="r1", tenders=(PaidBack("T1", 700),), lines=(PaidBack("L2", 300, 3),)),
            RefundElsewhere(refund_id="r2", tenders=(PaidBack("T1", 50),), lines=(PaidBack("L2", 50),)),
        ),
    )
    found = facts.elsewhere(order_of(IMPORTED))
    assert found is not None
    assert found.lines == (LineElsewhere("L1", 2, 0, euros(0)), LineElsewhere("L2", 0, 3, euros(350)))
    assert found.total == euros(750)
    paid = LaterFacts(
        refunds=(RefundElsewhere(refund_id="r", tenders=(PaidBack("T1", 9),), lines=(PaidBack("L1", 9),)),)
    )
    told = paid.elsewhere(order_of(IMPORTED))
    assert told is not None
    assert told.lines == (LineElsewhere("L1", 0, 0, euros(9)),)


def test_a_unit_has_the_choice_of_its_own_line_and_reason() -> None:
    """Z12: not of another line, not of another reason; without a rule nothing is said."""
    rules = (
        KnownRule(line_id="L1", reason="faulty", restocking_bp=1),
        KnownRule(line_id="L2", reason="changed_mind", restocking_bp=2),
        KnownRule(line_id="L1", reason="changed_mind", restocking_bp=3, outbound_whole="full", outbound_part="none"),
    )
    known = a_known_return(rules=rules)
    unit = replace(UNITS[0], line_id="L1", reason="changed_mind")
    assert known.choice_for(unit) == RefundChoice(3, "full", "none", None)
    assert known.choice_for(replace(unit, reason="faulty")) == RefundChoice(1, None, None, None)
    assert known.choice_for(replace(unit, reason="other")) == RefundChoice(0, None, None, None)


WHOLE = (None, "none", "full", "standard_only")
PART = (None, "none", "proportional", "last_item")


@pytest.mark.parametrize(("whole", "part"), [*product(WHOLE, PART)])
def test_the_words_of_a_policy_about_outbound_freight_are_the_rules_of_the_calculation(
    whole: str | None, part: str | None
) -> None:
    """H04: by law and by contract."""
    found = refund_policy(RefundChoice(250, whole, part, None), None)
    of_part = {None: FreightRule.LAST_ITEM, "none": FreightRule.NONE, "proportional": FreightRule.PROPORTIONAL}
    assert found.part_withdrawal_freight is of_part.get(part, FreightRule.LAST_ITEM)
    if whole in (None, "none"):
        contract = FreightRule.NONE
    elif part == "none":
        contract = FreightRule.WHOLE_ORDER
    else:
        contract = of_part.get(part, FreightRule.LAST_ITEM)
    assert found.contract_freight is contract
    assert found.contract_freight_standard_only is (whole == "standard_only")
    assert (found.restocking_bp, found.promotion_mode, found.tender_order) == (250, None, TenderOrder.PROPORTIONAL)


def test_discounts_and_order_of_payments_are_taken_over() -> None:
    found = refund_policy(RefundChoice(0, None, None, "re_rate"), "card_first")
    assert (found.promotion_mode, found.tender_order) == (PromotionMode.RE_RATE, TenderOrder.CARD_FIRST)
    assert found.restocking_bp == 0


def test_a_stopped_refund_frees_exactly_what_it_had_reserved() -> None:
    """Z01: caps that it had raised go down, reservations as well; units are named, not counted."""
    refund = a_refund(700, 300, state=State.RESERVED)
    raised = BalanceDemand(Kind.ORDER, "captured", 1_000, 40)
    demands = tuple(raised if each.kind is Kind.ORDER else each for each in refund.terms.demands)
    refund.terms = replace(refund.terms, demands=demands)
    refund.stop(AT)
    (event,) = refund.events
    assert isinstance(event, RefundStopped)
    assert event.freed == ("u1",)
    assert event.shifts == (
        BalanceChange(Kind.ORDER, "captured", cap=-40, reserved=-1_000),
        BalanceChange(Kind.TENDER, "T0", cap=0, reserved=-700),
        BalanceChange(Kind.TENDER, "T1", cap=0, reserved=-300),
    )


def _tender(name: str, captured: int, used: int) -> TenderBalance:
    return TenderBalance(Tender(id=name, kind=TenderKind.CARD, captured=euros(captured)), euros(captured), euros(used))


def test_an_amount_that_the_tenders_do_not_have_is_refused_before_it_is_split() -> None:
    """I-01: to the cent."""
    balances = (_tender("T1", 1_000, 400), _tender("T2", 300, 0))
    require_available(euros(900), balances)
    for check in (require_available, lambda amount, all_: split_among_tenders(amount, all_, TenderOrder.FIFO)):
        with pytest.raises(OverRefund):
            check(euros(901), balances)


def test_a_fee_that_may_no_longer_be_charged_goes_back_under_its_own_name() -> None:
    """Z08: a fee of 5.00 was charged; now 3.00 of another one and none of the first."""
    given = GivenAmounts({}, {(ComponentName.RESTOCKING, ""): 500, (ComponentName.GIFT, "L1"): 0}, 500)
    fee = Fee(ComponentName.RETURN_FREIGHT, euros(300), euros(300))
    kept, waived = collect_fees([fee], given, 1_000, "EUR")
    assert [(each.name, each.amount, each.subject) for each in kept] == [
        (ComponentName.RETURN_FREIGHT, euros(300), ""),
        (ComponentName.RESTOCKING, euros(-500), ""),
    ]
    assert waived == []


def test_of_fees_that_are_more_than_the_goods_the_last_is_waived_first() -> None:
    fees = [
        Fee(ComponentName.RESTOCKING, euros(300), euros(300)),
        Fee(ComponentName.RETURN_FREIGHT, euros(200), euros(200)),
    ]
    kept, waived = collect_fees(fees, GivenAmounts({}, {}, 0), 400, "EUR")
    assert [(each.name, each.amount) for each in kept] == [
        (ComponentName.RESTOCKING, euros(300)),
        (ComponentName.RETURN_FREIGHT, euros(100)),
    ]
    assert [(each.name, each.amount, each.reason) for each in waived] == [
        (ComponentName.RETURN_FREIGHT, euros(100), WaiverReason.REFUND_TOO_SMALL)
    ]
