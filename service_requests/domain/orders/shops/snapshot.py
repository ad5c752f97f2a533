"""The documents of an order: the snapshot that `POST /v1/orders` takes, and the later facts with their operations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

from service_requests.domain.orders.shops.country import NOT_ISO, REGIME_OF
from service_requests.domain.orders.shops.placed_order import (
    CancelledPieces,
    Capture,
    Pieces,
    PlacedCharge,
    PlacedFreight,
    PlacedLine,
    PlacedOrder,
    PlacedTax,
    SentParcel,
    ShopRefund,
)
from service_requests.domain.orders.shops.rounding import fitted, rounded, shared
from service_requests.domain.orders.shops.shop_document import UnclearOrder
from shared.kernel.errors import Said

NO_REGIME: Final = Said(
    "no law pack is known for the country of this order: say the regime (CN, EU, UK or US)",
    "该订单的国家没有对应的法律包：请指定适用法律（CN、EU、UK 或 US）",
)
NO_COUNTRY: Final = Said(
    "the order says no country: say the regime (CN, EU, UK or US)",
    "订单未注明国家：请指定适用法律（CN、EU、UK 或 US）",
)
LONGEST_NAME: Final = 200
LONGEST_ID: Final = 64
TOO_LONG: Final = Said(f"is longer than {LONGEST_ID} characters", f"超过 {LONGEST_ID} 个字符")
EARLY_PAYMENT: Final = Said(
    "A payment says a moment before the order; the moment of the order stands for it.",
    "有一笔付款的时间早于下单时间；以下单时间代替。",
)
TOO_MUCH_PAID: Final = Said("the payments come to more than the order's total", "各笔付款合计超过订单总额")
_RATE_DIGITS: Final = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOptions:
    """What a shop's document does not say. `regime` None: the country that the order goes to decides."""

    storefront: str
    regime: str | None = None
    language: str = "en"
    consumer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedOrder:
    """The snapshot with what is paid by now, the same as it was placed, and the facts that came later.

    `order` is for one push of an order that is over. `placed` never changes between two documents of the same order;
    the money that came in follows it as `payments`.
    """

    order: Mapping[str, Any]
    placed: Mapping[str, Any]
    payments: Sequence[Mapping[str, Any]]
    parcels: Sequence[Mapping[str, Any]]
    cancellations: Sequence[Mapping[str, Any]]
    refunds: Sequence[Mapping[str, Any]]
    notes: Sequence[Said]


def documents(placed: PlacedOrder, options: ShopOptions) -> ConvertedOrder:
    """The documents of an order; `UnclearOrder` where its amounts do not add up or its law is not known."""
    total = rounded(placed.total)
    money = _Amounts(placed, total)
    captured = _captured(placed, total)
    body = {
        "number": _id(placed.number, "/number"),
        "storefront": options.storefront,
        "customer_id": _id(placed.customer_id, "/customer_id"),
        "language": _language(placed.locale, options),
        "regime": _regime(placed, options),
        "currency": placed.currency,
        "prices_include_tax": placed.prices_include_tax,
        "ordered_at": moment(placed.ordered_at),
        "consumer": options.consumer,
        "lines": [_line(line, money) for line in placed.lines],
        "freight": money.freight(),
        "total_minor": total,
    }
    if placed.charges:
        body["charges"] = [_charge(charge, money) for charge in placed.charges]
    if placed.ship_to is not None and placed.ship_to.country not in NOT_ISO:
        where = {"country": placed.ship_to.country, "subdivision": placed.ship_to.subdivision}
        body["ship_to"] = {name: value for name, value in where.items() if value is not None}
    tenders = [
        {"tender_id": each.tender_id, "kind": each.kind, "captured_minor": minor, "reference": each.reference}
        for each, minor in captured
    ]
    return ConvertedOrder(
        order={**body, "tenders": tenders},
        placed={**body, "tenders": []},
        payments=[
            {**tender, "at": moment(max(each.at, placed.ordered_at))}
            for tender, (each, _) in zip(tenders, captured, strict=True)
        ],
        parcels=[_parcel(each) for each in placed.parcels],
        cancellations=[_cancellation(each) for each in placed.cancellations],
        refunds=[_refund(each) for each in placed.refunds],
        notes=(*placed.notes, EARLY_PAYMENT)
        if any(each.at < placed.ordered_at for each, _ in captured)
        else placed.notes,
    )


class _Amounts:
    """Every amount of the order in whole minor units, which add up to its total."""

    def __init__(self, placed: PlacedOrder, total: int) -> None:
        parts: list[PlacedLine | PlacedCharge | PlacedFreight] = [*placed.lines, *placed.charges, *placed.freight]
        self._inclusive = placed.prices_include_tax
        self._placed = placed
        exact: list[Fraction] = []
        soft: list[int] = []
        for part in parts:
            if self._inclusive and part.taxes:
                soft.append(len(exact))
            exact.append(part.amount)
            if not self._inclusive:
                soft += [len(exact) + at for at, tax in enumerate(part.taxes) if tax.amount.denominator == 1]
                exact += [tax.amount for tax in part.taxes]
        most = 0
        if placed.amounts_rounded:
            # With tax inside, net and tax were rounded both. Beside it, the errors of rounded taxes partly cancel out.
            most = len(soft) if self._inclusive else len(soft) // 2
        whole = iter(fitted(exact, total, placed.total_at, movable=soft if most else (), most=most))
        self._found: list[tuple[int, list[dict[str, Any]]]] = []
        for part in parts:
            amount = next(whole)
            minors = [rounded(tax.amount) if self._inclusive else next(whole) for tax in part.taxes]
            self._found.append((amount, _taxes(part.taxes, minors)))
        self._next = iter(self._found)

    def take(self) -> tuple[int, int, list[dict[str, Any]]]:
        """The next part's amount in the order's way of prices, what was paid for it, and its taxes."""
        amount, taxes = next(self._next)
        paid = amount if self._inclusive else amount + sum(tax["amount_minor"] for tax in taxes)
        return amount, paid, taxes

    def freight(self) -> dict[str, Any]:
        """Freight as one charge; it is read before the charges, so it looks at the end."""
        first = len(self._placed.lines) + len(self._placed.charges)
        found = self._found[first:]
        merged: dict[str, int] = {}
        for _, taxes in found:
            for tax in taxes:
                merged[tax["rate"]] = merged.get(tax["rate"], 0) + tax["amount_minor"]
        paid = sum(amount for amount, _ in found) + (0 if self._inclusive else sum(merged.values()))
        return {
            "paid_minor": paid,
            "taxes": [{"rate": rate, "amount_minor": minor} for rate, minor in merged.items()],
        }


def _line(line: PlacedLine, money: _Amounts) -> dict[str, Any]:
    """A line. Its discount is what is missing to its price, so that the line reconciles to the last unit."""
    amount, paid, taxes = money.take()
    found: dict[str, Any] = {
        "line_id": _id(line.line_id, line.pointer),
        "sku": _id(line.sku, line.pointer),
        "name": line.name[:LONGEST_NAME],
        "quantity": line.quantity,
        "paid_minor": paid,
        "taxes": taxes,
    }
    if line.category is not None:
        found["category"] = line.category[:LONGEST_ID]
    unit = line.unit_price
    if unit is not None and unit.denominator == 1 and int(unit) * line.quantity >= amount:
        found["unit_price_minor"] = int(unit)
        found["discount_minor"] = int(unit) * line.quantity - amount
    return found


def _charge(charge: PlacedCharge, money: _Amounts) -> dict[str, Any]:
    _, paid, taxes = money.take()
    found: dict[str, Any] = {
        "charge_id": _id(charge.charge_id, "/charges"),
        "kind": charge.kind,
        "name": charge.name[:LONGEST_NAME],
        "paid_minor": paid,
        "taxes": taxes,
    }
    return found if charge.line_id is None else {**found, "line_id": charge.line_id}


def _taxes(taxes: Iterable[PlacedTax], minors: Iterable[int]) -> list[dict[str, Any]]:
    """Taxes by rate; a tax of nothing is left out."""
    merged: dict[str, int] = {}
    for tax, minor in zip(taxes, minors, strict=True):
        if tax.amount:
            rate = rate_text(tax.rate)
            merged[rate] = merged.get(rate, 0) + minor
    return [{"rate": rate, "amount_minor": minor} for rate, minor in merged.items()]


def rate_text(rate: Fraction) -> str:
    """A rate with at most six decimals."""
    whole = rounded(rate * _RATE_DIGITS)
    text = f"{whole // _RATE_DIGITS}.{whole % _RATE_DIGITS:06}".rstrip("0").rstrip(".")
    return text or "0"


def _captured(placed: PlacedOrder, total: int) -> list[tuple[Capture, int]]:
    """Money that came in, by tender. Payments of the whole order add up to its total."""
    taken = [each for each in placed.captures if each.amount > 0]
    exact = [each.amount for each in taken]
    if sum(exact, Fraction(0)) == placed.total:
        minors = fitted(exact, total, placed.total_at)
    else:
        minors = [rounded(amount) for amount in exact]
    if sum(minors) > total:
        raise UnclearOrder(placed.total_at, TOO_MUCH_PAID)
    return list(zip(taken, minors, strict=True))


def _language(locale: str | None, options: ShopOptions) -> str:
    if not locale:
        return options.language
    return "zh-CN" if locale.lower().replace("_", "-").split("-")[0] == "zh" else "en"


def _regime(placed: PlacedOrder, options: ShopOptions) -> str:
    if options.regime is not None:
        return options.regime
    if placed.ship_to is None:
        raise UnclearOrder("/shipping_address", NO_COUNTRY)
    found = REGIME_OF.get(placed.ship_to.country)
    if found is None:
        raise UnclearOrder("/shipping_address", NO_REGIME)
    return found


def _id(text: str, pointer: str) -> str:
    if len(text) > LONGEST_ID:
        raise UnclearOrder(pointer, TOO_LONG)
    return text


def moment(at: datetime) -> str:
    """A moment as the operations take it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parcel(parcel: SentParcel) -> dict[str, Any]:
    found: dict[str, Any] = {"id": _id(parcel.parcel_id, "/parcels")}
    if parcel.lines:
        found["line_ids"] = sorted({each.line_id for each in parcel.lines})
    for name, at in (("dispatched_at", parcel.dispatched_at), ("delivered_at", parcel.delivered_at)):
        if at is not None:
            found[name] = moment(at)
    for name, text in (("carrier", parcel.carrier), ("tracking_number", parcel.tracking_number)):
        if text is not None:
            found[name] = text[:LONGEST_ID]
    return found


def _pieces(pieces: Iterable[Pieces]) -> list[dict[str, Any]]:
    return [{"line_id": each.line_id, "quantity": each.quantity} for each in pieces]


def _cancellation(cancelled: CancelledPieces) -> dict[str, Any]:
    found = {
        "cancellation_id": _id(cancelled.cancellation_id, "/cancellations"),
        "lines": _pieces(cancelled.lines),
        "at": moment(cancelled.at),
    }
    return found if cancelled.reason is None else {**found, "reason": cancelled.reason[:LONGEST_NAME]}


def _refund(refund: ShopRefund) -> dict[str, Any]:
    """A refund of the shop. What it was for never comes to more than the money: then each part gets its share.

    An amount of a line without pieces is told with the money only.
    """
    money = sum((amount for _, amount in refund.money), Fraction(0))
    tenders = fitted([amount for _, amount in refund.money], rounded(money), "/refunds")
    parts = [*(each.amount for each in refund.lines), refund.freight, *(amount for _, amount in refund.charges)]
    whole = sum(parts, Fraction(0))
    minors = shared(rounded(money), parts) if whole > money else fitted(parts, rounded(whole), "/refunds")
    lines, rest = minors[: len(refund.lines)], minors[len(refund.lines) :]
    found: dict[str, Any] = {
        "refund_id": _id(refund.refund_id, "/refunds"),
        "at": moment(refund.at),
        "tenders": [
            {"tender_id": tender, "amount_minor": minor}
            for (tender, _), minor in zip(refund.money, tenders, strict=True)
        ],
        "lines": [
            {"line_id": each.line_id, "quantity": each.quantity, "amount_minor": minor}
            for each, minor in zip(refund.lines, lines, strict=True)
            if each.quantity > 0
        ],
        "freight_minor": rest[0],
    }
    charges = [
        {"charge_id": charge, "amount_minor": minor}
        for (charge, _), minor in zip(refund.charges, rest[1:], strict=True)
    ]
    return {**found, "charges": charges} if charges else found
