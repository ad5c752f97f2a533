"""What this service keeps of a return: what the approval told the customer, and when the goods came in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from service_refunds.domain.events import ReturnRecorded
from shared.kernel.errors import Refused, Said


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit that may come back; `seller_at_fault` says whether the reason is the merchant's or its
    carrier's.
    """

    unit_id: str
    line_id: str
    seller_at_fault: bool


class ReturnWasCancelled(Refused):
    """The customer keeps the goods, and yet they were accepted: a person must look."""

    code = "return_was_cancelled"
    title = Said("The return was cancelled", "退货已取消")
    detail = Said("Return {return_id} was cancelled.", "退货 {return_id} 已取消。")


class UnitNotAnnounced(Refused):
    """A unit that the approval does not name."""

    code = "unit_not_announced"
    title = Said("This unit was not announced", "该件商品不在退货范围内")
    detail = Said("Unit {unit} is not part of return {return_id}.", "商品件 {unit} 不属于退货 {return_id}。")


@dataclass(slots=True, kw_only=True)
class KnownReturn:
    """What the approval told the customer; what the refund must keep to.

    `label_minor` is what sending back costs, where the approval said that the customer pays it and how
    much it is; it is charged by one refund only, `charged_by`.
    """

    id: str
    order_id: str
    customer_id: str
    language: str
    units: tuple[KnownUnit, ...]
    statutory_withdrawal: bool
    whole_order: bool
    label_minor: int | None = None
    charged_by: str | None = None
    goods_in_at: datetime | None = None
    cancelled: bool = False
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def keep(self) -> None:
        """The facts are known."""
        self.events.append(ReturnRecorded())

    def cancel(self) -> None:
        """The customer keeps the goods."""
        self.cancelled = True
        self.keep()

    def receive(self, at: datetime) -> None:
        """Goods have arrived. The earliest arrival starts the legal period, also when its event comes later."""
        if self.goods_in_at is None or at < self.goods_in_at:
            self.goods_in_at = at
            self.keep()

    def charge_label(self, refund: str) -> None:
        """Sending back is paid with this refund; not again with the next."""
        self.charged_by = refund
        self.keep()

    def select(self, units: Iterable[str]) -> tuple[KnownUnit, ...]:
        """These units' facts, in the approval's order; `ReturnWasCancelled`, `UnitNotAnnounced`."""
        wanted = set(units)
        found = tuple(unit for unit in self.units if unit.unit_id in wanted)
        if self.cancelled and found:
            raise ReturnWasCancelled(return_id=self.id)
        for unit in sorted(wanted - {unit.unit_id for unit in found}):
            raise UnitNotAnnounced(unit=unit, return_id=self.id)
        return found
