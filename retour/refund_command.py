"""`retour refund quote FILE`: what a refund comes to, from a file, without a server.

Invalid input ends with `Ending.USAGE`, each thing that is wrong with line, field and reason; a rule that says no ends
with `Ending.WRONG` and its reason.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import typer

from retour import refund_document as documents
from retour.ending import Ending
from service_refunds.domain.calculation import Calculation, calculate
from service_refunds.domain.promotion import WhyMode
from service_refunds.domain.statement import show, statement
from service_requests.adapters.document_text import InvalidDocument
from shared.kernel.errors import Language, Malformed, RetourError, Said

LARGEST_FILE: Final = 1024 * 1024

ITEMS: Final = Said("Itemised", "明细")
TOTAL: Final = Said("Total", "合计")
THROUGH: Final = Said("Through the payments of the order", "经原支付方式退还")
OWES: Final = Said("The customer owes", "顾客应补")
PAYMENT: Final = Said("{kind} {tender}", "{kind} {tender}")
LEFT: Final = Said("Still refundable", "尚可退还")
WAIVED: Final = Said("Not charged: {name} {subject} ({reason})", "未收取：{name} {subject}（{reason}）")
MODES: Final = Said("Goods by share {keep}, priced again {again}: {mode}", "按份额 {keep}，重新计价 {again}：{mode}")
STATEMENT: Final = Said("What the customer reads", "给顾客的说明")


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
        _stop(problems, Ending.USAGE, as_json=as_json)
    except RetourError as error:
        problem = {"file": str(file), "code": error.code, "reason": error.say(language)}
        _stop([problem], Ending.USAGE if isinstance(error, Malformed) else Ending.WRONG, as_json=as_json)
    if as_json:
        print(json.dumps(documents.answer(calculation, language), ensure_ascii=False))
    else:
        print("\n".join(_lines(calculation, language)))


def _bytes(file: Path, *, as_json: bool) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        problem = {"file": str(file), "reason": error.strerror or "cannot be read"}
        _stop([problem], Ending.USAGE, as_json=as_json)


def _stop(problems: list[dict[str, Any]], ending: Ending, *, as_json: bool) -> NoReturn:
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
    rows = [(f"{part.name} {part.subject} {part.rate}".split(), part.amount) for part in calculation.components]
    rows += [([TOTAL.to(language)], calculation.total), ([THROUGH.to(language)], calculation.refund)]
    if calculation.customer_owes:
        rows.append(([OWES.to(language)], calculation.customer_owes))
    rows += [([each.kind.value, each.tender], each.amount) for each in calculation.tenders if each.amount]
    rows.append(([LEFT.to(language)], calculation.available))
    width = max(len(show(amount)) for _, amount in rows)
    for words, amount in rows:
        yield f"  {show(amount):>{width}}  {' '.join(words)}"
    compared = calculation.promotion
    if compared.why is not WhyMode.NO_RULES and compared.re_rate is not None:
        keep, again = show(compared.keep_share), show(compared.re_rate)
        yield f"  {MODES.to(language, keep=keep, again=again, mode=f'{compared.mode} ({compared.why})')}"
    for waived in calculation.waived:
        yield f"  {WAIVED.to(language, name=waived.name, subject=waived.subject, reason=waived.reason)}"
    yield f"  sha256 {calculation.fingerprint()}"
    yield ""
    yield f"{STATEMENT.to(language)}:"
    for line in statement(calculation, language).render().splitlines():
        yield f"  {line}"
