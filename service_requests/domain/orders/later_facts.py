"""All facts of one order that came after its push, in the order in which they were told (A16, Z07).

Facts are only added. The order as it stands is the snapshot with these facts laid over it: `order_with`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Final, TypeVar

from service_requests.domain.orders.later_fact import (
    MOST_FACTS,
    BeyondTotal,
    DeliveryTold,
    Fact,
    FactDiffers,
    OtherReference,
    ParcelTold,
    PartsDiffer,
    PaymentCaptured,
    RefundedElsewhere,
    SnapshotCorrected,
    TooManyFacts,
    UnitsCancelled,
    UnknownPart,
    check_history,
)
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import OrderParcel, Tender

F = TypeVar("F", bound=Fact)

PARCEL_FIELDS: Final = ("dispatched_at", "delivered_at", "signed_for_at", "carrier", "tracking_number")


@dataclass(frozen=True, slots=True)
class FactAdded:
    """A fact was told that was not known. A parcel is told as it is known now."""

    fact: Fact


@dataclass(slots=True, kw_only=True)
class LaterFacts:
    """The facts of the order with this id. `sequence` goes on where the events of the snapshot end."""

    id: str
    facts: tuple[Fact, ...] = ()
    version: int = 0
    sequence: int = 1
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def of(self, kind: type[F]) -> Iterable[F]:
        """The facts of one kind."""
        return (fact for fact in self.facts if isinstance(fact, kind))

    def as_of(self, count: int) -> "LaterFacts":
        """Only the first so many facts, as they were known at some moment."""
        return replace(self, facts=self.facts[:count], events=[])

    @property
    def corrections(self) -> int:
        """How often the snapshot was corrected."""
        return sum(1 for _ in self.of(SnapshotCorrected))

    @property
    def cancelled(self) -> Mapping[str, int]:
        """By line: how many units were cancelled."""
        counts: Counter[str] = Counter()
        for fact in self.of(UnitsCancelled):
            for line in fact.lines:
                counts[line.line_id] += line.quantity
        return counts

    @property
    def parcels(self) -> Mapping[str, ParcelTold]:
        """Each parcel as it is known: later messages fill what earlier ones left open."""
        known: dict[str, ParcelTold] = {}
        for fact in self.of(ParcelTold):
            known[fact.id] = merged(known[fact.id], fact) if fact.id in known else fact
        return known

    def _parcel(self, parcel_id: str) -> ParcelTold | None:
        """One parcel as these facts know it."""
        known: ParcelTold | None = None
        for fact in self.of(ParcelTold):
            if fact.id == parcel_id:
                known = fact if known is None else merged(known, fact)
        return known

    def tell_parcel(self, order: Order, told: ParcelTold, place: str = "/") -> bool:
        """Add what is new about this parcel; whether anything was. `order` is the order as it stands.

        `UnknownPart`, `ImpossibleTime`, `FactDiffers`, `TooManyFacts`.
        """
        for number, line_id in enumerate(told.line_ids):
            if order.line(line_id) is None:
                raise UnknownPart(pointer=f"{place}line_ids/{number}", what="line", id=line_id)
        before = self._parcel(told.id)
        known = before or _of_snapshot(order, told)
        for name in PARCEL_FIELDS:
            value, now = getattr(known, name), getattr(told, name)
            if None not in {value, now} and value != now:
                raise FactDiffers(pointer=place + name, field=name, what="parcel", id=told.id)
        now_known = merged(known, told)
        is_known = before is not None or any(parcel.id == told.id for parcel in order.parcels)
        if is_known and replace(now_known, told_at=known.told_at) == known:
            return False
        moments = {name: getattr(now_known, name) for name in PARCEL_FIELDS[:3]}
        check_history(place, {"ordered_at": order.ordered_at, **moments}, told.told_at)
        self._add(told, now_known)
        return True

    def tell_delivery(self, order: Order, told: DeliveryTold) -> bool:
        """The whole order was delivered. `FactDiffers`, `ImpossibleTime`."""
        if order.delivered_at is not None:
            if order.delivered_at != told.delivered_at:
                raise FactDiffers(pointer="/delivered_at", field="delivered_at", what="order", id=order.number)
            return False
        check_history("/", {"ordered_at": order.ordered_at, "delivered_at": told.delivered_at}, told.told_at)
        self._add(told)
        return True

    def cancel(self, order: Order, told: UnitsCancelled) -> bool:
        """Units were cancelled before they were sent. `UnknownPart`, `ImpossibleTime`, `FactDiffers`."""
        if self._repeats(told, "cancellation"):
            return False
        for number, line in enumerate(told.lines):
            if order.line(line.line_id) is None:
                raise UnknownPart(pointer=f"/lines/{number}/line_id", what="line", id=line.line_id)
        check_history("/", {"ordered_at": order.ordered_at, "at": told.at}, told.told_at)
        self._add(told)
        return True

    def capture(self, order: Order, told: PaymentCaptured) -> bool:
        """Money was captured after the push. `ImpossibleTime`, `FactDiffers`, `OtherReference`, `BeyondTotal`."""
        if self._repeats(told, "payment"):
            return False
        same = next((tender for tender in order.tenders if tender.tender_id == told.id), None)
        if same is not None and same.kind != told.tender_kind:
            raise OtherReference(pointer="/kind", tender=told.id, field="kind")
        if same is not None and same.captured_minor and same.reference != told.reference:
            raise OtherReference(pointer="/reference", tender=told.id, field="reference")
        captured = sum(tender.captured_minor for tender in order.tenders) + told.captured_minor
        if captured > order.total_minor:
            raise BeyondTotal(pointer="/captured_minor", found=captured, total=order.total_minor)
        check_history("/", {"ordered_at": order.ordered_at, "at": told.at}, told.told_at)
        self._add(told)
        return True

    def refund_elsewhere(self, order: Order, told: RefundedElsewhere) -> bool:
        """Somebody else has paid money back. It is true whatever we have paid: no guard refuses it.

        `UnknownPart`, `PartsDiffer`, `ImpossibleTime`, `FactDiffers`.
        """
        if self._repeats(told, "refund"):
            return False
        tenders = {tender.tender_id for tender in order.tenders}
        for number, part in enumerate(told.tenders):
            if part.id not in tenders:
                raise UnknownPart(pointer=f"/tenders/{number}/tender_id", what="tender", id=part.id)
        for number, line in enumerate(told.lines):
            bought = order.line(line.line_id)
            if bought is None:
                raise UnknownPart(pointer=f"/lines/{number}/line_id", what="line", id=line.line_id)
        parts = sum(line.amount_minor for line in told.lines) + sum(part.amount_minor for part in told.charges)
        parts += told.freight_minor
        if parts > told.total_minor:
            raise PartsDiffer(pointer="/tenders", tenders=told.total_minor, parts=parts)
        check_history("/", {"ordered_at": order.ordered_at, "at": told.at}, told.told_at)
        self._add(told)
        return True

    def correct(self, corrected: Order, at: datetime) -> None:
        """The snapshot was wrong. The caller has made sure that nothing rests on it."""
        self._add(SnapshotCorrected(str(self.corrections + 1), at, corrected))

    def _repeats(self, told: Fact, what: str) -> bool:
        """Whether the same fact was told before. `FactDiffers` names the first field that differs."""
        known = next((fact for fact in self.of(type(told)) if fact.id == told.id), None)
        if known is None:
            return False
        for each in fields(told):
            if each.name != "told_at" and getattr(known, each.name) != getattr(told, each.name):
                name = FIELD_NAMES.get(each.name, each.name)
                raise FactDiffers(pointer=f"/{name}", field=name, what=what, id=told.id)
        return True

    def _add(self, fact: Fact, shown: Fact | None = None) -> None:
        if len(self.facts) >= MOST_FACTS:
            raise TooManyFacts(most=MOST_FACTS)
        self.facts = (*self.facts, fact)
        self.events.append(FactAdded(shown or fact))


FIELD_NAMES: Final = {"tender_kind": "kind"}
"""Fields that callers know under another name."""


def merged(known: ParcelTold, told: ParcelTold) -> ParcelTold:
    """What is known of a parcel after another message. What was known stays."""
    filled = {name: getattr(known, name) or getattr(told, name) for name in PARCEL_FIELDS}
    lines = tuple(dict.fromkeys((*known.line_ids, *told.line_ids)))
    return ParcelTold(id=known.id, told_at=told.told_at, line_ids=lines, **filled)


def _of_snapshot(order: Order, told: ParcelTold) -> ParcelTold:
    """The parcel as the snapshot has it, or a parcel of which nothing is known."""
    lines = tuple(line.line_id for line in order.lines if told.id in line.parcels)
    known = next((parcel for parcel in order.parcels if parcel.id == told.id), OrderParcel(told.id))
    return ParcelTold(
        id=told.id,
        told_at=told.told_at,
        line_ids=lines,
        dispatched_at=known.dispatched_at,
        delivered_at=known.delivered_at,
        signed_for_at=known.signed_for_at,
    )


def corrected_snapshot(snapshot: Order, facts: LaterFacts | None) -> Order:
    """The snapshot, or its last correction."""
    told = () if facts is None else facts.facts
    return next((fact.order for fact in reversed(told) if isinstance(fact, SnapshotCorrected)), snapshot)


def order_with(snapshot: Order, facts: LaterFacts | None) -> Order:
    """The order as it stands: the last correction of the snapshot, with parcels and payments that came later."""
    if facts is None or not facts.facts:
        return snapshot
    order = corrected_snapshot(snapshot, facts)
    delivered = next((fact.delivered_at for fact in facts.of(DeliveryTold)), order.delivered_at)
    told = facts.parcels
    parcels = [_with_dates(parcel, told[parcel.id]) if parcel.id in told else parcel for parcel in order.parcels] + [
        OrderParcel(each.id, each.dispatched_at, each.delivered_at, each.signed_for_at)
        for each in told.values()
        if each.id not in {parcel.id for parcel in order.parcels}
    ]
    lines = tuple(
        replace(line, parcels=tuple(sorted({*line.parcels, *_parcels_of(line.line_id, told.values())})))
        for line in order.lines
    )
    return replace(
        order,
        delivered_at=delivered,
        parcels=tuple(parcels),
        lines=lines,
        tenders=_tenders(order.tenders, facts.of(PaymentCaptured)),
        version=snapshot.version,
        sequence=snapshot.sequence,
        events=[],
    )


def _parcels_of(line_id: str, told: Iterable[ParcelTold]) -> Iterable[str]:
    return (each.id for each in told if line_id in each.line_ids)


def _with_dates(parcel: OrderParcel, told: ParcelTold) -> OrderParcel:
    return OrderParcel(
        parcel.id,
        parcel.dispatched_at or told.dispatched_at,
        parcel.delivered_at or told.delivered_at,
        parcel.signed_for_at or told.signed_for_at,
    )


def _tenders(known: tuple[Tender, ...], captured: Iterable[PaymentCaptured]) -> tuple[Tender, ...]:
    tenders = {tender.tender_id: tender for tender in known}
    for each in captured:
        before = tenders.get(each.id)
        minor = each.captured_minor + (0 if before is None else before.captured_minor)
        tenders[each.id] = Tender(each.id, each.tender_kind, minor, each.reference)
    return tuple(tenders.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNow:
    """An order as it stands, with the facts that came after its snapshot."""

    snapshot: Order
    facts: LaterFacts | None
    order: Order

    @classmethod
    def of(cls, snapshot: Order, facts: LaterFacts | None) -> "OrderNow":
        """The order as it stands with these facts."""
        return cls(snapshot=snapshot, facts=facts, order=order_with(snapshot, facts))

    def as_of(self, count: int) -> Order:
        """The order as it stood when so many facts were known."""
        return order_with(self.snapshot, None if self.facts is None else self.facts.as_of(count))

    @property
    def known_facts(self) -> int:
        """How many facts are known."""
        return 0 if self.facts is None else len(self.facts.facts)

    @property
    def corrections(self) -> int:
        """How often the snapshot was corrected."""
        return 0 if self.facts is None else self.facts.corrections

    @property
    def cancelled(self) -> Mapping[str, int]:
        """By line: how many units were cancelled before they were sent."""
        return {} if self.facts is None else self.facts.cancelled

    @property
    def version(self) -> int:
        """1 for the snapshot; grows with each change of the facts, also with one that is about to be saved."""
        return 1 if self.facts is None else max(1, self.facts.version) + bool(self.facts.events)
