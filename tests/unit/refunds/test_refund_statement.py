"""The statement for the customer says every cent, in both languages, from the result that is paid."""

from string import Formatter
from typing import Any

import pytest

from service_refunds.domain import statement as words
from service_refunds.domain.component import TAXES, Name
from service_refunds.domain.fees import Reason
from service_refunds.domain.order import TenderKind
from service_refunds.domain.statement import show, statement
from shared.kernel.errors import Said
from shared.kernel.money import Money
from tests.unit.refunds.asking import an_order, ask

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
    assert statement(ask(a_rich_order(), **RICH), "en").render().splitlines() == [
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
    assert statement(ask(a_rich_order(), **RICH), "zh-CN").render().splitlines() == [
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
    calculation = ask(an_order(tenders=tenders), **request_words)
    english, chinese = statement(calculation, "en"), statement(calculation, "zh-CN")
    figures = [[(line.amount, line.counts) for line in each.lines] for each in (english, chinese)]
    assert figures[0] == figures[1]
    counted = sum(line.amount.minor for line in english.lines if line.counts and line.amount is not None)
    assert counted == calculation.total.minor
    assert "{" not in english.render() + chinese.render()


def test_every_component_reason_and_way_has_words_in_both_languages() -> None:
    """H13: nothing is paid, taken or waived without a sentence, and both fill the same places."""
    netless = {Name.GOODS_NET, Name.RERATED_NET, Name.EXCHANGE_TAX} | TAXES
    assert set(words.COMPONENTS) == set(Name) - netless
    assert set(words.REASONS) == set(Reason)
    assert set(words.WAYS) == set(TenderKind)
    tables = (words.COMPONENTS, words.REASONS, words.WAYS)
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
    assert show(Money(minor, currency)) == shown
