"""The operations: every operation of every service, who may use it, and whether it needs an idempotency key (O01).

The gateway admits by this table and forwards; each service checks again, and refuses to start with a route that has no
operation. Whether an object is the caller's own is the service's to check.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kernel.principal import Kind, Principal, Role


class Service(StrEnum):
    """The services behind the gateway."""

    REQUESTS = "requests"
    INSPECTION = "inspection"
    REFUNDS = "refunds"
    NOTIFICATIONS = "notifications"


class Repeat(StrEnum):
    """What makes a repeated call harmless."""

    SAFE = "safe"
    """It changes nothing."""
    KEY = "key"
    """An `Idempotency-Key` header; without one, 400."""
    BODY = "body"
    """An id in the body (`client_event_id`), as scanners send."""
    NATURAL = "natural"
    """Repeating it says the same again; a key is honoured where one is sent."""


CUSTOMER = frozenset({Role.CUSTOMER})
AGENTS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
DOCK = frozenset({Role.DEVICE, Role.WAREHOUSE})
MONEY = frozenset({Role.FINANCE, Role.ADMIN, Role.AUDITOR})
SHOP = frozenset({Role.STOREFRONT})
STAFF = frozenset({Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE, Role.FINANCE, Role.ADMIN, Role.AUDITOR, Role.OPERATOR})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
PUBLIC: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. A system key needs `scope` besides the role; people and scanners do not.

    No roles: anybody, known or not, and the same answer for all.
    """

    method: str
    path: str
    service: Service
    roles: frozenset[Role]
    scope: str
    repeat: Repeat = Repeat.SAFE

    @property
    def public(self) -> bool:
        """Whether nobody needs to be known."""
        return not self.roles

    def admits(self, principal: Principal) -> bool:
        """Whether this caller may use the operation at all."""
        if self.public:
            return True
        if not principal.is_any(*self.roles):
            return False
        return principal.kind is not Kind.SYSTEM or self.scope in principal.scopes


def _operator_operations(service: Service) -> Iterable[Operation]:
    base = f"/v1/operations/{service}"
    letter = f"{base}/dead-letters/{{event_id}}"
    return (
        Operation("GET", f"{base}/dead-letters", service, OPERATORS, "operations:read"),
        Operation("GET", letter, service, OPERATORS, "operations:read"),
        Operation("POST", f"{letter}/replay", service, OPERATORS, "operations:write", Repeat.NATURAL),
        Operation("POST", f"{letter}/discard", service, OPERATORS, "operations:write", Repeat.NATURAL),
        Operation("GET", f"{base}/dead-letter-acts", service, OPERATORS, "operations:read"),
        Operation("GET", f"{base}/loops", service, OPERATORS, "operations:read"),
    )


R, I, F, N = Service.REQUESTS, Service.INSPECTION, Service.REFUNDS, Service.NOTIFICATIONS  # noqa: E741
KEY, BODY, NATURAL = Repeat.KEY, Repeat.BODY, Repeat.NATURAL

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("POST", "/v1/orders", R, SHOP | ADMIN, "orders:write", KEY),
    Operation("GET", "/v1/orders", R, SHOP | STAFF | CUSTOMER, "orders:read"),
    Operation("GET", "/v1/orders/{order_id}", R, SHOP | STAFF | CUSTOMER, "orders:read"),
    Operation("GET", "/v1/policy", R, PUBLIC, ""),
    Operation("GET", "/v1/policy/machine-form", R, PUBLIC, ""),
    Operation("GET", "/v1/policies", R, SHOP | STAFF, "policy:read"),
    Operation("GET", "/v1/policies/{name}", R, SHOP | STAFF, "policy:read"),
    Operation("POST", "/v1/policies", R, ADMIN, "policy:write", KEY),
    Operation("POST", "/v1/policies/trial", R, ADMIN, "policy:write", NATURAL),
    Operation("POST", "/v1/eligibility", R, SHOP | AGENTS | CUSTOMER, "returns:read", NATURAL),
    Operation("POST", "/v1/returns", R, SHOP | AGENTS | CUSTOMER, "returns:write", KEY),
    Operation("GET", "/v1/returns", R, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("GET", "/v1/returns/{return_id}", R, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("GET", "/v1/returns/{return_id}/decision", R, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("GET", "/v1/returns/{return_id}/timeline", R, SHOP | STAFF | CUSTOMER, "returns:read"),
    Operation("POST", "/v1/returns/{return_id}/approval", R, AGENTS, "returns:decide", KEY),
    Operation("POST", "/v1/returns/{return_id}/refusal", R, AGENTS, "returns:decide", KEY),
    Operation("POST", "/v1/returns/{return_id}/cancellation", R, SHOP | AGENTS | CUSTOMER, "returns:write", KEY),
    Operation("POST", "/v1/returns/{return_id}/shipments", R, SHOP | AGENTS | CUSTOMER, "returns:write", KEY),
    Operation("POST", "/v1/receipts", I, DOCK, "receipts:write", BODY),
    Operation("GET", "/v1/receipts", I, DOCK | STAFF, "receipts:read"),
    Operation("GET", "/v1/receipts/{receipt_id}", I, DOCK | STAFF, "receipts:read"),
    Operation("POST", "/v1/inspections", I, DOCK, "inspections:write", BODY),
    Operation("GET", "/v1/inspections", I, DOCK | STAFF, "inspections:read"),
    Operation("GET", "/v1/inspections/{return_id}", I, DOCK | STAFF, "inspections:read"),
    Operation("POST", "/v1/inspections/{return_id}/decision", I, AGENTS, "inspections:decide", KEY),
    Operation("GET", "/v1/discrepancies", I, DOCK | STAFF, "inspections:read"),
    Operation("POST", "/v1/discrepancies/{discrepancy_id}/resolution", I, AGENTS, "inspections:decide", KEY),
    Operation("GET", "/v1/refunds", F, MONEY | AGENTS | CUSTOMER, "refunds:read"),
    Operation("GET", "/v1/refunds/{refund_id}", F, MONEY | AGENTS | CUSTOMER, "refunds:read"),
    Operation("GET", "/v1/ledger", F, MONEY, "finance:read"),
    Operation("GET", "/v1/finance/events", F, MONEY | frozenset({Role.STOREFRONT}), "finance:read"),
    Operation("GET", "/v1/payments/simulator/transfers", F, MONEY, "finance:read"),
    Operation("PUT", "/v1/payments/simulator/behaviour", F, ADMIN, "simulator:write", NATURAL),
    Operation("PUT", "/v1/contacts/{customer_id}", N, SHOP | AGENTS | CUSTOMER, "contacts:write", NATURAL),
    Operation("GET", "/v1/contacts/{customer_id}", N, SHOP | AGENTS | CUSTOMER, "contacts:read"),
    Operation("GET", "/v1/messages", N, AGENTS | CUSTOMER | frozenset({Role.AUDITOR}), "messages:read"),
    Operation("GET", "/v1/messages/{message_id}", N, AGENTS | CUSTOMER | frozenset({Role.AUDITOR}), "messages:read"),
    *(operation for service in Service for operation in _operator_operations(service)),
)


def operations_of(service: Service) -> dict[tuple[str, str], Operation]:
    """A service's operations by method and path."""
    return {(operation.method, operation.path): operation for operation in OPERATIONS if operation.service is service}
