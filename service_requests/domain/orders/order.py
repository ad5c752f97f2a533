"""An order as it was paid: a snapshot whose amounts are never computed again (N06)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service_requests.domain.policy.error import FAR_FROM_TODAY, FIRST_AND_LAST_YEAR, ImpossibleTime
from shared.kernel.errors import Malformed, Said
from shared.kernel.money import EXPONENTS, UnknownCurrency

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


@dataclass(frozen=True, slots=True)
class TaxCharged:
    """Tax as charged; `rate` is a decimal string."""

    rate: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line; `paid_minor` is the price of the whole line after discounts, tax included.

    `goods` are kinds that a law or a policy may exclude from a return without a reason. `confirmed` are the kinds that
    the buyer confirmed at this purchase. `parcels` are the ids of the parcels of this line.
    """

    line_id: str
    sku: str
    name: str
    category: str | None
    quantity: int
    unit_price_minor: int
    discount_minor: int
    paid_minor: int
    taxes: tuple[TaxCharged, ...] = ()
    final_sale_confirmed: bool = False
    goods: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    parcels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderParcel:
    """A parcel of the order: what the carrier reported, and when the recipient signed (B02)."""

    id: str
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_for_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderFreight:
    """Outbound freight as paid, tax included."""

    paid_minor: int
    standard_minor: int | None = None
    taxes: tuple[TaxCharged, ...] = ()


@dataclass(frozen=True, slots=True)
class Tender:
    """A captured payment; `reference` is the name of the payment at the provider."""

    tender_id: str
    kind: str
    captured_minor: int
    reference: str


class OrderDoesNotReconcile(Malformed):
    """The amounts do not add up; no exact refund is possible from such an order."""

    code = "order_does_not_reconcile"
    title = Said("The order does not add up", "订单金额不平")
    detail = Said("{what}: {expected} expected, {found} given.", "{what}：应为 {expected}，实为 {found}。")

    def __init__(self, pointer: str, what: str, expected: int, found: int) -> None:
        super().__init__(pointer=pointer, what=what, expected=expected, found=found)


class DuplicateId(Malformed):
    """Two parts of an order have the same id, so that a return or a refund would be ambiguous."""

    code = "id_twice"
    title = Said("The same id twice", "编号重复")
    detail = Said("{what} must be another one for each entry.", "每一项的 {what} 不得相同。")


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

    `policy` is the version in force on the day of the order, frozen when the order came in (B08).
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
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def hold_together(self) -> None:
        """Check references inside the order. `UnknownCurrency`, `DuplicateId`, `UnknownParcel`."""
        if self.currency not in EXPONENTS:
            raise UnknownCurrency(pointer="/currency", currency=self.currency)
        _once("/lines", "line_id", (line.line_id for line in self.lines))
        _once("/tenders", "tender_id", (tender.tender_id for tender in self.tenders))
        _once("/parcels", "id", (parcel.id for parcel in self.parcels))
        known = {parcel.id for parcel in self.parcels}
        for index, line in enumerate(self.lines):
            if not known.issuperset(line.parcels):
                raise UnknownParcel(pointer=f"/lines/{index}/parcels")

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
        """Check every sum to the last minor unit; `OrderDoesNotReconcile` names the first wrong sum."""
        for index, line in enumerate(self.lines):
            tax = 0 if self.prices_include_tax else sum(tax.amount_minor for tax in line.taxes)
            expected = line.quantity * line.unit_price_minor - line.discount_minor + tax
            _equal(f"/lines/{index}/paid_minor", "paid_minor", expected, line.paid_minor)
        parts = sum(line.paid_minor for line in self.lines) + self.freight.paid_minor
        _equal("/total_minor", "total_minor", parts, self.total_minor)
        captured = sum(tender.captured_minor for tender in self.tenders)
        if captured > self.total_minor:
            _equal("/tenders", "sum of captured_minor", self.total_minor, captured)

    def line(self, line_id: str) -> OrderLine | None:
        """The line with this id."""
        return next((line for line in self.lines if line.line_id == line_id), None)


def _known(**moments: datetime | None) -> Mapping[str, datetime]:
    return {name: moment for name, moment in moments.items() if moment is not None}


def _equal(pointer: str, what: str, expected: int, found: int) -> None:
    if expected != found:
        raise OrderDoesNotReconcile(pointer, what, expected, found)


def _once(place: str, name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            raise DuplicateId(pointer=f"{place}/{index}/{name}", what=name)
        seen.add(each)
