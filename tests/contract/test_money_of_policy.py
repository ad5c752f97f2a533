"""Z12: what a policy publishes about money is what the approval says and what the service of refunds does."""

from itertools import product
from typing import Any, Final

import pytest

from service_refunds.application.settlement import refund_calculation
from service_refunds.application.settlement.opening import alike
from service_refunds.domain.calculation.imported_order import order_of
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.policy import PromotionMode
from service_refunds.entrypoints.consumers import known_order, known_return
from service_requests.adapters.policy import policy_documents as documents
from service_requests.adapters.publishing import publish
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.orders.order import OrderImported
from service_requests.domain.orders.order_part import OrderFreight, Tender
from service_requests.domain.policy.outbound_pair import outbound_problems
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Fault, OutboundFreight
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.unit import ReturnUnit
from shared.contracts import events
from shared.kernel.places import ShipTo
from tests.unit.requests.builders import NOON, RMA, RULES, a_line, a_requested_line, a_return, an_order
from tests.unit.requests.policy_builders import a_policy_document, days_for, raw, said

CURRENCY: Final = {"CN": "CNY", "EU": "EUR", "UK": "GBP", "US": "USD"}
FREIGHT: Final = 1_000
PRICES: Final = {"L1": 6_000, "L2": 3_000}


def rules_with(**but: Any) -> Rulebook:
    reasons = {
        "changed_mind": {"says": said("mind"), "fault": "customer"},
        "faulty": {"says": said("faulty"), "fault": "merchant"},
    }
    categories = {"audio": {"says": said("audio")}}
    document = a_policy_document(reasons=reasons, categories=categories, windows=[days_for(60)], **but)
    policy = documents.read_policy(raw(document))
    return Rulebook((policy,), RULES.regimes, RULES.calendars)


def approved(rules: Rulebook, regime: str, *asked: str, late: bool = False, reason: str = "changed_mind") -> Any:
    """The order and the approval as they travel, for one piece of each line."""
    delivered = NOON.replace(day=1, month=10) if late else NOON.replace(day=20)
    order = an_order(
        regime=regime,
        currency=CURRENCY[regime],
        ship_to=ShipTo({"UK": "GB", "EU": "BE"}.get(regime, regime)),
        ordered_at=delivered,
        delivered_at=delivered,
        lines=(
            a_line(line_id="L1", sku="PHONE", category="audio", quantity=1, unit_price_minor=6_000, paid_minor=6_000),
            a_line(line_id="L2", sku="MUG", category=None, quantity=1, unit_price_minor=3_000, paid_minor=3_000),
        ),
        freight=OrderFreight(FREIGHT, FREIGHT),
        tenders=(Tender("T1", "gift_card", 4_000, "gc"), Tender("T2", "card", 6_000, "ch")),
        total_minor=10_000,
    )
    wanted = [a_requested_line(line_id=line, quantity=1, reason=reason) for line in asked]
    verdict = assess_request(rules, order, wanted, stated_at=NOON, at=NOON)
    lines = tuple(
        ReturnLine(
            line_id=each.line_id, sku="X", name="X", quantity=1, reason=reason, condition="opened", comment=None,
            fault=Fault.MERCHANT if reason == "faulty" else Fault.CUSTOMER, payer=verdict.payers[place],
            by_right=verdict.by_right[place],
        )
        for place, each in enumerate(wanted)
    )  # fmt: skip
    units = [
        ReturnUnit(id=f"unit_{each.line_id}", line_id=each.line_id, place=place, unit_no=1)
        for place, each in enumerate(wanted)
    ]
    found = a_return(1, order=OrderFacts.of(order), lines=lines, created_at=NOON)
    found.units = units
    found.review.referral = verdict.reasons
    found.approve(verdict, by="li", at=NOON, rma=RMA, note=None)
    told = [publish(order, OrderImported()), publish(found, found.events[-1])]  # type: ignore[arg-type]
    return [type(each.event).model_validate_json(each.event.model_dump_json()) for each in told if each is not None]


def refunded(rules: Rulebook, regime: str, *asked: str, **more: Any) -> Any:
    """The calculations of refunds, one for each kind of units."""
    imported, approval = approved(rules, regime, *asked, **more)
    known, returned = known_order(imported), known_return(approval)
    order, history, found = order_of(known.imported), RefundHistory(), []
    for unit in returned.units:
        calculation = refund_calculation.calculate(order, history, known, returned, [unit])
        history = calculation.after()
        found.append(calculation)
    return found


def part(calculations: Any, name: str) -> int:
    return sum(each.amount.minor for one in calculations for each in one.components if each.name.value == name)


PAIRS: Final = list(product(OutboundFreight, OutboundFreight))


def publishable(whole: OutboundFreight, part: OutboundFreight) -> bool:
    row = {"id": "o", "cause": "change_of_mind", "whole": whole.value, "part": part.value}
    return not list(outbound_problems(rules_with(outbound=[row]).policies[0]))


@pytest.mark.parametrize(("whole", "of_part"), [pair for pair in PAIRS if publishable(*pair)])
def test_what_is_published_about_outbound_freight_is_what_the_refund_does(
    whole: OutboundFreight, of_part: OutboundFreight
) -> None:
    """H04: in the US, where the policy alone decides; first a part, then everything, each piece in its own refund."""
    row = {"id": "o", "cause": "change_of_mind", "whole": whole.value, "part": of_part.value}
    rules = rules_with(outbound=[row])
    first = part(refunded(rules, "US", "L1"), "outbound_freight_net")
    both = part(refunded(rules, "US", "L1", "L2"), "outbound_freight_net")
    assert first == (667 if of_part is OutboundFreight.PROPORTIONAL else 0)
    assert both == (0 if whole is OutboundFreight.NONE else FREIGHT)
    assert part(refunded(rules, "US", "L2", "L1"), "outbound_freight_net") == both
    _, approval = approved(rules, "US", "L1")
    assert [each.rule for each in approval.money_told] == ["outbound_freight"]


WAYS: Final = [[["L1", "L2"]], [["L1"], ["L2"]], [["L2"], ["L1"]]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("whole", "of_part"), [pair for pair in PAIRS if publishable(*pair)])
def test_z08_units_with_a_fee_of_their_own_do_not_keep_the_freight_of_the_whole_order_back(
    whole: OutboundFreight, of_part: OutboundFreight, way: list[list[str]]
) -> None:
    """H04, H05, Z12: a fee for audio makes two refunds of one order; in any order 10.00 go back."""
    rules = rules_with(
        outbound=[{"id": "o", "cause": "change_of_mind", "whole": whole.value, "part": of_part.value}],
        fees=[{"id": "f", "when": {"category": {"is": "audio"}}, "cause": "change_of_mind", "basis_points": 1_000}],
    )
    imported, approval = approved(rules, "US", "L1", "L2")
    known, returned = known_order(imported), known_return(approval)
    order, history, found = order_of(known.imported), RefundHistory(), []
    for parcel in way:
        units = [unit for unit in returned.units if unit.line_id in parcel]
        groups = alike(returned, units)
        assert len(groups) == len(parcel)
        for group in groups:
            found.append(refund_calculation.calculate(order, history, known, returned, group))
            history = found[-1].after()
    assert part(found, "outbound_freight_net") == (0 if whole is OutboundFreight.NONE else FREIGHT)
    assert part(found, "restocking_fee") == -600
    assert sum(each.refund.minor for each in found) == 9_000 - 600 + part(found, "outbound_freight_net")


@pytest.mark.parametrize("order", ["card_first", "credit_first"])
def test_i02_the_order_of_payments_holds_over_several_refunds(order: str) -> None:
    """The second refund goes on where the first one has stopped: 40.00 of a gift card and 60.00 of a card in all."""
    both = refunded(rules_with(tender_order=order), "US", "L1", "L2")
    sent = [{each.tender: each.sent.minor for each in one.tenders if each.sent} for one in both]
    assert (
        sent
        == {
            "card_first": [{"T2": 6_000}, {"T1": 3_000}],
            "credit_first": [{"T1": 4_000, "T2": 2_000}, {"T2": 3_000}],
        }[order]
    )


def test_pairs_that_no_refund_can_keep_to_are_not_published() -> None:
    """A part never gives back more than the whole order, nor all of the freight."""
    odd = {(whole.value, part.value) for whole, part in PAIRS if not publishable(whole, part)}
    assert ("none", "proportional") in odd
    assert ("full", "full") in odd
    assert ("full", "proportional") not in odd


@pytest.mark.parametrize(
    ("regime", "late", "reason", "fee"),
    [
        ("US", False, "changed_mind", -600),
        ("US", True, "changed_mind", -600),
        ("US", False, "faulty", 0),
        ("EU", False, "changed_mind", 0),
        ("EU", True, "changed_mind", -600),
        ("UK", False, "changed_mind", 0),
        ("CN", False, "changed_mind", 0),
        ("CN", True, "changed_mind", -600),
    ],
)
def test_a_fee_for_goods_of_one_kind_is_told_and_kept(regime: str, late: bool, reason: str, fee: int) -> None:
    """H05: 10 % of audio; never in a withdrawal by law, never with our fault; nothing for the mug."""
    fees = [
        {"id": "f", "when": {"category": {"is": "audio"}}, "cause": "change_of_mind", "basis_points": 1_000,
         "beyond_law": True},
    ]  # fmt: skip
    rules = rules_with(fees=fees)
    found = refunded(rules, regime, "L1", "L2", late=late, reason=reason)
    assert part(found, "restocking_fee") == fee
    _, approval = approved(rules, regime, "L1", "L2", late=late, reason=reason)
    told = [each.says.en for each in approval.money_told if each.rule == "restocking_fee"]
    assert told == ([f"We keep 10 % of the price without tax: {CURRENCY[regime]} 6.00."] if fee else [])


ORDERS: Final = {
    # what goes back of 60.00 goods: to the gift card of 40.00, to the card of 60.00
    "proportional": (2_400, 3_600),
    "card_first": (0, 6_000),
    "credit_first": (4_000, 2_000),
    "lifo": (0, 6_000),
    "fifo": (4_000, 2_000),
}


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
@pytest.mark.parametrize("order", ORDERS)
def test_every_order_of_payments_reaches_the_refund_except_in_china(order: str, regime: str) -> None:
    """I02; 暂行办法 14 gives each way of payment its share."""
    rules = rules_with(tender_order=order)
    [calculation] = refunded(rules, regime, "L1")
    shares = {each.tender: each.sent.minor for each in calculation.tenders}
    wanted = ORDERS["proportional" if regime == "CN" else order]
    assert (shares.get("T1", 0), shares.get("T2", 0)) == wanted
    _, approval = approved(rules, regime, "L1")
    assert (approval.tender_order is None) is (order == "proportional" or regime == "CN")


def test_a_published_way_of_sharing_discounts_reaches_the_refund() -> None:
    """X20, H02: `keep_share` binds in China as published."""
    rules = rules_with(promotions=[{"id": "p", "mode": "keep_share"}])
    [calculation] = refunded(rules, "CN", "L1")
    assert calculation.request.policy.promotion_mode is PromotionMode.KEEP_SHARE
    _, approval = approved(rules, "CN", "L1")
    assert [each.rule for each in approval.money_told] == ["discounts"]
    [silent] = refunded(rules_with(), "CN", "L1")
    assert silent.request.policy.promotion_mode is None


def test_a_policy_that_says_nothing_about_money_sends_nothing() -> None:
    """An approval under such a policy is the event of before."""
    _, approval = approved(rules_with(), "EU", "L1")
    assert (approval.refund_rules, approval.tender_order, approval.money_told) == ((), None, ())
    assert isinstance(approval, events.ReturnApproved)
