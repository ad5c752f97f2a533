"""The statement for the customer says every cent, in both languages, from the result that is paid."""

from dataclasses import replace
from string import Formatter
from typing import Any

import pytest

from service_refunds.domain.calculation import statement as words
from service_refunds.domain.calculation.fee_bar import WaiverReason
from service_refunds.domain.calculation.inputs.component import TAX_COMPONENTS, ComponentName
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.statement import format_amount, statement
from shared.kernel.errors import Said
from shared.kernel.money import Money
from tests.unit.refunds.simple_request import an_order, calculation_of

AGREED = {"other_method_agreed": True}
RICH: dict[str, Any] = {
    "back": {"L1": 2},
    "missing_gifts": ["mug"],
    "return_label": "8.50",
    "freight_receipt": "6.00",
    "facts": {"regime": "EU", "fees_disclosed": True},
    "policy": {"restocking_bp": 1000, "goodwill_limit": "5.00"},
    "adjustments": [{"id": "sorry", "amount": "5.00", "reason": "a late parcel"}],
}


def a_rich_order() -> Any:
    lines = [
        {"id": "L1", "quantity": 3, "paid": "90.00", "taxes": {"19": "14.37"}},
        {"id": "L2", "paid": "10.00"},
    ]
    tenders = [{"id": "gift", "kind": "gift_card", "captured": "30.00"}, {"id": "visa", "captured": "60.00"}]
    return an_order(
        lines=lines,
        discounts=[{"id": "points", "amount": "10.00", "points": 1000}],
        gifts=[{"id": "mug", "declared": "4.00"}],
        tenders=tenders,
    )


def test_the_english_statement_reads_from_what_was_paid_to_where_it_goes() -> None:
    """H13."""
    assert statement(calculation_of(a_rich_order(), **RICH), "en").render().splitlines() == [
        "“L1”, 2 pieces: what you paid for it: €54.00",
        "3 pieces cost €90.00 before discounts of €9.00, so you paid €81.00",
        "of which tax 19 %: €9.58",
        "Gift “mug”, which you keep: -€4.00",
        "Fee for taking the goods back: -€4.44",
        "What you paid to send the goods back: €6.00",
        "From us to you: a late parcel: €5.00",
        "You get back: €56.56",
        "Back to your gift card “gift”: €15.19",
        "Back to your card “visa”: €30.37",
        "Paid to you separately: €11.00",
        "Not charged: Sending the goods back to us (we did not tell you in time): €8.50",
        "600 points go back to your account",
        "Of this order, what you have not been refunded: €44.44",
    ]


def test_the_chinese_statement_says_the_same() -> None:
    """H13."""
    assert statement(calculation_of(a_rich_order(), **RICH), "zh-CN").render().splitlines() == [
        "“L1”2 件，您实付的金额：€54.00",
        "3 件优惠前为 €90.00，优惠 €9.00，实付 €81.00",
        "其中税款 19 %：€9.58",
        "您留下的赠品“mug”：-€4.00",
        "重新上架费：-€4.44",
        "您垫付的寄回运费：€6.00",
        "我们的心意：a late parcel：€5.00",
        "退还给您：€56.56",
        "退回您的礼品卡“gift”：€15.19",
        "退回您的银行卡“visa”：€30.37",
        "另行支付给您：€11.00",
        "未收取：寄回运费（我们未提前告知您）：€8.50",
        "600 积分退回您的账户",
        "此订单尚未退还的金额：€44.44",
    ]


@pytest.mark.parametrize(
    "request_words",
    [
        {"back": {"L1": 1}, "exchange": [{"id": "NEW", "paid": "250.00"}]},
        {
            "back": {"L1": 1},
            "payout": "store_credit",
            "facts": {"other_method_agreed": True},
            "policy": {"credit_bonus_bp": 1000},
        },
        {"back": {"L1": 1}, "payout": "other_method", "facts": {"other_method_agreed": True}},
        {"units": [{"id": "u", "line": "L1", "grade": "C", "answer": "accepted"}]},
        {"units": [{"id": "u", "line": "L1", "grade": "C", "answer": "waiting"}]},
    ],
)
def test_both_languages_carry_the_same_amounts_and_the_counted_ones_make_the_total(
    request_words: dict[str, Any],
) -> None:
    """H13: whatever the way."""
    tenders = [{"id": "credit", "kind": "store_credit", "captured": "100.00", "bonus": "10.00"}]
    calculation = calculation_of(an_order(tenders=tenders), **request_words)
    english, chinese = statement(calculation, "en"), statement(calculation, "zh-CN")
    figures = [[(line.amount, line.counts) for line in each.lines] for each in (english, chinese)]
    assert figures[0] == figures[1]
    counted = sum(line.amount.minor for line in english.lines if line.counts and line.amount is not None)
    assert counted == calculation.total.minor
    assert "{" not in english.render() + chinese.render()


def test_every_component_reason_and_way_has_words_in_both_languages() -> None:
    """H13: nothing is paid, taken or waived without a sentence, and both fill the same places."""
    netless = {ComponentName.GOODS_NET, ComponentName.RERATED_NET, ComponentName.EXCHANGE_TAX} | TAX_COMPONENTS
    assert set(words.COMPONENTS) == set(ComponentName) - netless
    assert set(words.REASONS) == set(WaiverReason)
    assert set(words.TENDER_SENTENCES) == set(TenderKind)
    tables = (words.COMPONENTS, words.REASONS, words.TENDER_SENTENCES)
    said = [each for table in tables for each in table.values()]
    said += [each for each in vars(words).values() if isinstance(each, Said)]
    for each in said:
        slots = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in each]
        assert slots[0] == slots[1]
        assert all(each)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123_456_789, "CNY", "¥1,234,567.89"),
        (-5, "EUR", "-€0.05"),
        (9_899, "JPY", "JP¥9,899"),
        (12_345, "KWD", "KWD 12.345"),
        (12_345, "CLF", "CLF 1.2345"),
    ],
)
def test_amounts_are_shown_with_exactly_their_decimals(minor: int, currency: str, shown: str) -> None:
    """H11, H13."""
    assert format_amount(Money(minor, currency)) == shown


def lines_of(language: Any = "en", **words: Any) -> list[tuple[str, str | None]]:
    order = words.pop("order", None) or an_order(**words.pop("with_order", {}))
    said = statement(calculation_of(order, words.pop("history", None), **words), language).lines
    return [(line.text, None if line.amount is None else format_amount(line.amount)) for line in said]


def test_an_exchange_says_what_is_used_and_what_is_still_to_pay() -> None:
    """H13, J02."""
    dearer = lines_of(back={"L1": 1}, exchange=[{"id": "NEW", "paid": "250.00"}])
    assert ("“NEW”, which you get instead", "-€250.00") in dearer
    assert ("Used to pay for what you get instead", "€100.00") in dearer
    assert ("You still have to pay", "€150.00") in dearer
    assert "You get back" not in dict(dearer)
    cheaper = lines_of("zh-CN", back={"L1": 1}, exchange=[{"id": "NEW", "paid": "60.00"}])
    assert ("用于支付换货商品", "€60.00") in cheaper
    assert ("退还给您", "€40.00") in cheaper


def test_what_a_provider_cannot_pay_is_said_to_be_owed() -> None:
    """H11, H13."""
    tenders = [{"id": "visa", "captured": "12.345", "provider": "stripe"}]
    order = an_order(["12.345"], "KWD", tenders=tenders)
    said = lines_of(order=order, back={"L1": 1})
    assert ("Back to your card “visa”", "KWD 12.340") in said
    assert ("Still owed to you, because “visa” cannot take so small a part", "KWD 0.005") in said


def test_points_coupons_and_units_that_wait_are_remarks() -> None:
    """H13, H14, H07."""
    discounts = [{"id": "promo", "amount": "10.00", "coupon": "WELCOME", "points": 100}]
    said = lines_of(with_order={"discounts": discounts}, back={"L1": 1})
    assert ("You can use the coupon “WELCOME” again", None) in said
    assert ("100 points go back to your account", None) in said
    waits = [{"id": "u", "line": "L1", "grade": "C", "answer": "waiting"}]
    assert ("“L1” waits for your answer to our offer", None) in lines_of(units=waits, facts={"regime": "CN"})


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("19", "of which tax 19 %"), ("7.25", "of which tax 7.25 %"), ("CA 7.25", "of which tax CA 7.25")],
)
def test_a_tax_is_called_by_its_rate_or_its_name(rate: str, shown: str) -> None:
    """H03, H13."""
    line = {"id": "L1", "paid": "10.00", "taxes": {rate: "1.00"}}
    assert (shown, "€1.00") in lines_of(with_order={"lines": [line]}, back={"L1": 1})


def test_a_kept_line_is_said_to_cost_more_or_less() -> None:
    """H08, H13: 50 off from 300 is lost; and where one line's discount grows, that is said too."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["200.00", "150.00"], "CNY", discounts=[{"id": "m", "amount": "50.00", "rule": rule}])
    assert ("“L1”, which you keep, no longer gets the discount", "-¥28.57") in lines_of(
        order=order, back={"L2": 1}, facts={"regime": "CN"}
    )
    free = {"set": {"L1": 1}, "off": "30.00"}
    order = an_order(["60.00", "40.00"], "CNY", discounts=[{"id": "m", "amount": "30.00", "rule": free}])
    assert ("“L1”, which you keep, is cheaper now", "¥12.00") in lines_of(
        order=order, back={"L2": 1}, facts={"regime": "CN"}
    )


def test_extra_charges_and_gifts_are_called_by_their_names() -> None:
    """H13."""
    order = an_order(
        ["60.00"], fees=[{"id": "f1", "paid": "4.00"}], shipments=[{"id": "S", "paid": "9.00", "taxes": {"19": "1.44"}}]
    )
    named = replace(order, fees=(replace(order.fees[0], name="Gift wrapping"),))
    fault = {"regime": "CN", "seller_at_fault": True}
    for each, name in ((order, "f1"), (named, "Gift wrapping")):
        said = lines_of(order=each, back={"L1": 1}, facts=fault)
        assert (f"Extra charge “{name}”", "€4.00") in said
        assert ("Delivery to you", "€9.00") in said
        assert ("of which tax 19 %", "€1.44") in said


def test_another_way_of_payment_is_said_with_what_it_pays() -> None:
    """H13, I12: the bonus stays."""
    tenders = [{"id": "credit", "kind": "store_credit", "captured": "100.00", "bonus": "10.00"}]
    words: dict[str, Any] = {"back": {"L1": 1}, "payout": "other_method", "facts": {"other_method_agreed": True}}
    said = lines_of(with_order={"tenders": tenders}, **words)
    assert ("By the other way of payment that you agreed to", "€90.00") in said
    assert ("Extra credit, which cannot be paid out as money", "-€10.00") in said
    assert ("You get back", "€90.00") in said
    assert "Back to your store credit" not in dict(said)


def test_store_credit_is_said_with_its_bonus() -> None:
    """H13, I12."""
    facts, policy = {"other_method_agreed": True}, {"credit_bonus_bp": 1000}
    said = lines_of(back={"L1": 1}, payout="store_credit", facts=facts, policy=policy)
    assert ("As store credit", "€110.00") in said
    assert ("Extra for choosing store credit", "€10.00") in said


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("EUR", "€1.00"), ("GBP", "£1.00"), ("USD", "US$1.00"), ("CNY", "¥1.00"), ("SEK", "SEK 1.00")],
)
def test_an_amount_has_its_symbol_or_its_code(currency: str, shown: str) -> None:
    """H13."""
    assert format_amount(Money(100, currency)) == shown


def test_every_way_back_is_called_by_its_name() -> None:
    """H13, I02."""
    kinds = ("card", "wallet", "bank", "cash", "gift_card", "store_credit")
    order = an_order(["60.00"], tenders=[{"id": kind, "kind": kind, "captured": "10.00"} for kind in kinds])
    ways = [text for text, _ in lines_of(order=order, back={"L1": 1}) if text.startswith("Back")]
    assert ways == [
        "Back to your card “card”", "Back to your wallet “wallet”", "Back to your bank account “bank”", "Back in cash",
        "Back to your gift card “gift_card”", "Back to your store credit",
    ]  # fmt: skip
