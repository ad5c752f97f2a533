"""The caller: a customer, a member of staff, a scanner or a system."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What sort of caller it is."""

    CUSTOMER = "customer"
    STAFF = "staff"
    DEVICE = "device"
    SYSTEM = "system"


class Role(StrEnum):
    """What a caller may do; a caller can have several (O01)."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    WAREHOUSE = "warehouse"
    DEVICE = "device"
    FINANCE = "finance"
    STOREFRONT = "storefront"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMIN = "admin"


BOUND_TO: Final = "storefront:"
"""A scope that begins so binds a system to the orders of that storefront."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whom the gateway has recognised. `id` is opaque; `warehouse` binds a scanner to its warehouse."""

    kind: Kind
    id: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    warehouse: str | None = None

    @property
    def sender(self) -> str:
        """Whose names of repeated calls these are."""
        return self.actor

    @property
    def actor(self) -> str:
        """How the caller is named in events and timelines: no personal data."""
        return f"{self.kind}:{self.id}"

    @property
    def storefront(self) -> str | None:
        """The storefront to whose orders a system is bound; None for callers that are not bound."""
        return next((scope.removeprefix(BOUND_TO) for scope in self.scopes if scope.startswith(BOUND_TO)), None)

    def is_any(self, *roles: Role) -> bool:
        """Whether the caller has at least one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class MachineWithNewKey(Principal):
    """A machine that had another key before. Idempotency belongs to the machine, not to its key (Z02)."""

    machine: str = ""
    """The id of the machine's first key."""

    @property
    def sender(self) -> str:
        """Whose names of repeated calls these are: those of the machine under its first key."""
        return f"{self.kind}:{self.machine}"
