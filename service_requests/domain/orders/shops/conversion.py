"""Converts a shop's document of an order (N14)."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from service_requests.domain.orders.shops.medusa import medusa_order
from service_requests.domain.orders.shops.placed_order import PlacedOrder
from service_requests.domain.orders.shops.shopify import shopify_order
from service_requests.domain.orders.shops.snapshot import ConvertedOrder, ShopOptions, documents
from service_requests.domain.orders.shops.woocommerce import woocommerce_order


class ShopKind(StrEnum):
    """The shops whose documents are read."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    MEDUSA = "medusa"


READERS: Final[Mapping[ShopKind, Callable[[Any], PlacedOrder]]] = {
    ShopKind.SHOPIFY: shopify_order,
    ShopKind.WOOCOMMERCE: woocommerce_order,
    ShopKind.MEDUSA: medusa_order,
}


def convert(kind: ShopKind, document: Any, options: ShopOptions) -> ConvertedOrder:
    """The snapshot and the later facts of a document, which is plain data of strict JSON. `UnclearOrder`."""
    return documents(READERS[kind](document), options)
