"""Which requests of a shop are genuine, and which of their topics are about an order.

Shopify and WooCommerce send Base64 of HMAC-SHA256 of the raw body in a header. Medusa v2 sends no webhooks by itself: a
subscriber of the merchant sends the order with the same signature in a header of ours.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from service_requests.domain.orders.shops.conversion import ShopKind


@dataclass(frozen=True, slots=True)
class WebhookForm:
    """The headers of a shop's webhooks, and the topics whose body is a whole order."""

    signature: str
    topic: str
    topics: frozenset[str]


WEBHOOK_FORMS: Final[Mapping[ShopKind, WebhookForm]] = {
    ShopKind.SHOPIFY: WebhookForm(
        "x-shopify-hmac-sha256",
        "x-shopify-topic",
        frozenset(
            {
                "orders/create",
                "orders/updated",
                "orders/paid",
                "orders/cancelled",
                "orders/fulfilled",
                "orders/partially_fulfilled",
            }
        ),
    ),
    ShopKind.WOOCOMMERCE: WebhookForm(
        "x-wc-webhook-signature",
        "x-wc-webhook-topic",
        frozenset({"order.created", "order.updated", "order.restored"}),
    ),
    ShopKind.MEDUSA: WebhookForm(
        "x-retour-signature",
        "x-retour-topic",
        frozenset(
            {
                "order.placed",
                "order.updated",
                "order.completed",
                "order.canceled",
                "order.fulfillment_created",
                "shipment.created",
                "delivery.created",
                "payment.captured",
                "payment.refunded",
            }
        ),
    ),
}


def genuine(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Whether the signature was made with one of the secrets. Each is tried, in constant time."""
    given = signature.encode("latin-1", "replace")
    found = False
    for secret in secrets:
        made = b64encode(hmac.digest(secret.encode(), body, "sha256"))
        found |= hmac.compare_digest(made, given)
    return found
