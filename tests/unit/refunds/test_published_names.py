"""What is written down for ever and told to others: names, codes, limits, and what counts where nothing was said."""

import dataclasses
import importlib
import json
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

import pytest

from service_refunds.domain.calculation.fingerprint import fingerprint_of, plain_value
from service_refunds.domain.calculation.inputs.charge import Tax
from service_refunds.domain.calculation.inputs.component import Component, ComponentName, ComponentRoute
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import Gift, OrderDiscount, OrderFee, Shipment
from service_refunds.domain.calculation.inputs.policy import (
    FreightRule,
    Grade,
    OpenOfferRule,
    RefundPolicy,
    ShortfallRule,
    TenderOrder,
)
from service_refunds.domain.calculation.inputs.promotion_rule import SetPart, SetPrice, Threshold, ThresholdStep
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    Adjustment,
    LegalFacts,
    PayoutMethod,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.refusal import (
    AdjustmentNotAllowed,
    AvailableChanged,
    ConsentMissing,
    DisputeOpen,
    InvalidField,
    MoreThanBought,
    OrderDoesNotAddUp,
    OverRefund,
    UnitAlreadyRefunded,
)
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from service_refunds.domain.known.known_return import ReturnWasCancelled, UnitNotAnnounced
from service_refunds.domain.ledger.balance import (
    BalanceChange,
    Kind,
    RefundExceedsAvailable,
    UnitHasRefund,
)
from service_refunds.domain.settlement.provider import KeyReused
from shared.kernel.errors import Malformed, RetourError, Said
from shared.kernel.money import LIMIT, Money
from tests.unit.refunds.simple_request import an_order

EURO = Money(100, "EUR")
HERE = "service_refunds.domain"
STORED = {
    "ledger.balance.Kind": "unit line component tender order",
    "calculation.inputs.refund_request.OfferAnswer": "waiting accepted disputed lapsed",
    "calculation.inputs.refund_request.PayoutMethod": "original store_credit other_method",
    "calculation.inputs.refund_request.Regime": "CN EU UK US",
    "calculation.inputs.charge.PriceMode": "inclusive exclusive",
    "calculation.inputs.component.ComponentName": "goods_net goods_tax rerated_net "
    "rerated_tax outbound_freight_net outbound_freight_tax order_fee_net order_fee_tax "
    "lost_free_shipping value_loss gift_not_returned restocking_fee waived_card_fee "
    "return_freight adjustment refunded_elsewhere_net refunded_elsewhere_tax not_paid_yet paid_later "
    "exchange_net exchange_tax freight_receipt goodwill bonus bonus_kept remainder",
    "calculation.inputs.component.ComponentRoute": "tenders own credit",
    "calculation.remainder.RemainderReason": "payments_used_up dispute_open",
    "calculation.inputs.policy.ShortfallRule": "refuse pay_last pay_what_is_left",
    "calculation.fee_bar.WaiverReason": "seller_at_fault statutory_withdrawal not_disclosed "
    "right_not_explained within_trial no_evidence not_told "
    "offer_open offer_lapsed no_declared_value already_charged no_legal_ground refund_too_small",
    "calculation.guard.Guard": "unit line component tender order own",
    "calculation.inputs.tender.TenderKind": "card wallet bank cash gift_card store_credit",
    "calculation.inputs.policy.FreightRule": "none whole_order last_item proportional",
    "calculation.inputs.policy.OpenOfferRule": "hold refund_in_full",
    "calculation.inputs.policy.PromotionMode": "keep_share re_rate",
    "calculation.inputs.policy.TenderOrder": "proportional card_first credit_first lifo fifo",
    "calculation.promotion.PromotionModeReason": "chosen no_rules seller_at_fault not_disclosed",
    "settlement.state.State": "reserved submitting pending unknown settled failed manual_review stopped "
    "waiting awaiting_confirmation closed",
    "settlement.state.PayoutState": "reserved submitting pending unknown settled failed stopped",
    "settlement.resolution.ResolutionOutcome": "paid_by_other_means paid_by_hand found_paid found_unpaid not_owed",
    "settlement.resolution.NotOwedReason": "paid_elsewhere charged_back goods_not_accepted waived_by_customer",
    "settlement.resolution.OtherMeans": "bank_transfer card wallet gift_card store_credit cash",
    "settlement.resolution.ConsentChannel": "email telephone chat letter in_person web",
    "settlement.failure.FailureKind": "temporary tender_dead money_gone refused",
}


@pytest.mark.parametrize("name", STORED)
def test_words_that_are_stored_and_told_never_change(name: str) -> None:
    """H10, H13: rows, events, policies and other people's programs hold them."""
    module, _, kind = name.rpartition(".")
    words: Any = getattr(importlib.import_module(f"{HERE}.{module}"), kind)
    assert issubclass(words, StrEnum)
    assert " ".join(word.value for word in words) == STORED[name]


WHY = Said("it is so", "就是这样")
CODES: dict[str, RetourError] = {
    "adjustment_not_allowed": AdjustmentNotAllowed(adjustment="a", amount=EURO, limit=EURO),
    "available_changed": AvailableChanged(expected=EURO, available=EURO),
    "consent_missing": ConsentMissing(),
    "dispute_open": DisputeOpen(asked=EURO, available=EURO),
    "invalid_field": InvalidField("/x", WHY),
    "more_than_bought": MoreThanBought(line="L", left=1, asked=2),
    "order_does_not_add_up": OrderDoesNotAddUp("/x", WHY),
    "over_refund": OverRefund(kind="order", key="captured", asked=EURO, available=EURO),
    "provider_key_reused": KeyReused(key="k"),
    "refund_exceeds_available": RefundExceedsAvailable("tender", "t", available_minor=1, asked_minor=2),
    "return_was_cancelled": ReturnWasCancelled(return_id="r"),
    "unit_already_refunded": UnitAlreadyRefunded(unit="u"),
    "unit_has_refund": UnitHasRefund(unit="u"),
    "unit_not_announced": UnitNotAnnounced(unit="u", return_id="r"),
}


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_has_its_code_and_every_place_of_its_sentence_is_filled(code: str) -> None:
    """H10."""
    refusal = CODES[code]
    assert refusal.code == code
    for language in ("en", "zh-CN"):
        assert "{" not in refusal.say(language)
    assert refusal.say("en") != refusal.say("zh-CN")
    assert refusal.title.en != refusal.title.zh


def test_what_is_not_known_to_be_so_is_not_so() -> None:
    """H05, H06, H07: a doubt never costs the customer; only what the law presumes is presumed."""
    facts = LegalFacts(regime=Regime.EU)
    said = {name: getattr(facts, name) for name in LegalFacts.__dataclass_fields__ if name != "regime"}
    assert {name for name, value in said.items() if value} == {"withdrawal_right_explained"}
    unit = AcceptedUnit(id="u", line="L")
    assert (unit.grade, unit.loss, unit.evidence, unit.customer_told, unit.answer, unit.beyond_trial) == (
        "", None, False, False, None, True,
    )  # fmt: skip


def test_a_policy_that_says_nothing_is_the_settled_one() -> None:
    """H04, H05, H07, I02, I12: nothing is charged, limited or given that nobody chose."""
    policy = RefundPolicy()
    chosen = {name: getattr(policy, name) for name in RefundPolicy.__dataclass_fields__}
    assert {name: value for name, value in chosen.items() if value} == {
        "tender_order": TenderOrder.PROPORTIONAL,
        "contract_freight": FreightRule.NONE,
        "part_withdrawal_freight": FreightRule.LAST_ITEM,
        "keep_surcharge": True,
        "open_offer": OpenOfferRule.HOLD,
        "shortfall": ShortfallRule.PAY_LAST,
        "grades": (Grade("A", 0), Grade("B", 1_000), Grade("C", 3_000), Grade("D", 6_000), Grade("E", 10_000)),
    }
    optional = {name for name, value in chosen.items() if value is None}
    assert optional == {
        "promotion_mode", "charge_lost_free_shipping", "restocking_fixed", "bonus_limit", "goodwill_limit",
        "adjustment_limit", "freight_receipt_limit", "cash_step",
    }  # fmt: skip


def test_what_a_row_does_not_say_is_nothing() -> None:
    """H10, H13."""
    shift, part, line = (
        BalanceChange(Kind.UNIT, "u"),
        Component(ComponentName.GIFT, EURO),
        OrderLine(id="L", quantity=1, paid=EURO),
    )
    assert (shift.cap, shift.reserved, shift.settled) == (0, 0, 0)
    assert (part.subject, part.rate) == ("", "")
    assert (line.taxes, line.shares, line.unit_price, line.discounts, line.name, line.bundle) == (
        (), (), None, (), "", "",
    )  # fmt: skip
    assert (ThresholdStep(EURO).off, ThresholdStep(EURO).percent_bp, ThresholdStep(EURO).pieces) == (None, 0, 0)
    assert (Threshold(()).repeats, Threshold(()).at_most) == (False, None)
    discount, fee, tender = (
        OrderDiscount(id="d", amount=EURO),
        OrderFee(id="f", paid=EURO),
        Tender(id="t", kind=TenderKind.CARD, captured=EURO),
    )
    assert (discount.lines, discount.rule, discount.points, discount.coupon) == ((), None, 0, None)
    assert (fee.taxes, fee.surcharge, fee.name, fee.kind, fee.line) == ((), False, "", None, "")
    assert (tender.bonus, tender.provider, tender.waived_fee) == (None, "", None)
    assert RefundRequest(order=an_order(), facts=LegalFacts(regime=Regime.EU)).payout is PayoutMethod.ORIGINAL


ORDER = an_order(["1.00"])
REQUEST = RefundRequest(order=ORDER, facts=LegalFacts(regime=Regime.EU))


def units(count: int) -> RefundRequest:
    return dataclasses.replace(REQUEST, units=tuple(AcceptedUnit(id=str(n), line="L1") for n in range(count)))


LIMITS: dict[str, tuple[int, Any]] = {
    "/units": (10_000, units),
    "/adjustments": (100, lambda count: dataclasses.replace(REQUEST, adjustments=many("Adjustment", count))),
    "/tenders": (100, lambda count: dataclasses.replace(ORDER, tenders=many("Tender", count))),
    "/discounts": (100, lambda count: dataclasses.replace(ORDER, discounts=many("OrderDiscount", count))),
    "/shipments": (100, lambda count: dataclasses.replace(ORDER, shipments=many("Shipment", count))),
    "/fees": (100, lambda count: dataclasses.replace(ORDER, fees=many("OrderFee", count))),
    "/gifts": (100, lambda count: dataclasses.replace(ORDER, gifts=many("Gift", count))),
    "/lines": (1_000, lambda count: dataclasses.replace(ORDER, lines=many("OrderLine", count))),
    "/lines/0/taxes": (20, lambda count: with_line(taxes=many("Tax", count))),
    "/policy/grades": (
        100, lambda count: dataclasses.replace(REQUEST, policy=RefundPolicy(grades=many("Grade", count))),
    ),
    "/discounts/0/points": (
        10**12, lambda count: dataclasses.replace(ORDER, discounts=(OrderDiscount(id="d", amount=EURO, points=count),)),
    ),
    "/policy/coupon_life_days": (
        36_500, lambda count: dataclasses.replace(REQUEST, policy=RefundPolicy(coupon_life_days=count)),
    ),
    "/history/components": (
        100_000,
        lambda count: dataclasses.replace(
            REQUEST, history=RefundHistory(components=(Component(ComponentName.GIFT, EURO),) * count)
        ),
    ),
    "/policy/restocking_bp": (
        10_000, lambda count: dataclasses.replace(REQUEST, policy=RefundPolicy(restocking_bp=count)),
    ),
    "/lines/0/quantity": (1_000_000, lambda count: with_line(quantity=count)),
    "/lines/0/name": (200, lambda count: with_line(name="x" * count)),
    "/discounts/0/rule/parts/0/pieces": (1_000_000, lambda count: with_rule(SetPart("L1", count))),
}  # fmt: skip


def with_line(**but: Any) -> Any:
    return dataclasses.replace(ORDER, lines=(dataclasses.replace(ORDER.lines[0], **but),))


def with_rule(part: SetPart) -> Any:
    rule = SetPrice((part,), EURO)
    return dataclasses.replace(ORDER, discounts=(OrderDiscount(id="d", amount=EURO, rule=rule),))


def many(kind: str, count: int) -> tuple[Any, ...]:
    of: dict[str, Callable[[int], Any]] = {
        "Adjustment": lambda n: Adjustment(str(n), EURO, "why"),
        "Tender": lambda n: Tender(id=str(n), kind=TenderKind.CARD, captured=EURO),
        "OrderDiscount": lambda n: OrderDiscount(id=str(n), amount=EURO),
        "Shipment": lambda n: Shipment(id=str(n), paid=EURO),
        "OrderFee": lambda n: OrderFee(id=str(n), paid=EURO),
        "Gift": lambda n: Gift(str(n)),
        "OrderLine": lambda n: OrderLine(id=str(n), quantity=1, paid=EURO),
        "Tax": lambda n: Tax(str(n), EURO),
        "Grade": lambda n: Grade(str(n), 1),
    }
    return tuple(of[kind](number) for number in range(count))


@pytest.mark.parametrize("pointer", LIMITS)
def test_the_most_is_taken_and_one_more_is_refused(pointer: str) -> None:
    """H10: nothing is without an end, and the end belongs to it."""
    most, build = LIMITS[pointer]
    build(most)
    with pytest.raises(Malformed) as refusal:
        build(most + 1)
    assert refusal.value.pointer == pointer


@pytest.mark.parametrize("least", [("quantity", 0), ("quantity", -1)])
def test_the_least_is_one(least: tuple[str, int]) -> None:
    """H10."""
    with pytest.raises(InvalidField, match="from 1 to"):
        with_line(**{least[0]: least[1]})


def test_amounts_go_to_the_limit_and_not_beyond() -> None:
    """H11."""
    with_line(paid=Money(LIMIT, "EUR"))
    with pytest.raises(Malformed):
        with_line(paid=Money(LIMIT + 1, "EUR"))


def test_a_fingerprint_is_the_digest_of_the_canonical_json() -> None:
    """H13: what any other program computes from the published form."""
    value = (Component(ComponentName.GIFT, EURO, "礼"), date(2026, 1, 2), None, True, 7, frozenset({"b", "a"}))
    form = [
        {"name": "gift_not_returned", "amount": {"amount_minor": 100, "currency": "EUR"}, "subject": "礼", "rate": ""},
        "2026-01-02", None, True, 7, ["a", "b"],
    ]  # fmt: skip
    assert plain_value(value) == form
    text = json.dumps(form, sort_keys=True, separators=(",", ":"))
    assert fingerprint_of(value) == sha256(text.encode("ascii")).hexdigest()
    with pytest.raises(TypeError, match="float"):
        fingerprint_of((1.5,))


@pytest.mark.parametrize(
    ("wrong", "en", "zh"),
    [
        (lambda: with_line(paid=5), "an amount of money is needed", "应为金额"),
        (lambda: with_line(paid=Money(5, "JPY")),
         "JPY is not the order's currency EUR", "币种 JPY 与订单币种 EUR 不一致"),
        (lambda: with_line(paid=Money(-5, "EUR")), "the amount must not be negative", "金额不能为负"),
        (lambda: with_line(quantity=0), "a whole number from 1 to 1000000 is needed", "应为 1 至 1000000 之间的整数"),
        (lambda: with_line(name="x" * 201),
         "a printable text of 1 to 200 characters is needed", "应为 1 至 200 个可显示字符"),
        (lambda: with_fact("seller_at_fault", 1), "yes or no is needed", "应为是或否"),
        (lambda: with_fact("regime", "FR"), "one of CN, EU, UK, US is needed", "应为以下之一：CN, EU, UK, US"),
        (lambda: with_line(taxes=(5,)), "a Tax is needed", "应为 Tax"),
        (lambda: with_line(taxes=[]), "a sequence of at most 20 is needed", "应为不超过 20 项的序列"),
        (lambda: with_line(taxes=many("Tax", 1) * 2), "0 stands here twice", "0 重复出现"),
        (lambda: with_rule(SetPart("L9", 1)), "L9 is not known in this order", "订单中没有 L9"),
    ],
)  # fmt: skip
def test_a_field_is_refused_with_the_reason_in_both_languages(wrong: Callable[[], Any], en: str, zh: str) -> None:
    """H01, H10, H11."""
    with pytest.raises(InvalidField) as refusal:
        wrong()
    assert refusal.value.say("en") == f"{refusal.value.pointer}: {en}"
    assert refusal.value.say("zh-CN") == f"{refusal.value.pointer}: {zh}"


def with_fact(name: str, value: Any) -> Any:
    return dataclasses.replace(REQUEST, facts=dataclasses.replace(REQUEST.facts, **{name: value}))


def test_a_component_travels_with_the_tenders_unless_it_is_named_here() -> None:
    """H06, H12, I12."""
    others = {
        name: Component(name, EURO).route
        for name in ComponentName
        if Component(name, EURO).route is not ComponentRoute.TENDERS
    }
    assert others == {
        ComponentName.FREIGHT_RECEIPT: ComponentRoute.OWN,
        ComponentName.GOODWILL: ComponentRoute.OWN,
        ComponentName.BONUS: ComponentRoute.CREDIT,
        ComponentName.BONUS_KEPT: ComponentRoute.CREDIT,
    }


def test_a_set_has_parts_and_an_order_has_lines() -> None:
    """H01, H08."""
    rule = SetPrice((), EURO)
    without_parts: dict[str, Any] = {"discounts": (OrderDiscount(id="d", amount=EURO, rule=rule),)}
    changes = {"/discounts/0/rule/parts": without_parts, "/lines": {"lines": ()}}
    for pointer, change in changes.items():
        with pytest.raises(InvalidField) as refusal:
            dataclasses.replace(ORDER, **change)
        assert refusal.value.pointer == pointer
