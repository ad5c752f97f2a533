"""`retour refund quote FILE`: what a refund comes to, from a file, without a server.

Invalid input ends with `ExitStatus.USAGE`: every problem is printed with its line, field and reason. A rule that
refuses the refund ends with `ExitStatus.WRONG` and its reason.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import typer

from retour.exit_status import ExitStatus
from retour.offline import refund_document as documents
from service_refunds.domain.calculation.calculation import Calculation, calculate
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.policy import PromotionMode
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.promotion import PromotionModeReason
from service_refunds.domain.calculation.statement import REASONS, format_amount, statement
from shared.documents.document import InvalidDocument
from shared.kernel.errors import Language, Malformed, RetourError, Said
from shared.kernel.money import Money

ITEMS: Final = Said("Itemised", "明细")
TOTAL: Final = Said("Total", "合计")
THROUGH: Final = Said("Through the payments of the order", "经原支付方式退还")
OWES: Final = Said("The customer owes", "顾客应补")
LEFT: Final = Said("Still refundable", "尚可退还")
WAIVED: Final = Said("Not charged: {name} ({reason})", "未收取：{name}（{reason}）")
MODES: Final = Said(
    "Goods by their shares {keep}, with what is kept priced again {again}: {mode}, {why}",
    "商品按份额 {keep}，对留下的商品重新计价 {again}：{mode}，{why}",
)
STATEMENT: Final = Said("What the customer reads", "给顾客的说明")

NAMES: Final[Mapping[ComponentName, Said]] = {
    ComponentName.GOODS_NET: Said("goods, net", "商品（不含税）"),
    ComponentName.GOODS_TAX: Said("goods, tax", "商品税款"),
    ComponentName.RERATED_NET: Said("kept goods priced again, net", "留下商品重新计价（不含税）"),
    ComponentName.RERATED_TAX: Said("kept goods priced again, tax", "留下商品重新计价税款"),
    ComponentName.FREIGHT_NET: Said("outbound freight, net", "发货运费（不含税）"),
    ComponentName.FREIGHT_TAX: Said("outbound freight, tax", "发货运费税款"),
    ComponentName.ORDER_FEE_NET: Said("order fee, net", "订单附加费（不含税）"),
    ComponentName.ORDER_FEE_TAX: Said("order fee, tax", "订单附加费税款"),
    ComponentName.ELSEWHERE_NET: Said("paid back elsewhere, net", "已在其他渠道退还（不含税）"),
    ComponentName.ELSEWHERE_TAX: Said("tax paid back elsewhere", "已在其他渠道退还的税款"),
    ComponentName.UNPAID: Said("not paid yet", "尚未支付"),
    ComponentName.PAID_LATER: Said("paid later", "后来支付"),
    ComponentName.LOST_FREE_SHIPPING: Said("free delivery lost", "不再满足包邮"),
    ComponentName.VALUE_LOSS: Said("value loss", "减值"),
    ComponentName.GIFT: Said("gift not returned", "赠品未退回"),
    ComponentName.RESTOCKING: Said("restocking fee", "重新上架费"),
    ComponentName.WAIVED_CARD_FEE: Said("card fee that the seller bore", "商家承担的信用卡手续费"),
    ComponentName.RETURN_FREIGHT: Said("return freight", "寄回运费"),
    ComponentName.ADJUSTMENT: Said("adjustment", "人工调整"),
    ComponentName.EXCHANGE_NET: Said("exchange, net", "换货商品（不含税）"),
    ComponentName.EXCHANGE_TAX: Said("exchange, tax", "换货商品税款"),
    ComponentName.FREIGHT_RECEIPT: Said("freight receipt", "垫付运费"),
    ComponentName.GOODWILL: Said("goodwill", "补偿"),
    ComponentName.BONUS: Said("bonus", "赠送"),
    ComponentName.BONUS_KEPT: Said("bonus kept", "不予兑现的赠送"),
    ComponentName.REMAINDER: Said("owed, for a person to settle", "待人工处理的欠款"),
}
KINDS: Final[Mapping[TenderKind, Said]] = {
    TenderKind.CARD: Said("card", "银行卡"),
    TenderKind.WALLET: Said("wallet", "电子钱包"),
    TenderKind.BANK: Said("bank account", "银行账户"),
    TenderKind.CASH: Said("cash", "现金"),
    TenderKind.GIFT_CARD: Said("gift card", "礼品卡"),
    TenderKind.STORE_CREDIT: Said("store credit", "店铺余额"),
}
CHOICES: Final[Mapping[PromotionMode, Said]] = {
    PromotionMode.KEEP_SHARE: Said("by shares", "按份额"),
    PromotionMode.RE_RATE: Said("priced again", "重新计价"),
}
WHY: Final[Mapping[PromotionModeReason, Said]] = {
    PromotionModeReason.CHOSEN: Said("by regime or policy", "依法律或政策"),
    PromotionModeReason.NO_RULES: Said("no discount has a rule", "没有带规则的优惠"),
    PromotionModeReason.SELLER_AT_FAULT: Said("for the seller is at fault", "因责任在商家"),
    PromotionModeReason.NOT_DISCLOSED: Said("for nothing else was disclosed", "因未事先告知"),
}


def quote(file: Path, language: Language, *, as_json: bool) -> None:
    """Print the result and the customer's statement, or end with the reason why there is none."""
    try:
        calculation = calculate(documents.read_request(_bytes(file, as_json=as_json)))
    except InvalidDocument as error:
        problems = [
            {
                "file": str(file),
                "line": problem.line,
                "column": problem.column,
                "field": problem.field,
                "reason": problem.says.to(language),
            }
            for problem in error.problems
        ]
        _stop(problems, ExitStatus.USAGE, as_json=as_json)
    except RetourError as error:
        problem = {"file": str(file), "code": error.code, "reason": error.say(language)}
        _stop([problem], ExitStatus.USAGE if isinstance(error, Malformed) else ExitStatus.WRONG, as_json=as_json)
    if as_json:
        print(json.dumps(documents.answer(calculation, language), ensure_ascii=False))
    else:
        print("\n".join(_lines(calculation, language)))


def _bytes(file: Path, *, as_json: bool) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(documents.LIMITS.most_bytes + 1)
    except OSError as error:
        problem = {"file": str(file), "reason": error.strerror or "cannot be read"}
        _stop([problem], ExitStatus.USAGE, as_json=as_json)


def _stop(problems: list[dict[str, Any]], ending: ExitStatus, *, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"errors": problems}, ensure_ascii=False))
    else:
        for problem in problems:
            where = ":".join(str(problem[key]) for key in ("file", "line", "column") if key in problem)
            said = " ".join(str(part) for part in (where, problem.get("field"), problem["reason"]) if part)
            print(said, file=sys.stderr)
    raise typer.Exit(ending)


def _lines(calculation: Calculation, language: Language) -> Iterator[str]:
    yield f"{ITEMS.to(language)}:"
    rows: list[tuple[list[str], Money]] = [
        ([NAMES[part.name].to(language), part.subject, part.rate], part.amount) for part in calculation.components
    ]
    rows += [([TOTAL.to(language)], calculation.total), ([THROUGH.to(language)], calculation.refund)]
    if calculation.customer_owes:
        rows.append(([OWES.to(language)], calculation.customer_owes))
    rows += [([KINDS[each.kind].to(language), each.tender], each.amount) for each in calculation.tenders if each.amount]
    rows.append(([LEFT.to(language)], calculation.available))
    width = max(len(format_amount(amount)) for _, amount in rows)
    for words, amount in rows:
        yield f"  {format_amount(amount):>{width}}  {' '.join(word for word in words if word)}"
    compared = calculation.promotion
    if compared.why is not PromotionModeReason.NO_RULES and compared.re_rate is not None:
        keep, again = format_amount(compared.keep_share), format_amount(compared.re_rate)
        mode, why = CHOICES[compared.mode].to(language), WHY[compared.why].to(language)
        yield f"  {MODES.to(language, keep=keep, again=again, mode=mode, why=why)}"
    for waived in calculation.waived:
        name = f"{NAMES[waived.name].to(language)} {waived.subject}".strip()
        yield f"  {WAIVED.to(language, name=name, reason=REASONS[waived.reason].to(language))}"
    yield f"  sha256 {calculation.fingerprint()}"
    yield ""
    yield f"{STATEMENT.to(language)}:"
    for line in statement(calculation, language).render().splitlines():
        yield f"  {line}"
