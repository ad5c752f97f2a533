"""The gateway's own operations and who may use them, beside the operations of the services (O01)."""

from dataclasses import dataclass
from typing import Final

from gateway.domain.identity.account import STAFF_ROLES
from gateway.domain.identity.unknown_caller import UnknownCaller
from shared.kernel.principal import Kind, Principal, Role

ADMIN: Final = frozenset({Role.ADMIN})
LOOKERS: Final = frozenset({Role.ADMIN, Role.AUDITOR, Role.OPERATOR})
OPERATORS: Final = frozenset({Role.OPERATOR, Role.ADMIN})
ANYONE: Final = frozenset(Role)
SIGN_IN: Final = ("POST", "/v1/auth/sessions")


@dataclass(frozen=True, slots=True)
class GatewayOperation:
    """One operation. No roles: open to everybody. No scope: not open to keys of systems, whatever their roles."""

    method: str
    path: str
    roles: frozenset[Role]
    scope: str | None = None
    kinds: frozenset[Kind] = frozenset(Kind)

    @property
    def public(self) -> bool:
        """Whether the operation is open to unknown callers."""
        return not self.roles

    @property
    def purpose(self) -> UnknownCaller:
        """How unknown callers of a public operation are counted."""
        return UnknownCaller.SIGN_IN if (self.method, self.path) == SIGN_IN else UnknownCaller.ANONYMOUS

    def admits(self, principal: Principal) -> bool:
        """Whether this caller may use the operation."""
        if principal.kind not in self.kinds or not principal.is_any(*self.roles):
            return False
        return self.scope is None or principal.kind is not Kind.SYSTEM or self.scope in principal.scopes


PEOPLE: Final = frozenset({Kind.STAFF})
WITH_SESSION: Final = frozenset({Kind.STAFF, Kind.CUSTOMER})
NOBODY: Final[frozenset[Role]] = frozenset()
ANYBODY: Final = Principal(Kind.SYSTEM, "public")
"""The caller in whose name public documents are read: without role and scope, so that it opens nothing else."""

GATEWAY_OPERATIONS: Final[tuple[GatewayOperation, ...]] = (
    GatewayOperation(*SIGN_IN, NOBODY),
    GatewayOperation("POST", "/v1/auth/password", ANYONE, kinds=PEOPLE),
    GatewayOperation("DELETE", "/v1/auth/sessions/current", ANYONE, kinds=WITH_SESSION),
    GatewayOperation(
        "POST",
        "/v1/auth/customer-tokens",
        frozenset({Role.STOREFRONT}),
        "customers:token",
        frozenset({Kind.SYSTEM}),
    ),
    GatewayOperation("GET", "/v1/me", ANYONE),
    GatewayOperation("POST", "/v1/keys", ADMIN, kinds=PEOPLE),
    GatewayOperation("GET", "/v1/keys", ADMIN, kinds=PEOPLE),
    GatewayOperation("POST", "/v1/keys/{key_id}/rotation", ADMIN, kinds=PEOPLE),
    GatewayOperation("DELETE", "/v1/keys/{key_id}", ADMIN, kinds=PEOPLE),
    GatewayOperation("POST", "/v1/accounts", ADMIN, kinds=PEOPLE),
    GatewayOperation("GET", "/v1/accounts", ADMIN, kinds=PEOPLE),
    GatewayOperation("PATCH", "/v1/accounts/{account_id}", ADMIN, kinds=PEOPLE),
    GatewayOperation("GET", "/v1/actors", STAFF_ROLES, kinds=PEOPLE),
    GatewayOperation("GET", "/v1/refusals", LOOKERS, kinds=PEOPLE),
    GatewayOperation("GET", "/v1/operations/findings", OPERATORS, kinds=PEOPLE),
    GatewayOperation("POST", "/v1/operations/findings/{finding_id}/dismissal", OPERATORS, kinds=PEOPLE),
    GatewayOperation("GET", "/v1/openapi.json", NOBODY),
)
