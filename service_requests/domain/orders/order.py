"""An order as it was paid: a snapshot whose amounts are never computed again (N06)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service_requests.domain.orders.order_part import (
    OrderBundle,
    OrderCharge,
    OrderDiscount,
    OrderFreight,
    OrderLine,
    OrderParcel,
    Tender,
)
from service_requests.domain.policy.error import FAR_FROM_TODAY, FIRST_AND_LAST_YEAR, ImpossibleTime
from shared.kernel.errors import Malformed, Said
from shared.kernel.money import EXPONENTS, UnknownCurrency
from shared.kernel.order_figures import first_disagreement
from shared.kernel.places import ShipTo

CLOCK_ALLOWANCE: Final = timedelta(days=1)
"""The tolerated difference between clocks. Systems that store only the day, or local time as UTC, are off by hours."""

OUT_OF_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "ordered_at": (),
    "dispatched_at": ("ordered_at",),
    "delivered_at": ("ordered_at", "dispatched_at"),
    "signed_for_at": ("ordered_at", "dispatched_at"),
}
"""The moments that come before each moment. A carrier may report a delivery after the signature."""

IN_THE_FUTURE: Final = Said(
    "It is more than a day ahead of now. Send what has happened, not what is planned.",
    "该时间比当前时间晚一天以上。请填写已经发生的时间，而非计划时间。",
)
TOO_EARLY: Final = Said(
    "It is more than a day before `{earlier}`, which comes first.", "该时间比应当在先的 `{earlier}` 还早一天以上。"
)


class OrderDoesNotReconcile(Malformed):
    """The amounts do not add up; no exact refund is possible from such an order."""

    code = "order_does_not_reconcile"
    title = Said("The order does not add up", "订单金额不平")
    detail = Said("{what}: {expected} expected, {found} given.", "{what}：应为 {expected}，实为 {found}。")

    def __init__(self, pointer: str, what: Said, expected: int, found: int) -> None:
        super().__init__(pointer=pointer, what=what, expected=expected, found=found)


class DuplicateId(Malformed):
    """Two parts of an order have the same id, so that a return or a refund would be ambiguous."""

    code = "id_twice"
    title = Said("The same id twice", "编号重复")
    detail = Said("{what} must be another one for each entry.", "每一项的 {what} 不得相同。")


class AmountDoesNotFit(Malformed):
    """An amount of a line is missing, or has the wrong sign for this kind of line."""

    code = "amount_does_not_fit"
    title = Said("An amount does not fit the line", "金额与商品行不符")
    detail = Said("{why}", "{why}")


class UnknownLine(Malformed):
    """A request, a discount, a charge or a bundle names a line that the order does not have."""

    code = "unknown_line"
    title = Said("The order has no such line", "订单中没有该商品行")
    detail = Said("The order has no line {line}.", "订单中没有商品行 {line}。")


class UnknownParcel(Malformed):
    """A line was sent in a parcel that the order does not have."""

    code = "unknown_parcel"
    title = Said("The order has no such parcel", "订单中没有该包裹")
    detail = Said("A line names a parcel that the order does not have.", "商品行所写的包裹不在订单的包裹之中。")


@dataclass(frozen=True, slots=True)
class OrderImported:
    """A storefront has pushed the order."""


@dataclass(slots=True, kw_only=True)
class Order:
    """The snapshot; `number` is the name of the order in the storefront, unique within `storefront`.

    `policy` is the version in force on the day of the order, frozen when the order came in (B08). `ship_to` is the
    place by whose holidays and midnight legal days end (Z10).
    """

    id: str
    number: str
    storefront: str
    customer_id: str
    language: str
    regime: str
    currency: str
    prices_include_tax: bool
    ordered_at: datetime
    delivered_at: datetime | None
    lines: tuple[OrderLine, ...]
    freight: OrderFreight
    tenders: tuple[Tender, ...]
    total_minor: int
    created_at: datetime
    segment: str | None = None
    consumer: bool = True
    parcels: tuple[OrderParcel, ...] = ()
    policy: str | None = None
    ship_to: ShipTo | None = None
    discounts: tuple[OrderDiscount, ...] = ()
    charges: tuple[OrderCharge, ...] = ()
    bundles: tuple[OrderBundle, ...] = ()
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def hold_together(self) -> None:
        """Check references inside the order. `UnknownCurrency`, `DuplicateId`, `UnknownParcel`, `UnknownLine`."""
        if self.currency not in EXPONENTS:
            raise UnknownCurrency(pointer="/currency", currency=self.currency)
        _once("/lines", "line_id", (line.line_id for line in self.lines))
        _once("/tenders", "tender_id", (tender.tender_id for tender in self.tenders))
        _once("/parcels", "id", (parcel.id for parcel in self.parcels))
        _once("/discounts", "discount_id", (discount.discount_id for discount in self.discounts))
        _once("/bundles", "bundle_id", (bundle.bundle_id for bundle in self.bundles))
        _once("/charges", "charge_id", (charge.charge_id for charge in self.charges))
        known = {parcel.id for parcel in self.parcels}
        for index, line in enumerate(self.lines):
            if not known.issuperset(line.parcels):
                raise UnknownParcel(pointer=f"/lines/{index}/parcels")
        goods = {line.line_id for line in self.lines if line.paid_minor >= 0}
        for index, charge in enumerate(self.charges):
            if charge.line_id is not None and charge.line_id not in goods:
                raise UnknownLine(pointer=f"/charges/{index}/line_id", line=charge.line_id)

    def happen_in_order(self) -> None:
        """Check that the moments are possible and in order; `ImpossibleTime` names the first wrong moment (B02)."""
        for place, moments in self._histories():
            for name, moment in moments.items():
                if moment.year not in FIRST_AND_LAST_YEAR:
                    raise ImpossibleTime(place + name, FAR_FROM_TODAY)
                if moment - self.created_at > CLOCK_ALLOWANCE:
                    raise ImpossibleTime(place + name, IN_THE_FUTURE)
                for earlier in OUT_OF_ORDER[name]:
                    if earlier in moments and moments[earlier] - moment > CLOCK_ALLOWANCE:
                        raise ImpossibleTime(place + name, TOO_EARLY, earlier=earlier)

    def _histories(self) -> Iterator[tuple[str, Mapping[str, datetime]]]:
        """The moments of the order, then of each parcel together with the moment of the order; with their places."""
        yield "/", _known(ordered_at=self.ordered_at, delivered_at=self.delivered_at)
        for index, parcel in enumerate(self.parcels):
            yield (
                f"/parcels/{index}/",
                _known(
                    ordered_at=self.ordered_at,
                    dispatched_at=parcel.dispatched_at,
                    delivered_at=parcel.delivered_at,
                    signed_for_at=parcel.signed_for_at,
                ),
            )

    def reconcile(self) -> None:
        """Check every sum to the last minor unit, as refunds do; `OrderDoesNotReconcile` names the first wrong sum."""
        wrong = first_disagreement(self)
        if wrong is not None:
            raise OrderDoesNotReconcile(wrong.pointer, wrong.what, wrong.expected, wrong.found)

    def line(self, line_id: str) -> OrderLine | None:
        """The line with this id."""
        return next((line for line in self.lines if line.line_id == line_id), None)


def _known(**moments: datetime | None) -> Mapping[str, datetime]:
    return {name: moment for name, moment in moments.items() if moment is not None}


def _once(place: str, name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            raise DuplicateId(pointer=f"{place}/{index}/{name}", what=name)
        seen.add(each)
