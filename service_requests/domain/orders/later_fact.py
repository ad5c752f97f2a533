"""What happened to an order after the push: one value for each kind of fact. The snapshot stays as it is (A16, Z07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from service_requests.domain.orders.order import CLOCK_ALLOWANCE, IN_THE_FUTURE, OUT_OF_ORDER, TOO_EARLY, Order
from service_requests.domain.policy.error import FAR_FROM_TODAY, FIRST_AND_LAST_YEAR, ImpossibleTime
from shared.kernel.errors import Malformed, Refused, Said

MOST_FACTS: Final = 2_000
"""How many facts one order may have. Each change of the order reads them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTold:
    """What one message says of one parcel. An empty field says nothing; without `line_ids` the parcel names no line."""

    kind: ClassVar = "parcel"

    id: str
    told_at: datetime
    line_ids: tuple[str, ...] = ()
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_for_at: datetime | None = None
    carrier: str | None = None
    tracking_number: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryTold:
    """The storefront has pushed the order again, now with the day of delivery of the whole order."""

    kind: ClassVar = "delivery"

    id: str
    told_at: datetime
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class CancelledLine:
    """So many units of one line that are not sent."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsCancelled:
    """Units that were cancelled before they were sent. We do not pay for them: the shop pays their money back."""

    kind: ClassVar = "cancellation"

    id: str
    told_at: datetime
    lines: tuple[CancelledLine, ...]
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured:
    """Money that was captured after the push. The id is the id of the tender."""

    kind: ClassVar = "payment"

    id: str
    told_at: datetime
    tender_kind: str
    captured_minor: int
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AmountElsewhere:
    """A part of a refund elsewhere: the id of its tender or charge, and the amount."""

    id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class LineElsewhere:
    """A part of a refund elsewhere that was paid for units of one line."""

    line_id: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedElsewhere:
    """A refund that somebody else has paid, for example in the admin pages of the shop."""

    kind: ClassVar = "refund"

    id: str
    told_at: datetime
    at: datetime
    tenders: tuple[AmountElsewhere, ...]
    lines: tuple[LineElsewhere, ...] = ()
    freight_minor: int = 0
    charges: tuple[AmountElsewhere, ...] = ()

    @property
    def total_minor(self) -> int:
        """The whole refund."""
        return sum(each.amount_minor for each in self.tenders)


@dataclass(frozen=True, slots=True)
class SnapshotCorrected:
    """The snapshot was wrong, and nothing rested on it. The corrected one counts from now on."""

    kind: ClassVar = "correction"

    id: str
    told_at: datetime
    order: Order


Fact = ParcelTold | DeliveryTold | UnitsCancelled | PaymentCaptured | RefundedElsewhere | SnapshotCorrected


class FactDiffers(Refused):
    """A fact with this id was told before with other contents."""

    code = "fact_differs"
    title = Said("This was told before with other contents", "此前已报告不同内容")
    detail = Said(
        "`{field}` of {what} {id} was told before with another value; a fact is never changed. Use another id for "
        "another fact.",
        "{what} {id} 的 `{field}` 此前已以不同的值报告；事实不可更改。若为另一件事，请使用另一个编号。",
    )


class TooManyFacts(Refused):
    """The order has as many facts as it may have."""

    code = "too_many_facts"
    title = Said("Too many facts about one order", "单个订单的后续信息过多")
    detail = Said("An order has at most {most} facts.", "一个订单最多有 {most} 条后续信息。")


class MoreCancelledThanOpen(Refused):
    """Units that are returned, or were cancelled before, cannot be cancelled."""

    code = "more_cancelled_than_open"
    title = Said("Fewer units can be cancelled", "可取消的件数不足")
    detail = Said(
        "{left} of {quantity} item(s) of line {line} can be cancelled; {wanted} were told. The others were cancelled "
        "before or are being returned.",
        "商品行 {line} 共 {quantity} 件，可取消 {left} 件，本次报告 {wanted} 件；其余已取消或正在退货。",
    )


class BeyondTotal(Refused):
    """The payments together would be more than the order costs."""

    code = "captured_beyond_total"
    title = Said("More than the order costs", "超出订单金额")
    detail = Said(
        "Payments of {found} minor units were told; the order costs {total}.",
        "已报告收款 {found} 个最小货币单位，订单金额为 {total}。",
    )


class OtherReference(Refused):
    """Money under another reference at the provider is another tender."""

    code = "tender_differs"
    title = Said("The order has another tender with this id", "订单中已有该编号的其他支付")
    detail = Said(
        "Tender {tender} of this order has another {field}. Use another `tender_id` for another payment.",
        "订单中支付 {tender} 的 {field} 不同。若为另一笔收款，请使用另一个 `tender_id`。",
    )


class UnknownPart(Malformed):
    """A fact names a line, a tender or a charge that the order does not have."""

    code = "unknown_part"
    title = Said("The order has no such part", "订单中没有该项")
    detail = Said("The order has no {what} {id}.", "订单中没有 {what} {id}。")


class PartsDiffer(Malformed):
    """What a refund was paid for is more than what was paid."""

    code = "parts_differ"
    title = Said("The parts do not add up", "各部分金额不符")
    detail = Said(
        "The tenders paid {tenders} minor units; lines, freight and charges say {parts}.",
        "各支付方式共付 {tenders} 个最小货币单位；商品行、运费和附加费共计 {parts}。",
    )


def check_history(place: str, moments: Mapping[str, datetime | None], now: datetime) -> None:
    """Check that the moments are possible and in order. `ImpossibleTime` names the first wrong one (B02)."""
    known = {name: moment for name, moment in moments.items() if moment is not None}
    for name, moment in known.items():
        if moment.year not in FIRST_AND_LAST_YEAR:
            raise ImpossibleTime(place + name, FAR_FROM_TODAY)
        if moment - now > CLOCK_ALLOWANCE:
            raise ImpossibleTime(place + name, IN_THE_FUTURE)
        for earlier in OUT_OF_ORDER.get(name, ("ordered_at",)):
            if earlier in known and known[earlier] - moment > CLOCK_ALLOWANCE:
                raise ImpossibleTime(place + name, TOO_EARLY, earlier=earlier)
