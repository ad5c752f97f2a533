"""Connections of shops: made, changed, closed by an administrator (N14)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.shops.conversion import ShopKind
from service_requests.domain.orders.shops.shop_connection import (
    OtherShop,
    RefusedDelivery,
    SecretMissing,
    ShopConnection,
)


class SecretSeal(Protocol):
    """Keeps secrets unreadable in rows. `open` gives None for a secret that was sealed with another key."""

    def seal(self, secret: str) -> str: ...
    def open(self, sealed: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopWish:
    """The connection as the administrator wants it; without `secret` the present one stays."""

    kind: ShopKind
    storefront: str
    regime: str | None
    language: str
    consumer: bool
    secret: str | None


async def connect_shop(
    uow: UnitOfWork, seal: SecretSeal, shop_id: str, wish: ShopWish, *, by: str, at: datetime
) -> ShopConnection:
    """Make or change a connection; the same wish again changes nothing. `SecretMissing`, `OtherShop`."""
    known = await uow.shops.find(shop_id)
    if known is None:
        if wish.secret is None:
            raise SecretMissing(pointer="/secret")
        made = ShopConnection(
            id=shop_id,
            kind=wish.kind,
            storefront=wish.storefront,
            regime=wish.regime,
            language=wish.language,
            consumer=wish.consumer,
            secret=seal.seal(wish.secret),
            changed_by=by,
            changed_at=at,
        )
        made.connect()
        uow.shops.add(made)
        return made
    if (known.kind, known.storefront) != (wish.kind, wish.storefront):
        raise OtherShop(pointer="/storefront", shop=shop_id, storefront=known.storefront, kind=known.kind.value)
    if not known.active and wish.secret is None:
        raise SecretMissing(pointer="/secret")
    new = wish.secret if wish.secret is not None and wish.secret != seal.open(known.secret) else None
    same = (known.regime, known.language, known.consumer) == (wish.regime, wish.language, wish.consumer)
    if new is None and same and known.active:
        return known
    known.change(
        regime=wish.regime,
        language=wish.language,
        consumer=wish.consumer,
        secret=None if new is None else seal.seal(new),
        by=by,
        at=at,
    )
    return known


async def close_shop(uow: UnitOfWork, shop_id: str, *, by: str, at: datetime) -> ShopConnection:
    """Close a connection; repeating changes nothing. `NotFound`."""
    known = await uow.shops.get(shop_id)
    known.close(by=by, at=at)
    return known


async def record_refused(uow: UnitOfWork, shop_id: str, refused: tuple[RefusedDelivery, ...]) -> None:
    """Keep what was not taken in, for the administrator. `NotFound`."""
    known = await uow.shops.get(shop_id)
    known.refuse(*refused)
