"""Routes of connected shops: an administrator connects a shop, and the shop sends its orders (N14)."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field, StringConstraints

from service_requests.application.orders import shops as use_cases
from service_requests.application.orders.shop_delivery import DeliveryOutcome, ShopDeliveries
from service_requests.application.queries import Queries
from service_requests.domain.orders.shops.conversion import ShopKind
from shared.contracts.events import Regime
from shared.kernel.errors import Language, Said
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, LanguageTag, Output, Token

ShopName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="The shop's name in this address.")]
Secret = Annotated[str, StringConstraints(min_length=16, max_length=200, pattern=r"^[!-~]+$")]
A_SHOP: Final = {"kind": "woocommerce", "storefront": "main", "regime": "EU", "secret": "a long secret of the shop"}


class ShopIn(Input):
    """A shop whose webhooks are taken in. Its orders come into `storefront`."""

    model_config = ConfigDict(json_schema_extra={"example": {**A_SHOP, "secret": "9f0c4a7d51e84b2f8f7a1c3d"}})

    kind: Annotated[ShopKind, Field(strict=False)]
    storefront: Token
    regime: Annotated[Regime, Field(strict=False)] | None = None
    """The law of its sales. Without one the country that an order goes to decides."""
    language: LanguageTag = "en"
    """The customers' language where an order does not say it."""
    consumer: bool = True
    secret: Secret | None = None
    """With which the shop signs. Needed at first; a new one leaves the old one valid for a day. Never shown."""


class RefusedOut(Output):
    """Something that the shop sent and that was not taken in."""

    number: str | None
    topic: str
    part: str
    code: str
    pointer: str | None
    detail: str
    at: datetime


class ShopOut(Output):
    """A connected shop, without its secret."""

    shop: str
    kind: ShopKind
    storefront: str
    regime: Regime | None
    language: str
    consumer: bool
    active: bool
    webhooks: str
    """The path for the shop's webhooks."""
    old_secret_until: datetime | None
    refused: list[RefusedOut]
    """The newest last; at most 50."""
    changed_by: str
    changed_at: datetime


class ShopsOut(Output):
    """Every connected shop."""

    items: list[ShopOut]
    next: str | None = None


class WebhookOut(Output):
    """What became of a delivery. `refused` names what was not taken in; it is recorded at the shop."""

    outcome: DeliveryOutcome
    order_id: str | None
    notes: list[str]
    refused: list[RefusedOut]


def routes(queries: Queries, seal: use_cases.SecretSeal, deliveries: ShopDeliveries, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/shops", tags=["shops"])

    @router.put("/{shop}", response_model=ShopOut, summary="Connect a shop, or change its connection")
    async def connect_shop(call: AnyCall, shop: ShopName, body: ShopIn) -> Response:
        at = clock()
        wish = use_cases.ShopWish(
            kind=body.kind,
            storefront=body.storefront,
            regime=None if body.regime is None else body.regime.value,
            language=body.language,
            consumer=body.consumer,
            secret=body.secret,
        )

        async def connected(uow: Any) -> ShopOut:
            made = await use_cases.connect_shop(uow, seal, shop, wish, by=call.principal.actor, at=at)
            return _shown(made, call.language)

        return await call.execute(connected, ShopOut)

    @router.delete("/{shop}", response_model=ShopOut, summary="Take in no more webhooks of a shop")
    async def close_shop(call: AnyCall, shop: ShopName) -> Response:
        at = clock()

        async def closed(uow: Any) -> ShopOut:
            return _shown(await use_cases.close_shop(uow, shop, by=call.principal.actor, at=at), call.language)

        return await call.execute(closed, ShopOut)

    @router.get("", response_model=ShopsOut, summary="Every connected shop, with what was not taken in")
    async def see_shops(call: AnyCall) -> Response:
        async def shown() -> ShopsOut:
            return ShopsOut(items=[_shown(each, call.language) for each in await queries.shops()])

        return await call.read(shown(), ShopsOut)

    @router.post(
        "/{shop}/webhooks",
        response_model=WebhookOut,
        summary="Take in a webhook of a shop",
        description="For the shop itself: the raw body, proved by the signature in the header of its kind "
        "(`X-Shopify-Hmac-Sha256`, `X-WC-Webhook-Signature`, `X-Retour-Signature`: Base64 of HMAC-SHA256). The same "
        "delivery again changes nothing. A topic that is not about an order is answered and ignored.",
    )
    async def take_webhook(call: AnyCall, shop: ShopName, request: Request) -> Response:
        async def taken() -> WebhookOut:
            found = await deliveries.take(shop, await request.body(), request.headers)
            return WebhookOut(
                outcome=found.outcome,
                order_id=found.order_id,
                notes=[note.to(call.language) for note in found.notes],
                refused=[_refused(each, call.language) for each in found.refused],
            )

        return await call.read(taken(), WebhookOut)

    return router


def _shown(shop: Any, language: Language) -> ShopOut:
    return ShopOut(
        shop=shop.id,
        kind=shop.kind,
        storefront=shop.storefront,
        regime=shop.regime,
        language=shop.language,
        consumer=shop.consumer,
        active=shop.active,
        webhooks=f"/v1/shops/{shop.id}/webhooks",
        old_secret_until=shop.previous_until,
        refused=[_refused(each, language) for each in shop.refused],
        changed_by=shop.changed_by,
        changed_at=shop.changed_at,
    )


def _refused(each: Any, language: Language) -> RefusedOut:
    says: Said = each.says
    return RefusedOut(
        number=each.number,
        topic=each.topic,
        part=each.part,
        code=each.code,
        pointer=each.pointer,
        detail=says.to(language),
        at=each.at,
    )
