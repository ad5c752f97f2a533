"""Reads a shop's document value by value: the first value that is missing or unclear is named by its pointer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NoReturn

from shared.kernel.errors import Malformed, Said
from shared.kernel.money import EXPONENTS

_DECIMAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,40})?", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LONGEST_TEXT: Final = 1_000
MOST_MEMBERS: Final = 500
MOST_MINOR: Final = 10**12

MISSING: Final = Said("is missing", "缺失")
A_TABLE: Final = Said("must be an object", "必须是对象")
A_LIST: Final = Said("must be a list", "必须是列表")
TOO_MANY: Final = Said(f"has more than {MOST_MEMBERS} members", f"超过 {MOST_MEMBERS} 项")
A_TEXT: Final = Said(
    f"must be a text of 1 to {LONGEST_TEXT} characters or a whole number",
    f"必须是 1 至 {LONGEST_TEXT} 个字符的文本或整数",
)
A_NUMBER: Final = Said('must be a number, such as 12.5 or "12.50"', "必须是数字，例如 12.5 或 “12.50”")
NOT_ALL: Final = Said(
    "is one page of a longer list: ask the shop for all of it", "只是较长列表的一页：请向店铺请求完整列表"
)
A_COUNT: Final = Said("must be a whole number of pieces", "必须是整数件数")
A_FLAG: Final = Said("must be true or false", "必须是 true 或 false")
A_MOMENT: Final = Said("must be a moment such as 2026-11-02T10:00:00Z", "必须是时间，例如 2026-11-02T10:00:00Z")
A_CURRENCY: Final = Said("must be a currency code of ISO 4217", "必须是 ISO 4217 币种代码")


class UnclearOrder(Malformed):
    """A shop's document says something unclear, or nothing, where the order needs a value: nothing is guessed."""

    code = "unclear_shop_order"
    title = Said("The shop's order is not clear", "店铺订单内容不明确")
    detail = Said("{field}: {reason}", "{field}：{reason}")

    def __init__(self, pointer: str, reason: Said) -> None:
        super().__init__(pointer=pointer, field=pointer or "/", reason=reason)


def as_spelt(name: str) -> str:
    """The names of a document that uses ours."""
    return name


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a document, with its place; `spell` turns our name of a member into the document's."""

    value: Any
    pointer: str = ""
    spell: Callable[[str], str] = as_spelt

    def refuse(self, reason: Said) -> NoReturn:
        """Raises `UnclearOrder` for this value."""
        raise UnclearOrder(self.pointer, reason)

    def maybe(self, name: str) -> "Part | None":
        """The member, where there is one and it is not null."""
        if not isinstance(self.value, dict):
            self.refuse(A_TABLE)
        key = self.spell(name)
        found = self.value.get(key)
        return None if found is None else Part(found, f"{self.pointer}/{key}", self.spell)

    def member(self, name: str) -> "Part":
        """The member; a document without it is refused."""
        found = self.maybe(name)
        if found is None:
            raise UnclearOrder(f"{self.pointer}/{self.spell(name)}", MISSING)
        return found

    def absent(self, name: str, reason: Said) -> NoReturn:
        """Raises `UnclearOrder` for a member that is missing."""
        raise UnclearOrder(f"{self.pointer}/{self.spell(name)}", reason)

    def each(self, name: str) -> Iterator["Part"]:
        """The members of a list; none where the list is missing. `nodes` and `edges` of GraphQL are lists, too."""
        found = self.maybe(name)
        return iter(()) if found is None else found.members()

    def members(self) -> Iterator["Part"]:
        """The members of this list."""
        value, pointer = self.value, self.pointer
        inside: tuple[str, ...] = ()
        page = value.get("pageInfo") if isinstance(value, dict) else None
        if isinstance(page, dict) and page.get("hasNextPage") is True:
            self.refuse(NOT_ALL)
        if isinstance(value, dict) and isinstance(value.get("nodes"), list):
            value, pointer = value["nodes"], f"{pointer}/nodes"
        elif isinstance(value, dict) and isinstance(value.get("edges"), list):
            value, pointer, inside = value["edges"], f"{pointer}/edges", ("node",)
        if not isinstance(value, list):
            self.refuse(A_LIST)
        if len(value) > MOST_MEMBERS:
            self.refuse(TOO_MANY)
        for index, each in enumerate(value):
            part = Part(each, f"{pointer}/{index}", self.spell)
            for name in inside:
                part = part.member(name)
            yield part

    def text(self) -> str:
        """A text or a whole number as text, with single blanks and without control characters."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            self.refuse(A_TEXT)
        found = " ".join(_CONTROL.sub(" ", str(value)).split())
        if not 0 < len(found) <= LONGEST_TEXT:
            self.refuse(A_TEXT)
        return found

    def text_of(self, name: str) -> str | None:
        """The text of a member; None where it is missing, null or empty."""
        found = self.maybe(name)
        return None if found is None or found.value == "" else found.text()

    def word_of(self, name: str) -> str:
        """A word of a fixed list, in small letters; empty where it is missing."""
        return (self.text_of(name) or "").lower()

    def number(self) -> Fraction:
        """An exact number. Texts are exact; a JSON number counts as it was written."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.refuse(A_NUMBER)
        plain = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
        if not _DECIMAL.fullmatch(plain):
            self.refuse(A_NUMBER)
        return Fraction(plain)

    def minor(self, currency: str) -> Fraction:
        """An amount in minor units, exact: it may have a fraction of a unit where the shop calculates with one."""
        found = self.number() * int(10 ** EXPONENTS[currency])
        if abs(found) > MOST_MINOR:
            self.refuse(A_NUMBER)
        return found

    def count(self) -> int:
        """A number of pieces, which is whole."""
        found = self.number()
        if found.denominator != 1 or abs(found) > MOST_MINOR:
            self.refuse(A_COUNT)
        return int(found)

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.refuse(A_FLAG)
        return self.value

    def moment(self) -> datetime:
        """A moment in UTC; a time without a zone is in UTC, as shops write their `gmt` times."""
        value = self.value
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            self.refuse(A_MOMENT)
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.refuse(A_MOMENT)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)

    def moment_of(self, *names: str) -> datetime | None:
        """The first of these moments that the document has."""
        for name in names:
            found = self.maybe(name)
            if found is not None and found.value != "":
                return found.moment()
        return None

    def currency(self) -> str:
        """A currency code; some shops write it in small letters."""
        found = self.text().upper()
        if found not in EXPONENTS:
            self.refuse(A_CURRENCY)
        return found
