"""The six facts of an approval: address, contact person, phone, carrier advice, return number, freight (R2.3, C06).

Without one of them there is no confirmation, only the names of what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from service_requests.domain.eligibility.decision import FreightDecision
from service_requests.domain.policy.policy import AddressRow
from service_requests.domain.policy.sentences import listed
from shared.kernel.errors import Refused, Said

FACTS: Final[Mapping[str, Said]] = {
    "address": Said("the return address", "退货地址"),
    "contact": Said("the contact person", "联系人"),
    "phone": Said("the phone number", "联系电话"),
    "carriers": Said("the advice about carriers", "物流建议"),
    "rma": Said("the return number", "退货编号"),
    "freight": Said("who pays the freight", "运费承担方"),
}
AT_OUR_COST: Final = Said(
    "You may send it with the freight to be paid by us on arrival.", "可以到付寄回，运费由我们支付。"
)
PREPAID: Final = Said("Please do not send it with the freight to be paid on arrival.", "请勿使用到付方式寄回。")


class IncompleteConfirmation(Refused):
    """An approval that would leave the customer without one of the six facts; it is not sent."""

    code = "incomplete_confirmation"
    title = Said("The confirmation is incomplete", "确认信不完整")
    detail = Said("Missing: {en}.", "缺少：{zh}。")

    def __init__(self, missing: tuple[str, ...]) -> None:
        self.missing = missing
        said = listed([FACTS[name] for name in missing])
        super().__init__(en=said.en, zh=said.zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalConfirmation:
    """What the customer is told at once."""

    rma: str
    address: tuple[str, ...]
    contact: str
    phone: str
    carriers: tuple[str, ...]
    freight: Said
    collect_on_delivery: Said


def confirmation(rma: str, row: AddressRow | None, freight: FreightDecision | None) -> ApprovalConfirmation:
    """The confirmation for an approved return. Raises `IncompleteConfirmation` naming every missing fact."""
    given = ApprovalConfirmation(
        rma=rma.strip(),
        address=(row.recipient, *row.lines) if row is not None and row.lines else (),
        contact=row.contact.strip() if row is not None else "",
        phone=row.phone.strip() if row is not None else "",
        carriers=row.carriers if row is not None else (),
        freight=freight.says if freight is not None else Said("", ""),
        collect_on_delivery=AT_OUR_COST if row is not None and row.collect_on_delivery else PREPAID,
    )
    empty = {field.name for field in fields(given) if not any(getattr(given, field.name))}
    missing = tuple(name for name in FACTS if name in empty)
    if missing:
        raise IncompleteConfirmation(missing)
    return given
