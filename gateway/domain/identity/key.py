"""A key for a machine: a system with scopes, or a scanner bound to its warehouse. Shown once, kept as a digest."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.kernel.errors import Malformed, Said
from shared.kernel.principal import BOUND_TO, Kind, MachineWithNewKey, Principal, Role

ROLE_OF_SCOPE: Final[dict[str, Role]] = {
    "orders:write": Role.STOREFRONT,
    "orders:read": Role.STOREFRONT,
    "returns:write": Role.STOREFRONT,
    "returns:read": Role.STOREFRONT,
    "policy:read": Role.STOREFRONT,
    "contacts:write": Role.STOREFRONT,
    "contacts:read": Role.STOREFRONT,
    "customers:token": Role.STOREFRONT,
    "returns:decide": Role.AGENT,
    "inspections:decide": Role.AGENT,
    "messages:write": Role.AGENT,
    "receipts:write": Role.WAREHOUSE,
    "inspections:write": Role.WAREHOUSE,
    "receipts:read": Role.AUDITOR,
    "inspections:read": Role.AUDITOR,
    "messages:read": Role.AUDITOR,
    "refunds:read": Role.FINANCE,
    "finance:read": Role.FINANCE,
    "operations:read": Role.OPERATOR,
    "operations:write": Role.OPERATOR,
}
"""The role that a scope gives a system. An operation needs role and scope, so one scope opens no other operation."""


class UnknownScope(Malformed):
    """There is no such scope, or none that a key may have."""

    code = "unknown_scope"
    title = Said("There is no such scope", "没有此权限范围")
    detail = Said("Scopes are: {allowed}.", "可用的权限范围：{allowed}。")


class ScopeMissing(Malformed):
    """A system without a scope could do nothing."""

    code = "scope_missing"
    title = Said("A scope is missing", "缺少权限范围")
    detail = Said("A system key needs at least one scope.", "系统密钥至少需要一个权限范围。")


class ScopesOfDevice(Malformed):
    """The rights of a scanner are fixed. A key with scopes would look as if it changed them."""

    code = "scopes_of_device"
    title = Said("A device key has no scopes", "设备密钥不设权限范围")
    detail = Said(
        "A device key does what scanners do in its warehouse: post and read receipts and inspections, and read "
        "discrepancies. Leave `scopes` out.",
        "设备密钥的权限是固定的：在其仓库内提交并读取收货与验收记录、读取差异。请勿填写 `scopes`。",
    )


class WarehouseMissing(Malformed):
    """A scanner stands in a warehouse; a system does not."""

    code = "warehouse_missing"
    title = Said("The warehouse does not fit", "仓库不符合要求")
    detail = Said(
        "A device key names its warehouse; a system key names none.", "设备密钥须指定仓库；系统密钥不指定仓库。"
    )


class StorefrontOfDevice(Malformed):
    """A scanner serves every storefront; only a system is bound to one."""

    code = "storefront_of_device"
    title = Said("A device key has no storefront", "设备密钥不指定店铺")
    detail = Said("Only a system key may name a storefront.", "仅系统密钥可指定店铺。")


@dataclass(frozen=True, slots=True)
class KeyMade:
    """The key can be used from now on."""


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """The key is invalid from now on."""


@dataclass(slots=True, kw_only=True)
class Key:
    """A key of a machine. `digest` is stored in place of the key itself. A system with a `storefront` uses the orders
    of that storefront only.
    """

    id: str
    digest: str = field(repr=False)
    kind: Kind
    name: str
    scopes: frozenset[str]
    warehouse: str | None
    created_by: str
    created_at: datetime
    revoked_at: datetime | None = None
    storefront: str | None = None
    machine: str | None = None
    """The machine that holds the key: the id of its first key. None for that first key and for keys from before 0.2."""
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def principal(self) -> Principal:
        """The caller, when this key is used."""
        if self.kind is Kind.DEVICE:
            roles = frozenset({Role.DEVICE})
        else:
            roles = frozenset(ROLE_OF_SCOPE[scope] for scope in self.scopes if scope in ROLE_OF_SCOPE)
        bound = frozenset() if self.storefront is None else frozenset({BOUND_TO + self.storefront})
        scopes = self.scopes | bound
        if self.machine is not None:
            return MachineWithNewKey(self.kind, self.id, roles, scopes, self.warehouse, self.machine)
        return Principal(self.kind, self.id, roles, scopes, self.warehouse)

    def is_of_same_machine(self, other: "Key") -> bool:
        """Whether both keys were made for one machine: a machine has its name to itself in its warehouse."""
        return (self.kind, self.name, self.warehouse) == (other.kind, other.name, other.warehouse)

    def succeed(self, earlier: "Key | None") -> None:
        """Belong to the machine of the earlier key, so that what it repeats stays a repetition (Z02)."""
        if earlier is not None:
            self.machine = earlier.machine or earlier.id

    def make(self) -> None:
        """Record that the key exists; `ScopesOfDevice`, `UnknownScope`, `ScopeMissing`, `WarehouseMissing`,
        `StorefrontOfDevice`.
        """
        if self.kind is Kind.DEVICE and self.storefront is not None:
            raise StorefrontOfDevice(pointer="/storefront")
        if self.kind is Kind.DEVICE and self.scopes:
            raise ScopesOfDevice(pointer="/scopes")
        if not self.scopes <= ROLE_OF_SCOPE.keys():
            raise UnknownScope(pointer="/scopes", allowed=", ".join(sorted(ROLE_OF_SCOPE)))
        if self.kind is Kind.SYSTEM and not self.scopes:
            raise ScopeMissing(pointer="/scopes")
        if (self.kind is Kind.DEVICE) is (self.warehouse is None):
            raise WarehouseMissing(pointer="/warehouse")
        self.events.append(KeyMade())

    def revoke(self, at: datetime) -> None:
        """Revoke the key for good; repeating changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.events.append(KeyRevoked())
