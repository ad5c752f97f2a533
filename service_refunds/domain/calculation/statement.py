"""The statement for the customer, to the cent and in plain words, made from the result that is paid (H13).

Lines that `counts` add up to the total. The other lines explain a figure, say where money goes, or name a fee that was
not charged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.fee_bar import WaiverReason
from service_refunds.domain.calculation.inputs.component import (
    TAX_OF,
    Component,
    ComponentName,
    ComponentRoute,
)
from service_refunds.domain.calculation.inputs.refund_request import PayoutMethod
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.remainder import RemainderReason
from shared.kernel.errors import Language, Said
from shared.kernel.money import Money
from shared.kernel.piece_range import pieces_in


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One sentence and its amount; without an amount it is a remark."""

    text: str
    amount: Money | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """All lines in reading order, in one language."""

    language: Language
    lines: tuple[StatementLine, ...]
    total: Money

    def render(self) -> str:
        """The statement as text, one line each."""
        shown = (
            line.text if line.amount is None else f"{line.text}{_COLON[self.language]}{format_amount(line.amount)}"
            for line in self.lines
        )
        return "\n".join(shown)


SYMBOLS: Final = {"CNY": "¥", "EUR": "€", "GBP": "£", "JPY": "JP¥", "USD": "US$"}
_COLON: Final[Mapping[Language, str]] = {"en": ": ", "zh-CN": "："}

COMPONENTS: Final[Mapping[ComponentName, Said]] = {
    ComponentName.FREIGHT_NET: Said("Delivery to you", "寄给您的运费"),
    ComponentName.ORDER_FEE_NET: Said("Extra charge “{subject}”", "附加费用“{subject}”"),
    ComponentName.LOST_FREE_SHIPPING: Said(
        "Delivery, which is no longer free for what you keep", "留下的商品不再满足包邮条件，补扣运费"
    ),
    ComponentName.VALUE_LOSS: Said("Lower value of “{subject}”, as you agreed", "“{subject}”减值，已与您商定"),
    ComponentName.GIFT: Said("Gift “{subject}”, which you keep", "您留下的赠品“{subject}”"),
    ComponentName.RESTOCKING: Said("Fee for taking the goods back", "重新上架费"),
    ComponentName.WAIVED_CARD_FEE: Said("Card fee that we had paid for you", "我们曾为您承担的信用卡手续费"),
    ComponentName.RETURN_FREIGHT: Said("Sending the goods back to us", "寄回运费"),
    ComponentName.ADJUSTMENT: Said("Correction: {reason}", "更正：{reason}"),
    ComponentName.EXCHANGE_NET: Said("“{subject}”, which you get instead", "换给您的“{subject}”"),
    ComponentName.ELSEWHERE_NET: Said("Paid back to you before, not by us", "此前已由其他渠道退还给您"),
    ComponentName.UNPAID: Said("Not paid by you yet", "您尚未支付的部分"),
    ComponentName.PAID_LATER: Said("Paid by you later", "您后来支付的部分"),
    ComponentName.FREIGHT_RECEIPT: Said("What you paid to send the goods back", "您垫付的寄回运费"),
    ComponentName.GOODWILL: Said("From us to you: {reason}", "我们的心意：{reason}"),
    ComponentName.BONUS: Said("Extra for choosing store credit", "选择店铺余额的额外赠送"),
    ComponentName.REMAINDER: Said("{reason}", "{reason}"),
    ComponentName.BONUS_KEPT: Said("Extra credit, which cannot be paid out as money", "赠送余额不能兑换为现金"),
}
GOODS: Final = Said("“{subject}”, {pieces}: what you paid for it", "“{subject}”{pieces}，您实付的金额")
EARLIER: Final = Said(
    "“{subject}”, which you sent back before: what you paid for it", "您此前已退回的“{subject}”，实付的金额"
)
COUNTS_LATER: Final = Said(
    "“{subject}” brings nothing yet: without it, what you keep loses a discount that is worth more. "
    "It counts with the next goods that you send back",
    "“{subject}”暂无可退金额：退回后，您留下的商品失去的优惠更多。您再退回其他商品时会一并计算",
)
REMAINDERS: Final[Mapping[str, Said]] = {
    RemainderReason.PAYMENTS_USED_UP: Said(
        "Still owed to you: your payments have been refunded otherwise, so our staff settles this part with you",
        "仍欠您的金额：您的付款已通过其他途径退回，此部分由工作人员与您另行处理",
    ),
    RemainderReason.DISPUTE_OPEN: Said(
        "Still open: your bank is examining this payment, so our staff settles this part when the bank has decided",
        "尚未退还的金额：您的银行正在处理该笔付款的争议，待银行作出决定后由工作人员处理此部分",
    ),
}
PIECES: Final = (Said("1 piece", "1 件"), Said("{count} pieces", "{count} 件"))
RERATED: Final = (
    Said("“{subject}”, which you keep, is cheaper now", "您留下的“{subject}”价格降低"),
    Said("“{subject}”, which you keep, no longer gets the discount", "您留下的“{subject}”不再享受优惠"),
)
SHARE: Final = Said(
    "{pieces} cost {before} before discounts of {off}, so you paid {paid}",
    "{pieces}优惠前为 {before}，优惠 {off}，实付 {paid}",
)
TAX: Final = Said("of which tax {rate}", "其中税款 {rate}")
TOTAL: Final = (Said("You get back", "退还给您"), Said("You still have to pay", "您还需支付"))
REASONS: Final[Mapping[WaiverReason, Said]] = {
    WaiverReason.SELLER_AT_FAULT: Said("the mistake was ours", "责任在我方"),
    WaiverReason.STATUTORY_WITHDRAWAL: Said("the law does not allow it", "法律不允许收取"),
    WaiverReason.NOT_DISCLOSED: Said("we did not tell you in time", "我们未提前告知您"),
    WaiverReason.RIGHT_NOT_EXPLAINED: Said("we did not explain your right of withdrawal", "我们未说明您的撤销权"),
    WaiverReason.WITHIN_TRIAL: Said("you only tried the goods", "您只是正常试用"),
    WaiverReason.NO_EVIDENCE: Said("we have no pictures of it", "我们没有相应的照片"),
    WaiverReason.NOT_TOLD: Said("we had not told you about it", "我们尚未告知您"),
    WaiverReason.OFFER_OPEN: Said("you have not agreed to it", "您尚未同意"),
    WaiverReason.OFFER_LAPSED: Said("our offer has ended, in your favour", "我们的方案已过期，按对您有利的方式处理"),
    WaiverReason.NO_DECLARED_VALUE: Said("no price was stated for it", "页面未标明其价格"),
    WaiverReason.ALREADY_CHARGED: Said("you have paid for it before", "此前已经收取"),
    WaiverReason.NO_LEGAL_GROUND: Said("no law provides for it", "没有法律依据"),
    WaiverReason.REFUND_TOO_SMALL: Said("it would be more than your refund", "超出了您的退款金额"),
}
NOT_CHARGED: Final = Said("Not charged: {what} ({reason})", "未收取：{what}（{reason}）")
TENDER_SENTENCES: Final[Mapping[TenderKind, Said]] = {
    TenderKind.CARD: Said("Back to your card “{tender}”", "退回您的银行卡“{tender}”"),
    TenderKind.WALLET: Said("Back to your wallet “{tender}”", "退回您的电子钱包“{tender}”"),
    TenderKind.BANK: Said("Back to your bank account “{tender}”", "退回您的银行账户“{tender}”"),
    TenderKind.CASH: Said("Back in cash", "以现金退还"),
    TenderKind.GIFT_CARD: Said("Back to your gift card “{tender}”", "退回您的礼品卡“{tender}”"),
    TenderKind.STORE_CREDIT: Said("Back to your store credit", "退回您的店铺余额"),
}
CREDITED: Final = Said("As store credit", "转为店铺余额")
OTHER_METHOD: Final = Said("By the other way of payment that you agreed to", "以您同意的其他方式支付")
SEPARATE: Final = Said("Paid to you separately", "另行支付给您")
CARRIED: Final = Said("Used to pay for what you get instead", "用于支付换货商品")
RESIDUE: Final = Said(
    "Still owed to you, because “{tender}” cannot take so small a part", "因“{tender}”无法支付零头，仍欠您"
)
ROUNDING: Final = Said("Rounded to the coins that there are", "现金按最小币值取整")
HELD: Final = Said("“{unit}” waits for your answer to our offer", "“{unit}”等待您答复我们的方案")
POINTS: Final = Said("{points} points go back to your account", "{points} 积分退回您的账户")
COUPON: Final = Said("You can use the coupon “{coupon}” again", "优惠券“{coupon}”可再次使用")
STILL_AVAILABLE: Final = Said("Of this order, what you have not been refunded", "此订单尚未退还的金额")


def format_amount(amount: Money) -> str:
    """The amount for people: symbol or code, digits in groups of three, exactly the currency's decimals."""
    whole, point, decimals = abs(amount).format().partition(".")
    sign = "-" if amount.minor < 0 else ""
    symbol = SYMBOLS.get(amount.currency, f"{amount.currency} ")
    return f"{sign}{symbol}{int(whole):,}{point}{decimals}"


def statement(calculation: Calculation, language: Language) -> Statement:
    """All amounts that the customer gets, pays and is not charged, in one language."""
    lines = (
        *_goods(calculation, language),
        *_others(calculation, language),
        *_result(calculation, language),
        *_ways(calculation, language),
        *_remarks(calculation, language),
    )
    return Statement(language, tuple(lines), calculation.total)


def _goods(calculation: Calculation, language: Language) -> Iterator[StatementLine]:
    names = _names(calculation)
    for net, words in ((ComponentName.GOODS_NET, None), (ComponentName.RERATED_NET, RERATED)):
        for part in calculation.components:
            if part.name is net:
                amount, taxes = _with_tax(calculation, part)
                subject = names[part.subject]
                if words is None:
                    count = pieces_in(unit.unit for unit in calculation.units if unit.line == part.subject)
                    said = GOODS if count else EARLIER
                    text = said.to(language, subject=subject, pieces=_pieces(count, language))
                    yield StatementLine(text, amount, counts=True)
                    yield from _share(calculation, part.subject, language)
                else:
                    text = words[amount.minor < 0].to(language, subject=subject)
                    yield StatementLine(text, amount, counts=True)
                yield from _tax_lines(taxes, language)


def _others(calculation: Calculation, language: Language) -> Iterator[StatementLine]:
    names = _names(calculation)
    for part in calculation.components:
        words = COMPONENTS.get(part.name)
        if words is not None:
            amount, taxes = _with_tax(calculation, part)
            subject = names.get(part.subject, part.subject)
            reason = _reason(calculation, part, language)
            yield StatementLine(words.to(language, subject=subject, reason=reason), amount, counts=True)
            yield from _tax_lines(taxes, language)


def _result(calculation: Calculation, language: Language) -> Iterator[StatementLine]:
    if calculation.customer_owes:
        yield StatementLine(TOTAL[1].to(language), calculation.customer_owes)
    else:
        yield StatementLine(TOTAL[0].to(language), calculation.total)


def _ways(calculation: Calculation, language: Language) -> Iterator[StatementLine]:
    payout = calculation.request.payout
    if calculation.credit is not None:
        yield StatementLine(CREDITED.to(language), calculation.credit.value + calculation.credit.bonus)
    elif payout is PayoutMethod.OTHER_METHOD and calculation.refund:
        yield StatementLine(OTHER_METHOD.to(language), calculation.cash_option)
    else:
        for each in calculation.tenders:
            if each.sent:
                yield StatementLine(TENDER_SENTENCES[each.kind].to(language, tender=each.tender), each.sent)
            if each.rounding:
                yield StatementLine(ROUNDING.to(language), each.rounding)
            if each.residue:
                yield StatementLine(RESIDUE.to(language, tender=each.tender), each.residue)
    own = [part.amount.minor for part in calculation.components if part.route is ComponentRoute.OWN]
    if own:
        yield StatementLine(SEPARATE.to(language), Money(sum(own), calculation.total.currency))
    if calculation.carried:
        yield StatementLine(CARRIED.to(language), calculation.carried)


def _remarks(calculation: Calculation, language: Language) -> Iterator[StatementLine]:
    names = _names(calculation)
    for waived in calculation.waived:
        subject = names.get(waived.subject, waived.subject)
        what = COMPONENTS[waived.name].to(language, subject=subject, reason="")
        text = NOT_CHARGED.to(language, what=what, reason=REASONS[waived.reason].to(language))
        yield StatementLine(text, waived.amount or None)
    with_goods = {part.subject for part in calculation.components if part.name is ComponentName.GOODS_NET}
    for line in dict.fromkeys(unit.line for unit in calculation.units if unit.paid and unit.line not in with_goods):
        yield StatementLine(COUNTS_LATER.to(language, subject=names[line]))
    for unit in calculation.held:
        yield StatementLine(HELD.to(language, unit=names.get(unit, unit)))
    for points in calculation.points:
        yield StatementLine(POINTS.to(language, points=points.points))
    for coupon in calculation.coupons:
        yield StatementLine(COUPON.to(language, coupon=coupon.coupon))
    yield StatementLine(STILL_AVAILABLE.to(language), calculation.available)


def _names(calculation: Calculation) -> dict[str, str]:
    """The names of lines, units, gifts and fees for people; ids where no name is known."""
    order, request = calculation.request.order, calculation.request
    names = {line.id: line.name or line.id for line in (*order.lines, *request.exchange)}
    units = {unit.id: names[unit.line] for unit in request.units}
    gifts = {gift.id: gift.name or gift.id for gift in order.gifts}
    fees = {fee.id: fee.name or fee.id for fee in order.fees}
    return gifts | fees | units | names


def _with_tax(calculation: Calculation, net: Component) -> tuple[Money, list[Component]]:
    """A net component together with its taxes, and those taxes as lines of their own."""
    tax_name = TAX_OF.get(net.name)
    taxes = [part for part in calculation.components if part.name is tax_name and part.subject == net.subject]
    minor = net.amount.minor + sum(tax.amount.minor for tax in taxes)
    return Money(minor, net.amount.currency), taxes


def _tax_lines(taxes: list[Component], language: Language) -> Iterator[StatementLine]:
    for tax in taxes:
        rate = f"{tax.rate} %" if tax.rate.replace(".", "").isdecimal() else tax.rate
        yield StatementLine(TAX.to(language, rate=rate), tax.amount)


def _share(calculation: Calculation, line_id: str, language: Language) -> Iterator[StatementLine]:
    """How a share was computed: the price of the whole line, the discounts, the amount paid."""
    line = next(line for line in calculation.request.order.lines if line.id == line_id)
    zero = calculation.request.order.zero()
    off = sum((share.amount for share in line.shares), sum(line.discounts, zero))
    if off:
        pieces = _pieces(line.quantity, language)
        before, paid = format_amount(line.paid + off), format_amount(line.paid)
        yield StatementLine(SHARE.to(language, pieces=pieces, before=before, off=format_amount(off), paid=paid))


def _pieces(count: int, language: Language) -> str:
    return PIECES[count != 1].to(language, count=count)


def _reason(calculation: Calculation, part: Component, language: Language) -> str:
    if part.name is ComponentName.REMAINDER:
        return REMAINDERS[part.subject].to(language)
    adjustments = calculation.request.adjustments
    return next((each.reason for each in adjustments if each.id == part.subject), "")
