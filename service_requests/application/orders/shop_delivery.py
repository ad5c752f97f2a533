"""A webhook of a connected shop: proved, read, converted, and taken in step by step (N14).

Every step is a transaction of its own and harmless when it is repeated. A shop sends a delivery again when it got no
answer. What a delivery says and we cannot take in is recorded at the connection; then the shop does not send it again.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from service_requests.application.orders import later_facts
from service_requests.application.orders.order_import import import_order, judged
from service_requests.application.orders.order_reading import order_now
from service_requests.application.orders.shops import SecretSeal, record_refused
from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.later_fact import (
    ParcelTold,
    PaymentCaptured,
    RefundedElsewhere,
    UnitsCancelled,
)
from service_requests.domain.orders.later_facts import LaterFacts, OrderNow
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import Tender
from service_requests.domain.orders.shops.conversion import ShopKind, convert
from service_requests.domain.orders.shops.placed_order import ONLY_PAYMENT
from service_requests.domain.orders.shops.shop_connection import RefusedDelivery, ShopConnection
from service_requests.domain.orders.shops.shop_document import UnclearOrder
from service_requests.domain.orders.shops.snapshot import ConvertedOrder
from service_requests.domain.orders.shops.webhook_signature import WEBHOOK_FORMS, genuine
from shared.contracts.envelope import Origin
from shared.kernel.errors import Malformed, Refused, RetourError, Said, Unavailable, WrongSignature
from shared.kernel.principal import BOUND_TO, Kind, Principal, Role
from shared.runtime.clock import Clock

T = TypeVar("T")

PING: Final = re.compile(rb"webhook_id=[0-9]{1,20}")
"""What WooCommerce sends unsigned when a webhook is made, to see whether somebody answers."""

IGNORED: Final = Said("This topic says nothing of an order that is needed here.", "该主题不含此处需要的订单信息。")
PINGED: Final = Said("The address answers.", "地址可用。")
SHOP_SCOPES: Final = frozenset({"orders:write", "orders:read"})
NOT_JSON: Final = Said("is not strict JSON", "不是严格的 JSON")
EDITED: Final = Said(
    "The order was changed in the shop after it came in here: lines, freight or total are others.",
    "订单导入后已在店铺中修改：商品行、运费或总额不同。",
)


class OrderEdited(Refused):
    """The shop's order is no longer the one that came in."""

    code = "order_edited"
    title = Said("The order was edited", "订单已被修改")
    detail = EDITED


Fact = PaymentCaptured | UnitsCancelled | RefundedElsewhere | tuple[ParcelTold, ...]


@dataclass(frozen=True, slots=True)
class FactOfShop:
    """A later fact of a delivery; `read` makes it and raises `Malformed`."""

    part: str
    read: Callable[[], Fact]


class Transactions(Protocol):
    """Runs a use case in a transaction of its own."""

    async def run(self, use_case: Callable[[Any], Awaitable[T]], origin: Origin) -> T: ...


class DeliveryOutcome(StrEnum):
    """What became of a delivery."""

    TAKEN = "taken"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The answer to a shop."""

    outcome: DeliveryOutcome
    order_id: str | None = None
    notes: tuple[Said, ...] = ()
    refused: tuple[RefusedDelivery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDeliveries:
    """Takes in deliveries. `read_json` raises `ValueError`.

    `snapshot` makes an order, names its lines without a unit price, and raises `RetourError`.
    """

    transactions: Transactions
    find: Callable[[str], Awaitable[ShopConnection | None]]
    seal: SecretSeal
    clock: Clock
    read_json: Callable[[bytes], Any]
    snapshot: Callable[[Mapping[str, Any], datetime], tuple[Order, Collection[str]]]
    facts: Callable[[ConvertedOrder, datetime], Iterable[FactOfShop]]

    async def take(self, shop_id: str, body: bytes, headers: Mapping[str, str]) -> Delivered:
        """Take in one delivery. `WrongSignature` for an unknown shop and a wrong signature alike."""
        at = self.clock()
        shop = await self.find(shop_id)
        if shop is None or not shop.active:
            raise WrongSignature
        form = WEBHOOK_FORMS[shop.kind]
        signature = headers.get(form.signature)
        if signature is None and shop.kind is ShopKind.WOOCOMMERCE and PING.fullmatch(body):
            return Delivered(outcome=DeliveryOutcome.IGNORED, notes=(PINGED,))
        opened = [self.seal.open(sealed) for sealed in shop.secrets(at)]
        secrets = [secret for secret in opened if secret is not None]
        if not secrets:
            raise Unavailable("secrets")
        if signature is None or not genuine(body, signature, secrets):
            raise WrongSignature
        topic = headers.get(form.topic, "")
        if topic not in form.topics:
            return Delivered(outcome=DeliveryOutcome.IGNORED, notes=(IGNORED,))
        return await _Delivery(self, shop, topic[:64], at).take(body)


class _Delivery:
    """One genuine delivery about an order."""

    def __init__(self, parts: ShopDeliveries, shop: ShopConnection, topic: str, at: datetime) -> None:
        self._parts = parts
        self._shop = shop
        self._topic = topic
        self._at = at
        self._number: str | None = None
        self._refused: list[RefusedDelivery] = []
        self._by = Principal(
            Kind.SYSTEM,
            f"shop-{shop.id}",
            frozenset({Role.STOREFRONT}),
            SHOP_SCOPES | {BOUND_TO + shop.storefront},
        )
        self._origin = Origin(self._by.actor)

    async def take(self, body: bytes) -> Delivered:
        """Take in what its body says."""
        try:
            converted = convert(self._shop.kind, self._document(body), self._shop.options)
            self._number = converted.order["number"]
        except UnclearOrder as error:
            self._refuse("order", error)
            return await self._answer(None)
        order = await self._step("order", lambda uow: self._import(uow, converted))
        if order is not None:
            for fact in self._parts.facts(converted, self._at):
                await self._step(fact.part, partial(self._tell, order, fact))
        return await self._answer(order, converted.notes)

    def _document(self, body: bytes) -> Any:
        try:
            return self._parts.read_json(body)
        except (ValueError, RecursionError) as error:
            raise UnclearOrder("", NOT_JSON) from error

    async def _import(self, uow: UnitOfWork, converted: ConvertedOrder) -> Order:
        """The order as it came in first; an order that came in another way is the same by its goods and amounts.

        The snapshot has no payments, so that it is the same in every delivery; payments are later facts.
        """
        order, unpriced = self._parts.snapshot(converted.placed, self._at)
        known = await uow.order_by_number(order.storefront, order.number)
        if known is None:
            return (await import_order(uow, order, unpriced, at=self._at)).order
        now = OrderNow.of(known, await uow.facts.find(known.id)).order
        if _goods(now) != _goods(judged(order, unpriced)):
            raise OrderEdited(pointer="/lines")
        return now

    async def _tell(self, order: Order, fact: FactOfShop, uow: UnitOfWork) -> None:
        """Tell one fact. A moment that a shop says otherwise later stays as it was told first."""
        now = await order_now(uow, order.id)
        match as_known(fact.read(), now.facts):
            case PaymentCaptured() as told:
                new = newly_captured(now.order.tenders, told)
                if new is not None:
                    await later_facts.capture(uow, order.id, new, by=self._by)
            case UnitsCancelled() as told:
                await later_facts.cancel_units(uow, order.id, told, by=self._by)
            case RefundedElsewhere() as told:
                await later_facts.refund_elsewhere(uow, order.id, told, by=self._by)
            case parcels:
                await later_facts.tell_parcels(uow, order.id, parcels, by=self._by)

    async def _step(self, part: str, use_case: Callable[[UnitOfWork], Awaitable[T]]) -> T | None:
        """One transaction. A rule that says no is recorded; an outage is raised, so that the shop sends again."""
        try:
            return await self._parts.transactions.run(use_case, self._origin)
        except (Malformed, Refused) as error:
            self._refuse(part, error)
            return None

    def _refuse(self, part: str, error: RetourError) -> None:
        self._refused.append(
            RefusedDelivery(
                number=self._number,
                topic=self._topic,
                part=part,
                code=error.code,
                pointer=error.pointer,
                says=Said(error.say("en"), error.say("zh-CN")),
                at=self._at,
            )
        )

    async def _answer(self, order: Order | None, notes: tuple[Said, ...] | Any = ()) -> Delivered:
        refused = tuple(self._refused)
        if refused:
            await self._parts.transactions.run(lambda uow: record_refused(uow, self._shop.id, refused), self._origin)
        return Delivered(
            outcome=DeliveryOutcome.REFUSED if refused else DeliveryOutcome.TAKEN,
            order_id=None if order is None else order.id,
            notes=tuple(notes),
            refused=refused,
        )


def _goods(order: Order) -> tuple[Any, ...]:
    """What an order is by its goods and amounts, whoever pushed it and whatever was paid."""
    lines = sorted((line.line_id, line.quantity, line.paid_minor) for line in order.lines)
    return order.currency, order.total_minor, order.freight.paid_minor, lines


def newly_captured(tenders: Iterable[Tender], told: PaymentCaptured) -> PaymentCaptured | None:
    """What is new about a payment, whose amount a document says as a whole: the first capture, or the money since then.

    Later captures of payment `P` are the tenders `P.2`, `P.3` and so on. A document that says less is an older one.
    `ONLY_PAYMENT` is all the money of the order, whatever payments have told of it.
    """
    parts = [
        each
        for each in tenders
        if told.id in {ONLY_PAYMENT, each.tender_id} or each.tender_id.startswith(f"{told.id}.")
    ]
    had = sum(each.captured_minor for each in parts)
    if told.captured_minor <= had:
        return None
    if not parts:
        return told
    return replace(told, id=f"{told.id}.{len(parts) + 1}", captured_minor=told.captured_minor - had)


def as_known(told: Fact, facts: LaterFacts | None) -> Fact:
    """The fact with the moments that were told first: some shops say only when the order last changed."""
    if facts is None:
        return told
    if isinstance(told, tuple):
        return tuple(_parcel_as_known(each, facts.parcels.get(each.id)) for each in told)
    known = next((each for each in facts.of(type(told)) if each.id == told.id), None)
    return told if known is None else replace(told, at=known.at)


def _parcel_as_known(told: ParcelTold, known: ParcelTold | None) -> ParcelTold:
    if known is None:
        return told
    return replace(
        told,
        dispatched_at=known.dispatched_at or told.dispatched_at,
        delivered_at=known.delivered_at or told.delivered_at,
    )
