"""The secrets of shops in rows: unreadable without the key, and given again when the key is another one (N14)."""

from datetime import UTC, datetime
from typing import Any, Final, NoReturn

import pytest

from service_requests.adapters.orders.secret_seal_jwe import JweSeal
from service_requests.application.orders.shop_delivery import ShopDeliveries
from service_requests.domain.orders.shops.conversion import ShopKind
from service_requests.domain.orders.shops.shop_connection import OVERLAP, ShopConnection
from shared.kernel.errors import Unavailable

SECRET: Final = "a-secret-of-the-shop-0123456789"
NOW: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SEAL: Final = JweSeal("an internal key of thirty-two letters")
OTHER: Final = JweSeal("another internal key of as many letters")


def a_shop(**but: Any) -> ShopConnection:
    known: dict[str, Any] = {
        "id": "corner",
        "kind": ShopKind.MEDUSA,
        "storefront": "main",
        "regime": None,
        "language": "en",
        "consumer": True,
        "secret": SEAL.seal(SECRET),
        "changed_by": "staff:wang",
        "changed_at": NOW,
    }
    return ShopConnection(**known | but)


def test_a_sealed_secret_is_opened_with_its_key_only_and_is_another_text_each_time() -> None:
    sealed = SEAL.seal(SECRET)
    assert SECRET not in sealed
    assert SEAL.seal(SECRET) != sealed
    assert SEAL.open(sealed) == SECRET
    head, _, tail = sealed.rpartition(".")
    for wrong in ("", "x", sealed[:-4], f"{head}.{tail[::-1]}", "a.b.c.d.e"):
        assert SEAL.open(wrong) is None
    assert OTHER.open(sealed) is None


def test_the_old_secret_counts_for_a_day_and_none_counts_when_the_shop_is_closed() -> None:
    shop = a_shop()
    assert list(shop.secrets(NOW)) == [shop.secret]
    shop.change(regime=None, language="en", consumer=True, secret="new", by="staff:wang", at=NOW)
    assert len(list(shop.secrets(NOW + OVERLAP / 2))) == 2
    assert list(shop.secrets(NOW + OVERLAP)) == ["new"]
    shop.close(by="staff:wang", at=NOW)
    assert list(shop.secrets(NOW)) == []


@pytest.mark.parametrize("secret", [OTHER.seal(SECRET), "no token"], ids=["of another key", "no token"])
async def test_a_secret_that_cannot_be_opened_is_an_outage_for_the_shop_which_sends_again(secret: str) -> None:
    async def find(_shop: str) -> ShopConnection:
        return a_shop(secret=secret)

    def never(*_: Any) -> NoReturn:
        raise AssertionError

    parts: dict[str, Any] = dict.fromkeys(ShopDeliveries.__dataclass_fields__, never)
    deliveries = ShopDeliveries(**parts | {"find": find, "seal": SEAL, "clock": lambda: NOW})
    headers = {"x-retour-signature": "c2ln", "x-retour-topic": "order.placed"}
    with pytest.raises(Unavailable):
        await deliveries.take("corner", b"{}", headers)
