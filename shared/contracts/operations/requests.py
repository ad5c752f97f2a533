"""Operations of `service_requests`: orders, connected shops, policies, eligibility and returns."""

from typing import Final

from shared.contracts.operations.operation import (
    ADMIN,
    AGENTS,
    CUSTOMER,
    PUBLIC,
    SHOP,
    STAFF,
    Operation,
    Repeat,
    Service,
    VersionNeeded,
    rows,
)
from shared.kernel.principal import Role

FINANCE: Final = frozenset({Role.FINANCE})

OPERATIONS: Final = rows(
    Service.REQUESTS,
    ("POST", "/v1/orders", SHOP | ADMIN, "orders:write", Repeat.KEY),
    ("GET", "/v1/orders", SHOP | STAFF | CUSTOMER, "orders:read"),
    ("GET", "/v1/orders/{order_id}", SHOP | STAFF | CUSTOMER, "orders:read"),
    ("PUT", "/v1/articles/{sku}", SHOP | ADMIN, "orders:write", Repeat.NATURAL),
    ("GET", "/v1/articles/{sku}", SHOP | STAFF, "orders:read"),
    ("PUT", "/v1/orders/{order_id}", SHOP | ADMIN, "orders:write", Repeat.NATURAL),
    ("POST", "/v1/orders/{order_id}/parcels", SHOP | AGENTS, "orders:write", Repeat.NATURAL),
    ("POST", "/v1/orders/{order_id}/cancellations", SHOP | AGENTS, "orders:write", Repeat.NATURAL),
    ("POST", "/v1/orders/{order_id}/payments", SHOP | ADMIN, "orders:write", Repeat.NATURAL),
    ("POST", "/v1/orders/{order_id}/refunds", SHOP | ADMIN | FINANCE, "orders:write", Repeat.NATURAL),
    ("POST", "/v1/parcels", SHOP | ADMIN, "orders:write", Repeat.NATURAL),
    ("GET", "/v1/policy", PUBLIC, ""),
    ("GET", "/v1/policy/machine-form", PUBLIC, ""),
    ("GET", "/v1/policies", SHOP | STAFF, "policy:read"),
    ("GET", "/v1/policies/{name}", SHOP | STAFF, "policy:read"),
    ("POST", "/v1/policies", ADMIN, "policy:write", Repeat.KEY),
    ("POST", "/v1/policies/trial", ADMIN, "policy:write", Repeat.NATURAL),
    ("POST", "/v1/eligibility", SHOP | AGENTS | CUSTOMER, "returns:read", Repeat.NATURAL),
    ("POST", "/v1/returns", SHOP | AGENTS | CUSTOMER, "returns:write", Repeat.KEY),
    ("GET", "/v1/returns", SHOP | STAFF | CUSTOMER, "returns:read"),
    ("GET", "/v1/returns/{return_id}", SHOP | STAFF | CUSTOMER, "returns:read"),
    ("GET", "/v1/returns/{return_id}/decision", SHOP | STAFF | CUSTOMER, "returns:read"),
    ("GET", "/v1/returns/{return_id}/timeline", SHOP | STAFF | CUSTOMER, "returns:read"),
    ("GET", "/v1/return-events", SHOP | STAFF, "returns:read"),
    ("PUT", "/v1/returns/{return_id}/metadata", SHOP | AGENTS, "returns:write", Repeat.NATURAL, VersionNeeded.BY_ALL),
    ("PUT", "/v1/returns/{return_id}/tags", AGENTS, "returns:decide", Repeat.NATURAL, VersionNeeded.BY_ALL),
    ("GET", "/v1/returns/{return_id}/notes", STAFF, "returns:decide"),
    ("POST", "/v1/returns/{return_id}/notes", AGENTS, "returns:decide", Repeat.KEY),
    ("POST", "/v1/returns/{return_id}/approval", AGENTS, "returns:decide", Repeat.KEY),
    ("POST", "/v1/returns/{return_id}/refusal", AGENTS, "returns:decide", Repeat.KEY),
    ("POST", "/v1/returns/{return_id}/extension", AGENTS, "returns:decide", Repeat.KEY),
    ("POST", "/v1/returns/{return_id}/cancellation", SHOP | AGENTS | CUSTOMER, "returns:write", Repeat.KEY),
    ("POST", "/v1/returns/{return_id}/shipments", SHOP | AGENTS | CUSTOMER, "returns:write", Repeat.KEY),
    ("PUT", "/v1/shops/{shop}", ADMIN, "shops:write", Repeat.NATURAL),
    ("DELETE", "/v1/shops/{shop}", ADMIN, "shops:write", Repeat.NATURAL),
    ("GET", "/v1/shops", ADMIN, "shops:read"),
)

SHOP_WEBHOOKS: Final = (
    Operation(
        method="POST",
        path="/v1/shops/{shop}/webhooks",
        service=Service.REQUESTS,
        roles=PUBLIC,
        scope="",
        repeat=Repeat.NATURAL,
        body_limit=2_000_000,
    ),
)
"""What shops send, without a key of ours: the signature of the raw body proves who it is."""
