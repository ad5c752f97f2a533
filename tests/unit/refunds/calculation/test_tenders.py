"""Tenders, guards, store credit, exchanges, provider units: how the money that is owed travels."""

from dataclasses import replace
from typing import Any

import pytest

from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.guard import Guard, GuardRow, check_guards
from service_refunds.domain.calculation.inputs.charge import Charge, Tax
from service_refunds.domain.calculation.inputs.history import LineHistory, RefundHistory, Restatement
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.refusal import (
    AvailableChanged,
    ConsentMissing,
    DisputeOpen,
    InvalidField,
    MoreThanBought,
    OrderDoesNotAddUp,
    OverRefund,
    UnitAlreadyRefunded,
)
from service_refunds.domain.calculation.provider_units import provider_amount
from service_refunds.domain.calculation.statement import statement
from shared.kernel.money import Money
from tests.unit.refunds.simple_request import an_order, answer_of, calculation_of

AGREED = {"regime": "EU", "other_method_agreed": True}
FOUR = [
    {"id": "points card", "kind": "gift_card", "captured": "10.00"},
    {"id": "visa", "kind": "card", "captured": "40.00"},
    {"id": "credit", "kind": "store_credit", "captured": "20.00"},
    {"id": "wallet", "kind": "wallet", "captured": "30.00"},
]


@pytest.mark.parametrize(
    ("order", "parts"),
    [
        ("proportional", ("5.50", "22.00", "11.00", "16.50")),
        ("card_first", ("0.00", "40.00", "0.00", "15.00")),
        ("credit_first", ("10.00", "25.00", "20.00", "0.00")),
        ("lifo", ("0.00", "5.00", "20.00", "30.00")),
        ("fifo", ("10.00", "40.00", "5.00", "0.00")),
    ],
)
def test_several_payments_give_back_in_the_order_of_the_policy(order: str, parts: tuple[str, ...]) -> None:
    """I02: every money tender counts as card, and within a class the first paid comes first."""
    found = answer_of(an_order(["55.00", "45.00"], tenders=FOUR), back={"L1": 1}, policy={"tender_order": order})
    assert tuple(found["tenders"].values()) == parts


def test_a_refund_that_reaches_into_disputed_money_is_refused() -> None:
    """H10, I02: what is undisputed goes back as usual."""
    tenders = [{"id": "visa", "captured": "100.00", "disputed": "60.00"}]
    order = an_order(["40.00", "0.01", "59.99"], tenders=tenders)
    one = calculation_of(order, back={"L1": 1})
    assert (one.refund.format(), one.available.format()) == ("40.00", "0.00")
    with pytest.raises(DisputeOpen) as refusal:
        calculation_of(order, one.after(), back={"L2": 1})
    assert refusal.value.code == "dispute_open"
    assert refusal.value.say("zh-CN") == "未处于争议中的金额为 EUR 0.00，不足 EUR 0.01。"


def test_a_unit_has_one_refund_and_a_line_no_more_units_than_were_bought() -> None:
    """H10: the unit guard."""
    order = an_order(lines=[{"id": "L1", "quantity": 2, "paid": "10.00"}])
    first = calculation_of(order, units=[{"id": "serial 7", "line": "L1"}])
    with pytest.raises(UnitAlreadyRefunded):
        calculation_of(order, first.after(), units=[{"id": "serial 7", "line": "L1"}])
    with pytest.raises(MoreThanBought) as refusal:
        calculation_of(order, first.after(), units=[{"id": "a", "line": "L1"}, {"id": "b", "line": "L1"}])
    assert refusal.value.facts == {"line": "L1", "left": 1, "asked": 2}


def test_the_guards_are_rows_that_a_store_can_keep() -> None:
    """H10: unit, line, component, tender and order, each with cap, used and this."""
    lines = [{"id": "L1", "quantity": 2, "paid": "20.00", "taxes": {"19": "3.20"}}]
    shipments = [{"id": "S", "paid": "5.00", "taxes": {"19": "0.80"}}]
    order = an_order(lines=lines, shipments=shipments)
    fault = {"regime": "EU", "seller_at_fault": True}
    first = calculation_of(order, back={"L1": 1}, facts=fault)
    rows = {
        (row.guard.value, row.key): (row.cap.format(), row.used.format(), row.this.format())
        for row in calculation_of(order, first.after(), back={"L1": 1}, facts=fault).guards
    }
    assert rows == {
        ("unit", "L1#2"): ("10.00", "0.00", "10.00"),
        ("line", "L1"): ("20.00", "10.00", "10.00"),
        ("component", "tax:19"): ("4.00", "2.00", "2.00"),
        ("component", "outbound_freight:S"): ("5.00", "2.50", "2.50"),
        ("tender", "card"): ("25.00", "12.50", "12.50"),
        ("order", "captured"): ("25.00", "12.50", "12.50"),
        ("order", "accepted_goods"): ("10.00", "0.00", "10.00"),
    }


@pytest.mark.parametrize("guard", Guard)
def test_an_overdrawn_row_is_refused_with_what_is_left(guard: Guard) -> None:
    """H10."""
    cap, used = Money(5_000, "EUR"), Money(3_500, "EUR")
    check_guards([GuardRow(guard, "key", cap, used, Money(1_500, "EUR"))])
    with pytest.raises(OverRefund) as refusal:
        check_guards([GuardRow(guard, "key", cap, used, Money(1_501, "EUR"))])
    assert refusal.value.code == "over_refund"
    assert refusal.value.facts["available"] == Money(1_500, "EUR")
    nothing = Money(0, "EUR")
    check_guards([GuardRow(guard, "key", nothing, Money(1, "EUR"), nothing)])
    with pytest.raises(OverRefund):
        check_guards([GuardRow(guard, "key", nothing, nothing, Money(1, "EUR"))])


def test_a_caller_who_saw_an_older_figure_is_told_the_present_one() -> None:
    """N05, H10."""
    order = an_order(["60.00", "40.00"])
    first = calculation_of(order, back={"L1": 1}, expected_available="100.00")
    with pytest.raises(AvailableChanged) as refusal:
        calculation_of(order, first.after(), back={"L2": 1}, expected_available="100.00")
    assert refusal.value.say("en") == "EUR 40.00 is refundable now, not EUR 100.00."
    assert answer_of(order, first.after(), back={"L2": 1}, expected_available="40.00")["refund"] == "40.00"


@pytest.mark.parametrize("payout", ["store_credit", "other_method"])
def test_another_way_of_payment_needs_recorded_consent(payout: str) -> None:
    """I12: 暂行办法 14, CRD 13(1)."""
    with pytest.raises(ConsentMissing):
        calculation_of(an_order(), back={"L1": 1}, payout=payout)


def test_store_credit_shrinks_the_tenders_as_if_they_were_paid_back() -> None:
    """I12: by policy order, with the bonus outside of them and within its limit."""
    order = an_order(["55.00", "45.00"], tenders=FOUR)
    policy = {"credit_bonus_bp": 1000, "bonus_limit": "3.00", "tender_order": "card_first"}
    first = calculation_of(order, back={"L1": 1}, payout="store_credit", facts=AGREED, policy=policy)
    assert first.credit is not None
    assert (first.credit.value.format(), first.credit.bonus.format()) == ("55.00", "3.00")
    assert [each.amount.format() for each in first.tenders] == ["0.00", "40.00", "0.00", "15.00"]
    assert not any(each.sent for each in first.tenders)
    assert not first.needs_payment
    second = answer_of(order, first.after(), back={"L2": 1}, payout="store_credit", facts=AGREED, policy=policy)
    assert (second["total"], second["available"]) == ("45.00", "0.00")


def test_what_was_paid_with_store_credit_earns_no_second_bonus() -> None:
    """I12: only the 80.00 of card and wallet money and the gift card do."""
    policy = {"credit_bonus_bp": 1000}
    found = answer_of(an_order(tenders=FOUR), back={"L1": 1}, payout="store_credit", facts=AGREED, policy=policy)
    assert found["credit"] == ["100.00", "8.00"]


def test_a_cheaper_exchange_pays_the_difference_back() -> None:
    """J02."""
    found = calculation_of(an_order(), back={"L1": 1}, exchange=[{"id": "NEW", "paid": "60.00"}])
    assert (found.refund.format(), found.carried.format(), found.customer_owes.format()) == ("40.00", "60.00", "0.00")
    assert found.total == found.refund


def test_an_even_exchange_moves_no_money() -> None:
    """J02."""
    found = calculation_of(an_order(), back={"L1": 1}, exchange=[{"id": "NEW", "paid": "100.00"}])
    assert not found.needs_payment
    assert not found.available


def test_bonus_credit_that_an_exchange_carries_stays_bonus() -> None:
    """J08, I12."""
    tenders = [{"id": "credit", "kind": "store_credit", "captured": "88.00", "bonus": "8.00"}]
    step = calculation_of(
        an_order(["88.00"], tenders=tenders), back={"L1": 1}, exchange=[{"id": "NEW", "paid": "44.00"}]
    )
    assert step.cash_option.format() == "40.00"
    [credit] = step.tenders
    assert (credit.carried.format(), credit.carried_bonus.format()) == ("44.00", "4.00")


@pytest.mark.parametrize(
    ("provider", "amount", "currency", "units", "residue"),
    [
        ("", "12.34", "EUR", 1_234, "0.00"),
        ("stripe", "9899", "JPY", 9_899, "0"),
        ("stripe", "12.345", "KWD", 12_340, "0.005"),
        ("stripe", "500", "ISK", 50_000, "0"),
        ("adyen", "500", "CLP", 50_000, "0"),
        ("adyen", "12500.50", "IDR", 12_500, "0.50"),
        ("paypal", "990.45", "HUF", 990, "0.45"),
        ("paypal", "10.99", "TWD", 10, "0.99"),
        ("stripe", "25.20", "MGA", 25, "0.20"),
        ("adyen", "25.20", "CVE", 25, "0.20"),
        ("adyen", "7", "ISK", 700, "0"),
        ("last_digit_0", "6.173", "KWD", 6_170, "0.003"),
        ("someone", "1.2345", "CLF", 12_345, "0.0000"),
    ],
)
def test_a_provider_gets_its_own_units_and_the_rest_keeps_a_name(
    provider: str, amount: str, currency: str, units: int, residue: str
) -> None:
    """H11."""
    money = Money.parse(amount, currency)
    found = provider_amount(money, provider)
    assert (found.units, found.residue.format()) == (units, residue)
    assert found.sent + found.residue == money


@pytest.mark.parametrize(
    ("currency", "paid", "sent", "rounding"),
    [
        ("CHF", "9.98", "10.00", "0.02"),
        ("CHF", "9.97", "9.95", "-0.02"),
        ("AUD", "9.93", "9.95", "0.02"),
        ("CAD", "9.94", "9.95", "0.01"),
        ("MYR", "9.93", "9.95", "0.02"),
        ("NZD", "9.95", "10.00", "0.05"),
        ("ILS", "9.95", "10.00", "0.05"),
        ("DKK", "9.75", "10.00", "0.25"),
        ("SEK", "9.50", "10.00", "0.50"),
        ("NOK", "9.49", "9.00", "-0.49"),
        ("CZK", "9.50", "10.00", "0.50"),
        ("HUF", "12.49", "10.00", "-2.49"),
        ("EUR", "9.98", "9.98", "0.00"),
        ("CNY", "9.99", "9.99", "0.00"),
    ],
)
def test_a_cash_desk_rounds_to_its_coins(currency: str, paid: str, sent: str, rounding: str) -> None:
    """H11: only cash, only what is handed out; what the customer is owed and the guards stay exact."""
    rest = (Money(10_000, currency) - Money.parse(paid, currency)).format()
    for kind in ("cash", "card"):
        order = an_order([paid, rest], currency, tenders=[{"id": "till", "kind": kind, "captured": "100.00"}])
        (tender,) = calculation_of(order, back={"L1": 1}).tenders
        assert tender.amount.format() == paid
        expected = (sent, rounding) if kind == "cash" else (paid, "0.00")
        assert (tender.sent.format(), tender.rounding.format()) == expected
        assert not tender.residue


def test_coins_never_give_back_more_than_was_paid_in_cash() -> None:
    """H10, H11: 9.98 in francs would be 10.00, and 9.95 is what coins can pay of it."""
    order = an_order(["9.98"], "CHF", tenders=[{"id": "till", "kind": "cash", "captured": "9.98"}])
    assert calculation_of(order, back={"L1": 1}).tenders[0].sent.format() == "9.95"


def test_credit_instead_of_cash_is_not_rounded() -> None:
    """H11, I12."""
    order = an_order(["9.98", "0.02"], "CHF", tenders=[{"id": "till", "kind": "cash", "captured": "10.00"}])
    found = calculation_of(order, back={"L1": 1}, payout="store_credit", facts=AGREED)
    assert found.credit is not None
    assert (found.credit.value.format(), found.tenders[0].rounding.format()) == ("9.98", "0.00")


@pytest.mark.parametrize("parts", [["3.33", "3.33", "3.34"], ["0.01", "0.02", "9.97"], ["2.52", "2.53", "4.95"]])
def test_cash_in_parts_comes_to_what_was_paid_in_coins(parts: list[str]) -> None:
    """H02, H11: the differences never add up."""
    order = an_order(parts, "CHF", tenders=[{"id": "till", "kind": "cash", "captured": "10.00"}])
    handed, history = 0, None
    for number in range(1, 4):
        step = calculation_of(order, history, back={f"L{number}": 1})
        handed += step.tenders[0].sent.minor
        history = step.after()
    assert handed == 1_000


def test_a_shop_names_its_own_smallest_coin() -> None:
    """H11: in some countries of the euro that is five cents."""
    order = an_order(["9.98", "0.02"], tenders=[{"id": "till", "kind": "cash", "captured": "10.00"}])
    found = calculation_of(order, back={"L1": 1}, policy={"cash_step": "0.05"})
    assert found.tenders[0].sent.format() == "10.00"
    assert ("Rounded to the coins that there are", Money(2, "EUR")) in [
        (line.text, line.amount) for line in statement(found, "en").lines
    ]
    assert calculation_of(order, back={"L1": 1}, policy={"cash_step": "0.01"}).tenders[0].sent.format() == "9.98"
    with pytest.raises(InvalidField, match="/policy/cash_step"):
        calculation_of(order, back={"L1": 1}, policy={"cash_step": "0.00"})


UNITS_OF = {
    # provider: what 1.00 (or 1, 1.000) and the smallest amount are in its units, by currency
    "stripe": {"BHD JOD KWD OMR TND": (1_000, 0), "ISK": (100, 100), "MGA": (1, 0), "EUR USD CNY": (100, 1)},
    "adyen": {"CLP ISK": (100, 100), "CVE IDR": (1, 0), "KWD": (1_000, 1), "JPY": (1, 1)},
    "paypal": {"HUF TWD": (1, 0), "EUR": (100, 1), "JPY": (1, 1)},
    "last_digit_0": {"BHD IQD JOD KWD LYD OMR TND": (1_000, 0), "EUR": (100, 1)},
}


@pytest.mark.parametrize(
    ("provider", "currency", "whole", "smallest"),
    [(p, c, *units) for p, by in UNITS_OF.items() for codes, units in by.items() for c in codes.split()],
)
def test_a_provider_counts_every_currency_in_its_own_units(
    provider: str, currency: str, whole: int, smallest: int
) -> None:
    """H11: from the providers' pages; the smallest amount is nothing to one that cannot take it."""
    assert provider_amount(Money.parse("1", currency), provider).units == whole
    found = provider_amount(Money(1, currency), provider)
    assert (found.units, found.sent.minor + found.residue.minor) == (smallest, 1)


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ({"lines": [{"id": "L1", "unit_price": "10.00", "quantity": 2, "paid": "19.00"}]}, "/lines/0/paid"),
        ({"lines": [{"id": "L1", "paid": "1.00", "taxes": {"19": "1.01"}}]}, "/lines/0/taxes"),
        ({"tenders": [{"id": "card", "captured": "100.01"}]}, "/tenders"),
        ({"shipments": [{"id": "S", "paid": "1.00", "taxes": {"19": "1.01"}}]}, "/shipments/0/taxes"),
        ({"shipments": [{"id": "S", "paid": "1.00", "price": "2.00"}]}, "/shipments/0/paid"),
        ({"shipments": [{"id": "S", "paid": "1.00", "price": "2.00", "discount": "0.99"}]}, "/shipments/0/paid"),
        ({"fees": [{"id": "F", "paid": "1.00", "taxes": {"19": "1.01"}}]}, "/fees/0/taxes"),
    ],
)
def test_an_order_that_does_not_add_up_is_refused_by_the_field(words: dict[str, Any], pointer: str) -> None:
    """N06, H01."""
    with pytest.raises(OrderDoesNotAddUp) as refusal:
        an_order(**words).reconcile()
    assert refusal.value.pointer == pointer


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (OrderLine(id="NEW", quantity=2, paid=Money(100, "EUR"), unit_price=Money(60, "EUR")), "/exchange/0/paid"),
        (
            OrderLine(id="NEW", quantity=1, paid=Money(100, "EUR"), taxes=(Tax("19", Money(101, "EUR")),)),
            "/exchange/0/taxes",
        ),
    ],
)
def test_what_goes_out_instead_must_add_up_too(line: OrderLine, pointer: str) -> None:
    """J02, N06."""
    with pytest.raises(OrderDoesNotAddUp) as refusal:
        replace(calculation_of(an_order(), back={"L1": 1}).request, exchange=(line,))
    assert refusal.value.pointer == pointer


def test_a_share_of_a_discount_stands_only_on_lines_that_it_covers() -> None:
    """H01, N06."""
    order = an_order(["50.00", "50.00"], discounts=[{"id": "d", "amount": "10.00", "lines": ["L1"]}])
    moved = replace(
        order,
        lines=tuple(
            replace(line, shares=other.shares) for line, other in zip(order.lines, order.lines[::-1], strict=True)
        ),
    )
    with pytest.raises(OrderDoesNotAddUp) as refusal:
        moved.reconcile()
    assert refusal.value.pointer == "/lines/1/shares/0/amount"


def test_a_history_that_is_not_this_orders_is_refused() -> None:
    """H10: more units than were bought; restated units that do not fit those that went back."""
    order = an_order(lines=[{"id": "L1", "quantity": 2, "paid": "10.00"}])
    request = calculation_of(order).request
    with pytest.raises(MoreThanBought) as more:
        replace(request, history=RefundHistory(lines=(LineHistory("L1", ("a", "b", "c")),)))
    assert more.value.facts == {"line": "L1", "left": 2, "asked": 3}
    restated = Restatement(1, Charge.of(Money(500, "EUR")))
    with pytest.raises(InvalidField) as mixed:
        replace(request, history=RefundHistory(lines=(LineHistory("L1", (), restated),)))
    assert mixed.value.pointer == "/history/lines/0/restated"
    fits = replace(request, history=RefundHistory(lines=(LineHistory("L1", ("a",), restated),)))
    assert calculate(fits).available.format() == "10.00"


def test_every_limit_of_its_own_is_a_row() -> None:
    """H10, I12, H12: the bonus, too, so that a store holds it under the same lock."""
    policy = {"credit_bonus_bp": 1000, "bonus_limit": "30.00", "goodwill_limit": "8.00"}
    found = calculation_of(
        an_order(), back={"L1": 1}, payout="store_credit", facts=AGREED, policy=policy,
        adjustments=[{"id": "sorry", "amount": "5.00", "reason": "late"}],
    )  # fmt: skip
    own = [
        (row.key, row.cap.format(), row.used.format(), row.this.format())
        for row in found.guards
        if row.guard is Guard.OWN
    ]
    assert own == [("goodwill", "8.00", "0.00", "5.00"), ("bonus", "30.00", "0.00", "10.00")]


def test_an_order_that_adds_up_in_every_figure_is_taken() -> None:
    """H01, N06."""
    an_order(
        lines=[{"id": "L1", "unit_price": "10.00", "quantity": 2, "discounts": ["1.00"], "paid": "19.00"}],
        shipments=[{"id": "S", "paid": "1.00", "price": "2.00", "discount": "1.00", "taxes": {"19": "1.00"}}],
    ).reconcile()


def test_a_discount_is_the_sum_of_its_shares() -> None:
    """H01, N06."""
    order = an_order(["50.00", "50.00"], discounts=[{"id": "d", "amount": "10.00"}])
    with pytest.raises(OrderDoesNotAddUp) as refusal:
        replace(order, discounts=(replace(order.discounts[0], amount=Money(999, "EUR")),)).reconcile()
    assert refusal.value.pointer == "/discounts/0/amount"
    assert refusal.value.say("en").endswith("EUR 9.99 stands here, the other figures give EUR 10.00")


def test_a_row_names_what_it_bounds() -> None:
    """H10: a store finds the row again by guard and key."""
    order = an_order(
        lines=[{"id": "L1", "quantity": 2, "paid": "60.00", "taxes": {"19": "9.58"}}],
        shipments=[{"id": "S", "paid": "5.00", "taxes": {"19": "0.80"}}], fees=[{"id": "wrap", "paid": "4.00"}],
        gifts=[{"id": "mug", "declared": "3.00"}],
    )  # fmt: skip
    facts = {"regime": "US", "fees_disclosed": True, "freight_disclosed": True}
    policy = {"contract_freight": "whole_order", "refund_order_fees": True, "restocking_bp": 1000}
    found = calculation_of(
        order, back={"L1": 2}, facts=facts, policy=policy, missing_gifts=["mug"], return_label="2.00"
    )
    assert [f"{row.guard} {row.key} {row.this.format()} of {row.cap.format()}" for row in found.guards] == [
        "unit L1#1 30.00 of 30.00", "unit L1#2 30.00 of 30.00", "line L1 60.00 of 60.00",
        "component tax:19 10.38 of 10.38", "component outbound_freight:S 5.00 of 5.00",
        "component order_fee:wrap 4.00 of 4.00",
        "component gift_not_returned:mug 3.00 of 3.00", "component restocking_fee 5.04 of 50.42",
        "component return_freight 2.00 of 2.00", "tender card 58.96 of 69.00", "order captured 58.96 of 69.00",
        "order accepted_goods 60.00 of 60.00",
    ]  # fmt: skip
    assert all(
        row.used.minor == 0 and row.available == row.cap and row.left == row.cap - row.this for row in found.guards
    )


@pytest.mark.parametrize("field", ["refunded", "pending", "disputed"])
def test_all_of_a_payment_may_be_gone_and_no_more(field: str) -> None:
    """H10: then nothing is left of it."""
    order = an_order(tenders=[{"id": "card", "captured": "100.00", field: "100.00"}])
    assert answer_of(order)["available"] == "0.00"
    with pytest.raises(OrderDoesNotAddUp) as refusal:
        an_order(tenders=[{"id": "card", "captured": "100.00", field: "100.01"}])
    assert refusal.value.pointer == f"/tenders/0/{field}"
    assert refusal.value.say("en").endswith("EUR 100.01 is more than the EUR 100.00 that was captured")


def test_what_the_payments_no_longer_have_is_refused_for_the_order() -> None:
    """H10: by a policy that refuses, and while goods of the order are kept (V27)."""
    tenders = [{"id": "card", "captured": "100.00", "refunded": "0.01"}]
    with pytest.raises(OverRefund):
        calculation_of(an_order(["100.00", "0.00"], tenders=tenders), back={"L1": 1})
    with pytest.raises(OverRefund) as refusal:
        calculation_of(an_order(tenders=tenders), back={"L1": 1}, policy={"shortfall": "refuse"})
    assert {name: str(fact) for name, fact in refusal.value.facts.items()} == {
        "kind": "order", "key": "captured", "asked": "EUR 100.00", "available": "EUR 99.99",
    }  # fmt: skip
