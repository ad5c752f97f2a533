"""A question about a refund as a YAML or JSON document, in the very words of the refund core.

A document has the fields of `RefundRequest` and of everything in it, under their own names, and so has its JSON Schema:
both follow from the types. Amounts are decimal texts in the order's currency ("12.50"), or whole minor units with their
currency. Instead of `paid` and `shares` all lines may say `before_discounts`; then each discount is shared out (ALLOC).
"""

import inspect
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, get_args, get_origin, get_type_hints

from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.fingerprint import plain_value
from service_refunds.domain.calculation.inputs.order import Order, with_shares
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.promotion_rule import SetPrice, Threshold
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.inputs.refusal import InvalidField
from service_refunds.domain.calculation.statement import statement
from shared.documents.document import Document, DocumentProblem, InvalidDocument, Limits, Path, read_text
from shared.kernel.errors import Language, RetourError, Said
from shared.kernel.money import EXPONENTS, Money, MoneyError

LIMITS: Final = Limits(most_bytes=512 * 1024, most_levels=24, most_values=50_000, longest_text=4_000)
MOST_PROBLEMS: Final = 50
BEFORE_DISCOUNTS: Final = "before_discounts"
OF_AN_ORDER: Final = frozenset(field.name for field in fields(Order))

MISSING_FIELD: Final = Said("is missing", "缺失")
UNKNOWN_FIELD: Final = Said("is not known here", "不是已知的字段")
A_TABLE: Final = Said("must be a table of names and values", "必须是名称与值的表")
A_LIST: Final = Said("must be a list", "必须是列表")
A_TEXT: Final = Said("must be a text", "必须是文本")
A_FLAG: Final = Said("must be true or false", "必须是 true 或 false")
A_NUMBER: Final = Said("must be a whole number", "必须是整数")
A_DAY: Final = Said("must be a day such as 2026-11-02", "必须是日期，例如 2026-11-02")
AN_AMOUNT: Final = Said(
    'must be an amount: a text such as "12.50", or amount_minor with currency',
    "必须是金额：文本如 “12.50”，或 amount_minor 加 currency",
)
A_CURRENCY: Final = Said("must be a currency code of ISO 4217", "必须是 ISO 4217 币种代码")
ALL_ALIKE: Final = Said(
    "either every line says before_discounts and none has shares, or none says it",
    "要么所有行都写 before_discounts 且不写 shares，要么都不写",
)


def read_request(raw: bytes) -> RefundRequest:
    """The question in the bytes. Raises `InvalidDocument` with everything that is wrong, each with line and field."""
    document = read_text(raw, LIMITS)
    reader = _Reader(document)
    request = reader.request()
    if reader.problems:
        raise InvalidDocument(tuple(reader.problems[:MOST_PROBLEMS]))
    return request


def answer(calculation: Calculation, language: Language) -> dict[str, Any]:
    """The result for programs: everything but the question, the statement, and the history for the next question."""
    told = statement(calculation, language)
    found = {name: getattr(calculation, name) for name in type(calculation).__dataclass_fields__ if name != "request"}
    return {
        "refund": {name: plain_value(value) for name, value in found.items()},
        "needs_payment": calculation.needs_payment,
        "statement": {"language": language, "lines": plain_value(told.lines)},
        "history": plain_value(calculation.after()),
        "sha256": calculation.fingerprint(),
    }


def schema() -> str:
    """The JSON Schema of such a document."""
    defs: dict[str, Any] = {}
    root = _schema_of_fields(RefundRequest, defs)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A question about a refund",
        "$defs": defs,
    }
    return json.dumps({**head, **root}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


class _Stop(Exception):
    """What is wrong here has been noted, and nothing can be built from it."""


class _Reader:
    """Builds values from plain data by their types, and notes what is wrong instead of stopping at the first."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[DocumentProblem] = []
        self.currency = ""
        self.unshared = False

    def request(self) -> RefundRequest:
        """The whole, or something unfinished when there are problems."""
        data = self.document.data
        order = data.get("order") if isinstance(data, dict) else None
        currency = order.get("currency") if isinstance(order, dict) else None
        if isinstance(currency, str) and currency in EXPONENTS:
            self.currency = currency
        elif isinstance(order, dict) and "currency" in order:
            self._note(("order", "currency"), A_CURRENCY)
        try:
            found: RefundRequest = self._read(RefundRequest, data, ())
        except _Stop:
            raise InvalidDocument(tuple(self.problems[:MOST_PROBLEMS])) from None
        return found

    def _read(self, kind: Any, data: Any, path: Path) -> Any:
        if get_origin(kind) is UnionType:
            return self._one_of(get_args(kind), data, path)
        if get_origin(kind) in {tuple, frozenset}:
            return get_origin(kind)(self._each(get_args(kind)[0], data, path))
        if kind is Money:
            return self._money(data, path)
        if is_dataclass(kind):
            return self._table(kind, data, path)
        if issubclass(kind, StrEnum):
            return self._choice(kind, data, path)
        if kind is date:
            return self._day(data, path)
        said = {str: A_TEXT, bool: A_FLAG, int: A_NUMBER}[kind]
        if type(data) is not kind:
            self._refuse(path, said)
        return data

    def _one_of(self, kinds: tuple[Any, ...], data: Any, path: Path) -> Any:
        if data is None and NoneType in kinds:
            return None
        some = [kind for kind in kinds if kind is not NoneType]
        if Threshold in some:
            some = [SetPrice if isinstance(data, dict) and "parts" in data else Threshold]
        return self._read(some[0], data, path)

    def _each(self, kind: Any, data: Any, path: Path) -> list[Any]:
        if not isinstance(data, list):
            self._refuse(path, A_LIST)
        return self._all([(kind, each, (*path, place)) for place, each in enumerate(data)])

    def _all(self, parts: list[tuple[Any, Any, Path]]) -> list[Any]:
        """Every part, or stop after all of them were looked at."""
        found, whole = [], True
        for kind, data, path in parts:
            try:
                found.append(self._read(kind, data, path))
            except _Stop:
                whole = False
        if not whole:
            raise _Stop
        return found

    def _table(self, kind: Any, data: Any, path: Path) -> Any:
        if not isinstance(data, dict):
            self._refuse(path, A_TABLE)
        if kind is Order:
            data = self._with_paid(data, path)
        before = len(self.problems)
        hints = get_type_hints(kind)
        for name in data:
            if name not in hints:
                self._note((*path, name), UNKNOWN_FIELD)
        for field in fields(kind):
            if field.name not in data and _is_needed(field):
                self._note((*path, field.name), MISSING_FIELD)
        names = [field.name for field in fields(kind) if field.name in data]
        values = self._all([(hints[name], data[name], (*path, name)) for name in names])
        if len(self.problems) > before:
            raise _Stop
        return self._build(kind, dict(zip(names, values, strict=True)), path)

    def _build(self, kind: Any, values: Mapping[str, Any], path: Path) -> Any:
        try:
            built = kind(**values)
            if kind is Order and self.unshared:
                return replace(built, lines=with_shares(built.lines, built.discounts))
            return built
        except RetourError as error:
            self._refuse(_place(error, path), Said(_reason(error, "en"), _reason(error, "zh-CN")))

    def _with_paid(self, data: dict[str, Any], path: Path) -> dict[str, Any]:
        """The order with `before_discounts` of its lines read as `paid`, to be shared out when it is built."""
        lines = data.get("lines")
        if not isinstance(lines, list) or not any(
            isinstance(line, dict) and BEFORE_DISCOUNTS in line for line in lines
        ):
            return data
        for place, line in enumerate(lines):
            if not isinstance(line, dict) or BEFORE_DISCOUNTS not in line or {"paid", "shares"} & line.keys():
                self._refuse((*path, "lines", place), ALL_ALIKE)
        self.unshared = True
        renamed = [{("paid" if name == BEFORE_DISCOUNTS else name): line[name] for name in line} for line in lines]
        return {**data, "lines": renamed}

    def _money(self, data: Any, path: Path) -> Money:
        if isinstance(data, dict) and data.keys() == {"amount_minor", "currency"}:
            minor, currency = data["amount_minor"], data["currency"]
        elif isinstance(data, str):
            minor, currency = None, self.currency
        else:
            self._refuse(path, AN_AMOUNT)
        if not self.currency:
            raise _Stop
        try:
            return Money.parse(data, currency) if minor is None else Money(minor, currency)
        except MoneyError as error:
            self._refuse(path, Said(error.say("en"), error.say("zh-CN")))

    def _choice(self, kind: type[StrEnum], data: Any, path: Path) -> StrEnum:
        if not isinstance(data, str) or data not in set(kind):
            known = ", ".join(kind)
            self._refuse(path, Said(f"must be one of: {known}", f"必须是以下之一：{known}"))
        return kind(data)

    def _day(self, data: Any, path: Path) -> date:
        try:
            return date.fromisoformat(data)
        except (TypeError, ValueError):
            self._refuse(path, A_DAY)

    def _note(self, path: Path, said: Said) -> None:
        self.problems.append(self.document.problem(path, said))

    def _refuse(self, path: Path, said: Said) -> NoReturn:
        self._note(path, said)
        raise _Stop


def _place(error: RetourError, path: Path) -> Path:
    """Where a refusal of the core points to; what it says about an order begins at the order."""
    parts = tuple(int(part) if part.isdecimal() else part for part in (error.pointer or "").split("/")[1:])
    return (*path, "order", *parts) if path == () and parts and parts[0] in OF_AN_ORDER else (*path, *parts)


def _reason(error: RetourError, language: Language) -> str:
    return error.why.to(language, **error.facts) if isinstance(error, InvalidField) else error.say(language)


def _is_needed(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _schema_of_fields(kind: Any, defs: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {field.name: _schema_of(hints[field.name], defs) for field in fields(kind)}
    for field in fields(kind):
        if type(field.default) in {bool, int} or isinstance(field.default, str):
            properties[field.name] |= {"default": field.default}
    found: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    needed = [field.name for field in fields(kind) if _is_needed(field)]
    if kind is OrderLine:
        properties[BEFORE_DISCOUNTS] = properties["paid"]
        needed.remove("paid")
        found["oneOf"] = [{"required": ["paid"]}, {"required": [BEFORE_DISCOUNTS]}]
    words = inspect.cleandoc(kind.__doc__ or "")
    described = {"description": words} if words and not words.startswith(f"{kind.__name__}(") else {}
    return {**found, **described, **({"required": needed} if needed else {})}


def _schema_of(kind: Any, defs: dict[str, Any]) -> dict[str, Any]:
    if get_origin(kind) is UnionType:
        return {"anyOf": [_schema_of(each, defs) for each in get_args(kind)]}
    if get_origin(kind) in {tuple, frozenset}:
        return {"type": "array", "items": _schema_of(get_args(kind)[0], defs)}
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if issubclass(kind, StrEnum):
        return {"enum": [each.value for each in kind]}
    if kind.__name__ not in defs:
        defs[kind.__name__] = {}
        defs[kind.__name__] = AMOUNT if kind is Money else _schema_of_fields(kind, defs)
    return {"$ref": f"#/$defs/{kind.__name__}"}


PLAIN: Final[Mapping[Any, Mapping[str, Any]]] = {
    NoneType: {"type": "null"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
}
AMOUNT: Final = {
    "description": "A decimal text in the order's currency, or whole minor units with their currency.",
    "anyOf": [
        {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?$"},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"amount_minor": {"type": "integer"}, "currency": {"type": "string"}},
            "required": ["amount_minor", "currency"],
        },
    ],
}
