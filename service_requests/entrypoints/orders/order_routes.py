"""Routes of orders: storefronts push their orders."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from service_requests.application.orders import order_import as use_cases
from service_requests.application.ports import UnitOfWork
from service_requests.application.queries import Queries
from service_requests.domain.orders import order as domain
from service_requests.domain.policy.vocabulary import Goods
from service_requests.entrypoints.orders.order_views import OrderOut, OrdersOut
from shared.contracts.events import Regime, TenderKind
from shared.kernel.errors import Forbidden
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import CurrencyCode, Input, LanguageTag, Minor, Moment, Name, Quantity, Token
from shared.web.version_headers import SHOWN, TAGGED

Rate = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)(\.[0-9]{1,6})?$")]


class TaxIn(Input):
    """Tax as charged."""

    rate: Rate
    amount_minor: Minor


Kind = Annotated[Goods, Field(strict=False)]


class LineIn(Input):
    """One line as paid: `paid_minor` covers all of it, discounts off, tax included."""

    line_id: Token
    sku: Token
    name: Name
    category: Token | None = None
    quantity: Quantity
    unit_price_minor: Minor
    discount_minor: Minor = 0
    paid_minor: Minor
    taxes: list[TaxIn] = Field(default_factory=list, max_length=10)
    final_sale_confirmed: bool = False
    """The buyer confirmed by hand that it does not come back; it binds only where the law gives no right (B05)."""
    goods: list[Kind] = Field(default_factory=list, max_length=16)
    """Kinds that a law or a policy may leave out of a return without a reason, e.g. `made_to_order`."""
    confirmed: list[Kind] = Field(default_factory=list, max_length=16)
    """Those of them that the buyer confirmed by hand at this purchase; a box ticked by default is no consent."""
    parcels: list[Token] = Field(default_factory=list, max_length=20)


class ParcelIn(Input):
    """A parcel of the order. A window counts from the last one, by the best evidence there is (B02)."""

    id: Token
    dispatched_at: Moment | None = None
    delivered_at: Moment | None = None
    """As the carrier reported it."""
    signed_for_at: Moment | None = None
    """As the recipient signed for it."""


class FreightIn(Input):
    """Outbound freight as paid, tax included; `standard_minor` is the cheapest standard way at the time."""

    paid_minor: Minor = 0
    standard_minor: Minor | None = None
    taxes: list[TaxIn] = Field(default_factory=list, max_length=10)


class TenderIn(Input):
    """A captured payment; `reference` is the provider's name for it."""

    tender_id: Token
    kind: Annotated[TenderKind, Field(strict=False)]
    captured_minor: Minor
    reference: Token


class OrderIn(Input):
    """An order as it was paid. Its totals must reconcile to the last minor unit, its moments can have happened.

    Clocks may disagree by a day: beyond that nothing lies ahead of now, and nothing was sent, delivered or signed for
    before it was ordered, or delivered or signed for before it was sent.
    """

    number: Token
    storefront: Token
    customer_id: Token
    language: LanguageTag = "en"
    regime: Annotated[Regime, Field(strict=False)]
    currency: CurrencyCode
    prices_include_tax: bool = True
    ordered_at: Moment
    delivered_at: Moment | None = None
    parcels: list[ParcelIn] = Field(default_factory=list, max_length=50)
    segment: Token | None = None
    consumer: bool = True
    """False for a business: consumer law gives it nothing, the policy may."""
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=200)]
    freight: FreightIn = FreightIn()
    tenders: Annotated[list[TenderIn], Field(min_length=1, max_length=10)]
    total_minor: Minor

    def snapshot(self, key: str, at: datetime) -> domain.Order:
        """The order of the domain."""
        return domain.Order(
            id=key,
            number=self.number,
            storefront=self.storefront,
            customer_id=self.customer_id,
            language=self.language,
            regime=self.regime.value,
            currency=self.currency,
            prices_include_tax=self.prices_include_tax,
            ordered_at=self.ordered_at,
            delivered_at=self.delivered_at,
            lines=tuple(
                domain.OrderLine(
                    line_id=line.line_id,
                    sku=line.sku,
                    name=line.name,
                    category=line.category,
                    quantity=line.quantity,
                    unit_price_minor=line.unit_price_minor,
                    discount_minor=line.discount_minor,
                    paid_minor=line.paid_minor,
                    taxes=_taxes(line.taxes),
                    final_sale_confirmed=line.final_sale_confirmed,
                    goods=tuple(sorted({each.value for each in line.goods})),
                    confirmed=tuple(sorted({each.value for each in line.confirmed})),
                    parcels=tuple(sorted(set(line.parcels))),
                )
                for line in self.lines
            ),
            freight=domain.OrderFreight(
                self.freight.paid_minor, self.freight.standard_minor, _taxes(self.freight.taxes)
            ),
            tenders=tuple(
                domain.Tender(t.tender_id, t.kind.value, t.captured_minor, t.reference) for t in self.tenders
            ),
            total_minor=self.total_minor,
            created_at=at,
            segment=self.segment,
            consumer=self.consumer,
            parcels=tuple(
                domain.OrderParcel(p.id, p.dispatched_at, p.delivered_at, p.signed_for_at) for p in self.parcels
            ),
        )


def _taxes(taxes: list[TaxIn]) -> tuple[domain.TaxCharged, ...]:
    return tuple(domain.TaxCharged(tax.rate, tax.amount_minor) for tax in taxes)


def routes(queries: Queries, clock: Clock, new_id: NewId) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/orders", tags=["orders"])

    @router.post(
        "",
        response_model=OrderOut,
        status_code=201,
        summary="Push an order as it was paid",
        responses={
            200: {"model": OrderOut, "description": "The same contents were pushed before", "headers": TAGGED},
            201: {"headers": TAGGED},
        },
    )
    async def push_order(call: AnyCall, body: OrderIn) -> Response:
        if call.principal.storefront not in {None, body.storefront}:
            raise Forbidden(pointer="/storefront")
        key, at = new_id("order"), clock()

        async def shown(uow: UnitOfWork) -> OrderOut:
            return OrderOut.of(await use_cases.import_order(uow, body.snapshot(key, at), at=at))

        return await call.execute(shown, OrderOut, status_of=lambda kept: 201 if kept.id == key else 200)

    @router.get("/{order_id}", response_model=OrderOut, summary="One order", **SHOWN)
    async def see_order(call: AnyCall, order_id: str) -> Response:
        async def shown() -> OrderOut:
            return OrderOut.of(await queries.order(order_id, call.principal))

        return await call.read(shown(), OrderOut)

    @router.get("", response_model=OrdersOut, summary="Orders by number")
    async def see_orders(call: AnyCall, number: Annotated[str, Query(max_length=64)]) -> Response:
        async def shown() -> OrdersOut:
            return OrdersOut.of(await queries.orders_by_number(number, call.principal))

        return await call.read(shown(), OrdersOut)

    return router
