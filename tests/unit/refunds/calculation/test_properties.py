"""What holds for every refund of every order: exact sums, never too much, and a second implementation
that agrees.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings, strategies as st

from service_refunds.domain.calculation.calculation import Calculation, calculate
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import Coupon
from service_refunds.domain.calculation.inputs.policy import PromotionMode, RefundPolicy, TenderOrder
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    PayoutMethod,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.statement import statement
from shared.kernel.money import Money
from tests.unit.refunds.random_order import SequenceOfReturns, orders, sequences_of_returns
from tests.unit.refunds.reference_calculation import ReferenceOrder

FACTS = st.builds(
    LegalFacts,
    regime=st.sampled_from(Regime),
    seller_at_fault=st.booleans(),
    statutory_withdrawal=st.just(False),
    freight_disclosed=st.booleans(),
    freight_told_before_contract=st.booleans(),
    fees_disclosed=st.booleans(),
    re_rating_disclosed=st.booleans(),
)
POLICIES = st.builds(
    RefundPolicy,
    promotion_mode=st.sampled_from([None, *PromotionMode]),
    tender_order=st.sampled_from(TenderOrder),
    charge_lost_free_shipping=st.just(False),
    restocking_bp=st.integers(0, 10_000),
)
PLAIN = RefundPolicy(charge_lost_free_shipping=False)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def request(
    order: Order,
    back: dict[str, int],
    history: RefundHistory,
    facts: LegalFacts,
    policy: RefundPolicy = PLAIN,
    *,
    label: int = 0,
) -> RefundRequest:
    gone = {entry.line: len(entry.units) for entry in history.lines}
    units = [
        AcceptedUnit(id=f"{line}#{gone.get(line, 0) + number}", line=line)
        for line, count in back.items()
        for number in range(1, count + 1)
    ]
    return RefundRequest(
        order=order,
        facts=facts,
        units=tuple(units),
        history=history,
        policy=policy,
        return_label=Money(label, order.currency) if label else None,
    )


def walked(walk: SequenceOfReturns, facts: LegalFacts, policy: RefundPolicy = PLAIN) -> list[Calculation]:
    history, done = RefundHistory(), []
    for back in walk.steps:
        done.append(calculate(request(walk.order, back, history, facts, policy)))
        history = done[-1].after()
    return done


@SLOW
@given(sequences_of_returns(), st.sampled_from(Regime), st.sampled_from([None, *PromotionMode]))
def test_all_units_together_give_back_exactly_what_was_paid(
    walk: SequenceOfReturns, regime: Regime, mode: PromotionMode | None
) -> None:
    """H01, H02, H08: whatever the parts, their order and the mode, the last cent goes back and none
    before it is due.
    """
    policy = RefundPolicy(promotion_mode=mode, charge_lost_free_shipping=False)
    done = walked(walk, LegalFacts(regime=regime, re_rating_disclosed=True), policy)
    goods = sum(line.charge.gross(walk.order.mode) for line in walk.order.lines)
    assert sum(each.refund.minor for each in done) == goods
    assert all(each.refund.minor >= 0 and each.available.minor >= 0 for each in done)
    for rate in {tax.rate for line in walk.order.lines for tax in line.taxes}:
        charged = sum(tax.amount.minor for line in walk.order.lines for tax in line.taxes if tax.rate == rate)
        back = sum(tax.amount.minor for each in done for tax in each.taxes if tax.rate == rate)
        assert back == charged


@settings(SLOW, max_examples=60)
@given(sequences_of_returns(most_lines=3), FACTS, POLICIES, st.integers(0, 5_000))
def test_a_slow_and_obvious_second_implementation_agrees(
    walk: SequenceOfReturns, facts: LegalFacts, policy: RefundPolicy, label: int
) -> None:
    """H01, H02, H03, H05, H06, H08, I02, Z08: every step of a walk, to the minor unit and to the tender."""
    obvious, history = ReferenceOrder(walk.order), RefundHistory()
    for back in walk.steps:
        calculation = calculate(request(walk.order, back, history, facts, policy, label=label))
        expected = obvious.refund(back, facts, policy, label)
        assert calculation.refund.minor == expected["refund"]
        assert {each.tender: each.amount.minor for each in calculation.tenders} == expected["tenders"]
        taxes = {each.rate: each.amount.minor for each in calculation.taxes if each.amount}
        assert taxes == {rate: minor for rate, minor in expected["taxes"].items() if minor}
        history = calculation.after()


@SLOW
@given(sequences_of_returns(most_lines=50), FACTS, POLICIES)
def test_every_part_of_a_refund_adds_up_to_it(walk: SequenceOfReturns, facts: LegalFacts, policy: RefundPolicy) -> None:
    """H03, H10, H13: components, tenders, units, statement lines; and each balance row starts where the
    last one ended.
    """
    balances: Counter[tuple[str, str]] = Counter()
    for each in walked(walk, facts, policy):
        assert sum(part.amount.minor for part in each.components) == each.total.minor
        assert sum(tender.amount.minor for tender in each.tenders) == each.refund.minor
        for language in ("en", "zh-CN"):
            counted = [line.amount for line in statement(each, language).lines if line.counts]
            assert sum(amount.minor for amount in counted if amount is not None) == each.total.minor
        goods = each.promotion.re_rate if each.promotion.mode is PromotionMode.RE_RATE else each.promotion.keep_share
        assert goods is not None
        assert sum(unit.amount.minor for unit in each.units) == goods.minor
        for row in each.guards:
            assert row.used + row.this <= row.cap
            if row.key not in {"restocking_fee", "return_freight", "accepted_goods"}:
                assert balances[row.guard, row.key] == row.used.minor, row
                balances[row.guard, row.key] += row.this.minor


@SLOW
@given(orders(), st.data())
def test_what_a_line_gives_back_does_not_depend_on_the_order_of_part_returns(order: Order, data: st.DataObject) -> None:
    """H02: two walks to the same set of units have paid the same."""
    units = [line.id for line in order.lines for _ in range(line.quantity)]
    chosen = data.draw(st.lists(st.sampled_from(range(len(units))), unique=True, min_size=1))
    one = [{units[place]: 1} for place in chosen]
    other = [{units[place]: 1} for place in data.draw(st.permutations(chosen))]
    together: dict[str, int] = {}
    for place in chosen:
        together[units[place]] = together.get(units[place], 0) + 1
    paid = {
        sum(each.refund.minor for each in walked(SequenceOfReturns(order, tuple(steps)), LegalFacts(regime=Regime.EU)))
        for steps in (one, other, [together])
    }
    assert len(paid) == 1


@SLOW
@given(sequences_of_returns(), FACTS, POLICIES)
def test_equal_questions_have_equal_answers_and_fingerprints(
    walk: SequenceOfReturns, facts: LegalFacts, policy: RefundPolicy
) -> None:
    """H13: the same inputs give the same digest; another policy's answer has another."""
    first = calculate(request(walk.order, walk.steps[0], RefundHistory(), facts, policy))
    again = calculate(request(walk.order, walk.steps[0], RefundHistory(), facts, policy))
    assert first == again
    assert first.fingerprint() == again.fingerprint()
    other = RefundPolicy(coupon_life_days=30)
    assert (
        calculate(request(walk.order, walk.steps[0], RefundHistory(), facts, other)).fingerprint()
        != first.fingerprint()
    )


@SLOW
@given(sequences_of_returns())
def test_all_points_and_every_coupon_have_come_back_when_everything_has(walk: SequenceOfReturns) -> None:
    """H14: whatever the parts; a coupon once, with the part that completes its lines."""
    coupons = tuple(replace(each, coupon=Coupon(f"C{place}")) for place, each in enumerate(walk.order.discounts))
    done = walked(SequenceOfReturns(replace(walk.order, discounts=coupons), walk.steps), LegalFacts(regime=Regime.EU))
    for discount in coupons:
        points = sum(back.points for each in done for back in each.points if back.discount == discount.id)
        assert points == discount.points
        revived = [
            back.coupon
            for each in done
            for back in each.coupons
            if discount.coupon and back.coupon == discount.coupon.id
        ]
        assert len(revived) == 1


@SLOW
@given(sequences_of_returns(), st.integers(0, 300_000), st.sampled_from(TenderOrder))
def test_an_exchange_moves_the_difference_and_nothing_else(
    walk: SequenceOfReturns, price: int, how: TenderOrder
) -> None:
    """J02, H10: refund - owed = goods - new goods; a tender gives back and carries no more than it captured."""
    order = walk.order
    asked = request(
        order, walk.steps[0], RefundHistory(), LegalFacts(regime=Regime.EU), replace(PLAIN, tender_order=how)
    )
    goods = calculate(asked).refund.minor
    new = OrderLine(id="NEW", quantity=1, paid=Money(price, order.currency))
    found = calculate(replace(asked, exchange=(new,)))
    assert found.refund.minor - found.customer_owes.minor == goods - price
    assert found.total == found.refund - found.customer_owes
    assert not (found.refund and found.customer_owes)
    assert found.refund.minor + found.carried.minor == goods
    assert found.carried.minor == min(goods, price)
    for tender, part in zip(order.tenders, found.tenders, strict=True):
        assert part.amount + part.carried <= tender.captured


@SLOW
@given(sequences_of_returns(), st.integers(0, 10_000), st.none() | st.integers(0, 5_000))
def test_a_bonus_is_given_on_money_only_within_its_limit_and_never_paid_out(
    walk: SequenceOfReturns, share: int, limit: int | None
) -> None:
    """I12: in all parts together."""
    currency = walk.order.currency
    policy = replace(PLAIN, credit_bonus_bp=share, bonus_limit=None if limit is None else Money(limit, currency))
    history, given_bonus, credited = RefundHistory(), 0, 0
    for back in walk.steps:
        asked = request(walk.order, back, history, LegalFacts(regime=Regime.EU, other_method_agreed=True), policy)
        found = calculate(replace(asked, payout=PayoutMethod.STORE_CREDIT))
        assert found.credit is not None
        assert not any(tender.sent or tender.rounding for tender in found.tenders)
        assert found.total == found.credit.value + found.credit.bonus
        assert found.cash_option == found.credit.value
        given_bonus += found.credit.bonus.minor
        credited += sum(each.amount.minor for each in found.tenders if each.kind is not TenderKind.STORE_CREDIT)
        history = found.after()
    assert given_bonus <= (credited * share + 10_000 * len(walk.steps)) // 10_000
    assert limit is None or given_bonus <= limit


@SLOW
@given(sequences_of_returns(), st.sampled_from(["", "stripe", "adyen", "paypal", "last_digit_0"]))
def test_what_is_sent_stays_behind_or_is_rounded_is_what_is_owed(walk: SequenceOfReturns, provider: str) -> None:
    """H11: for every tender of every part; and coins give back what was paid in coins."""
    tenders = tuple(replace(each, provider=provider) for each in walk.order.tenders)
    handed: Counter[str] = Counter()
    for each in walked(
        SequenceOfReturns(replace(walk.order, tenders=tenders), walk.steps),
        LegalFacts(regime=Regime.CN, seller_at_fault=True),
    ):
        for tender in each.tenders:
            assert tender.sent + tender.residue == tender.amount + tender.rounding
            assert tender.residue.minor >= 0
            handed[tender.tender] += tender.sent.minor
    for tender_paid in tenders:
        assert 0 <= handed[tender_paid.id] <= tender_paid.captured.minor
