"""The connection of a shop whose webhooks are taken in: its secret, and what its orders do not say themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service_requests.domain.orders.shops.conversion import ShopKind
from service_requests.domain.orders.shops.snapshot import ShopOptions
from shared.kernel.errors import Malformed, Refused, Said

OVERLAP: Final = timedelta(hours=24)
"""For how long the secret before the last one stays valid. Shopify signs with the old one for up to an hour."""
MOST_REFUSED: Final = 50


class SecretMissing(Malformed):
    """A connection is made with a secret."""

    code = "shop_secret_missing"
    title = Said("The secret is missing", "缺少密钥")
    detail = Said(
        "Send the secret with which the shop signs its webhooks. It is never shown again.",
        "请提供店铺用于签名 webhook 的密钥；密钥此后不再显示。",
    )


class OtherShop(Refused):
    """A connection keeps its kind and its storefront, because its orders are known by them."""

    code = "shop_differs"
    title = Said("Another shop has this name", "该名称已用于其他店铺")
    detail = Said(
        "{shop} connects storefront {storefront} of kind {kind}. Give the other shop another name.",
        "{shop} 连接的是类型为 {kind} 的店铺 {storefront}。请为其他店铺另取名称。",
    )


@dataclass(frozen=True, slots=True)
class ShopChanged:
    """A connection was made, changed or closed, or has recorded a refused delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedDelivery:
    """Something in a genuine delivery that was not taken in, and why."""

    number: str | None
    topic: str
    part: str
    code: str
    pointer: str | None
    says: Said
    at: datetime


@dataclass(slots=True, kw_only=True)
class ShopConnection:
    """One shop. `id` is a name in the address of its webhooks; secrets are sealed outside the domain."""

    id: str
    kind: ShopKind
    storefront: str
    regime: str | None
    language: str
    consumer: bool
    secret: str
    previous_secret: str | None = None
    previous_until: datetime | None = None
    active: bool = True
    refused: tuple[RefusedDelivery, ...] = ()
    changed_by: str
    changed_at: datetime
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def options(self) -> ShopOptions:
        """What its orders do not say."""
        return ShopOptions(
            storefront=self.storefront, regime=self.regime, language=self.language, consumer=self.consumer
        )

    def secrets(self, at: datetime) -> Iterator[str]:
        """The sealed secrets that count now."""
        if not self.active:
            return
        yield self.secret
        if self.previous_secret is not None and self.previous_until is not None and at < self.previous_until:
            yield self.previous_secret

    def connect(self) -> None:
        """The connection begins."""
        self.events.append(ShopChanged())

    def change(
        self, *, regime: str | None, language: str, consumer: bool, secret: str | None, by: str, at: datetime
    ) -> None:
        """Other defaults, or a new secret: then the old one stays valid for `OVERLAP`."""
        if secret is not None:
            self.previous_secret, self.previous_until = self.secret, at + OVERLAP
            self.secret = secret
        self.regime, self.language, self.consumer = regime, language, consumer
        self.active = True
        self._changed(by, at)

    def close(self, *, by: str, at: datetime) -> None:
        """No webhook is taken in any more, and no secret is valid."""
        if self.active:
            self.active = False
            self.previous_secret = self.previous_until = None
            self._changed(by, at)

    def refuse(self, *refused: RefusedDelivery) -> None:
        """Record what was not taken in, the newest last, the same once."""
        new = tuple(each for each in refused if not any(_same(each, known) for known in self.refused))
        if new:
            self.refused = (*self.refused, *new)[-MOST_REFUSED:]
            self.events.append(ShopChanged())

    def _changed(self, by: str, at: datetime) -> None:
        self.changed_by, self.changed_at = by, at
        self.events.append(ShopChanged())


def _same(one: RefusedDelivery, other: RefusedDelivery) -> bool:
    """Whether two records differ only in topic and moment, because a shop sends the same again and again."""
    return (one.number, one.part, one.code, one.pointer) == (other.number, other.part, other.code, other.pointer)
