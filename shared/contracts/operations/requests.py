"""Operations of `service_requests`: orders, policies, eligibility and returns."""

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
)

REQUESTS: Final = Service.REQUESTS

OPERATIONS: Final = (
    Operation("POST", "/v1/orders", REQUESTS, SHOP | ADMIN, "orders:write", Repeat.KEY),
    Operation("GET", "/v1/orders", REQUESTS, SHOP | STAFF | CUSTOMER, "orders:read"),
    Operation("GET", "/v1/orders/{order_id}", REQUESTS, SHOP | STAFF | CUSTOMER, "orders:read"),
    Operation("GET", "/v1/policy", REQUESTS, PUBLIC, ""),
    Operation("GET", "/v1/policy/machine-form", REQUESTS, PUBLIC, ""),
    Operation("GET", "/v1/policies", REQUESTS, SHOP | STAFF, "policy:read"),
    Operation("GET", "/v1/policies/{name}", REQUESTS, SHOP | STAFF, "policy:read"),
    Operation("POST", "/v1/policies", REQUESTS, ADMIN, "policy:write", Repeat.KEY),
    Operation("POST", "/v1/policies/trial", REQUESTS, ADMIN, "policy:write", Repeat.NATURAL),
    Operation("POST", "/v1/eligibility", REQUESTS, SHOP | AGENTS | CUSTOMER, "returns:read", Repeat.NATURAL),
    Operation("POST", "/v1/returns", REQUESTS, SHOP | AGENTS | CUSTOMER, "returns:write", Repeat.KEY),
    Operation("GET", "/v1/returns", REQUESTS, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("GET", "/v1/returns/{return_id}", REQUESTS, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("GET", "/v1/returns/{return_id}/decision", REQUESTS, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("GET", "/v1/returns/{return_id}/timeline", REQUESTS, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("POST", "/v1/returns/{return_id}/approval", REQUESTS, AGENTS, "returns:decide", Repeat.KEY),
    Operation("POST", "/v1/returns/{return_id}/refusal", REQUESTS, AGENTS, "returns:decide", Repeat.KEY),
    Operation(
        "POST", "/v1/returns/{return_id}/cancellation", REQUESTS, SHOP | AGENTS | CUSTOMER, "returns:write", Repeat.KEY
    ),
    Operation(
        "POST", "/v1/returns/{return_id}/shipments", REQUESTS, SHOP | AGENTS | CUSTOMER, "returns:write", Repeat.KEY
    ),
)
