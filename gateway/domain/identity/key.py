"""A key for a machine: a system with scopes, or a scanner bound to its warehouse. Shown once, kept as a digest."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.errors import Malformed, Refused, Said
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

VOUCHING: Final = "customers:token"
"""The scope with which a storefront asks for customers' tokens."""


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


class RevokedBefore(Refused):
    """A revoked key has no successor: who revokes a key wants no other key of it."""

    code = "key_revoked"
    title = Said("The key is revoked", "密钥已撤销")
    detail = Said(
        "A revoked key cannot be rotated. Make a new key for the machine with POST /v1/keys.",
        "已撤销的密钥不能轮换。请用 POST /v1/keys 为该系统或设备新建密钥。",
    )


class RotatedBefore(Refused):
    """A key has one successor. The machine's newest key can be rotated instead."""

    code = "key_rotated"
    title = Said("The key was rotated before", "密钥已轮换过")
    detail = Said(
        "This key already has a successor and is good until {until}. Rotate the machine's newest key, or make a new "
        "one with POST /v1/keys.",
        "该密钥已有后继密钥，有效期至 {until}。请轮换该系统或设备的最新密钥，或用 POST /v1/keys 新建密钥。",
    )


class ExpiredBefore(Refused):
    """An expired key was rotated, and its time is over."""

    code = "key_expired"
    title = Said("The key has expired", "密钥已过期")
    detail = Said(
        "This key expired at {until}. Rotate the machine's newest key, or make a new one with POST /v1/keys.",
        "该密钥已于 {until} 过期。请轮换该系统或设备的最新密钥，或用 POST /v1/keys 新建密钥。",
    )


@dataclass(frozen=True, slots=True)
class KeyMade:
    """The key can be used from now on."""


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """The key is invalid from now on."""


@dataclass(frozen=True, slots=True)
class KeyRotated:
    """The machine has a successor of the key, which expires."""


@dataclass(frozen=True, slots=True)
class KeyUsed:
    """The key was good for a request at a later moment than was known."""


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
    hint: str | None = None
    """The first characters of the secret, by which people find the machine. None for keys from before 0.2."""
    expires_at: datetime | None = None
    """When the key ends that was rotated. None: the key was not rotated and does not end by itself."""
    last_used_at: datetime | None = None
    """When the key was last good for a request, to the minute. None: it was never used, or only before 0.2."""
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

    @property
    def holder(self) -> str:
        """The machine that holds the key: the id of its first key."""
        return self.machine or self.id

    @property
    def vouches(self) -> bool:
        """Whether the key may ask for customers' tokens."""
        return VOUCHING in self.scopes

    def good(self, at: datetime) -> bool:
        """Whether the key is valid: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def is_of_same_machine(self, other: "Key") -> bool:
        """Whether both keys were made for one machine: a machine has its name to itself in its warehouse."""
        return (self.kind, self.name, self.warehouse) == (other.kind, other.name, other.warehouse)

    def succeed(self, earlier: "Key | None") -> None:
        """Belong to the machine of the earlier key, so that what it repeats stays a repetition (Z02)."""
        if earlier is not None:
            self.machine = earlier.holder

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

    @property
    def can_rotate(self) -> bool:
        """Whether the key has neither a successor nor been revoked."""
        return self.revoked_at is None and self.expires_at is None

    def rotate(
        self, *, successor_id: str, digest: str, hint: str, overlap: timedelta, at: datetime, by: Principal
    ) -> "Key":
        """The successor, which has all rights of this key at once; this key expires after the overlap.

        `RevokedBefore`, `RotatedBefore`, `ExpiredBefore`.
        """
        if self.revoked_at is not None:
            raise RevokedBefore
        if self.expires_at is not None:
            until = f"{self.expires_at:%Y-%m-%d %H:%M} UTC"
            raise RotatedBefore(until=until) if at < self.expires_at else ExpiredBefore(until=until)
        successor = Key(
            id=successor_id,
            digest=digest,
            kind=self.kind,
            name=self.name,
            scopes=self.scopes,
            warehouse=self.warehouse,
            storefront=self.storefront,
            created_by=by.actor,
            created_at=at,
            hint=hint,
        )
        successor.succeed(self)
        successor.events.append(KeyMade())
        self.expires_at = at + overlap
        self.events.append(KeyRotated())
        return successor

    def use(self, at: datetime) -> None:
        """The key was good for a request then; an earlier moment than the known one changes nothing."""
        if self.last_used_at is None or at > self.last_used_at:
            self.last_used_at = at
            self.events.append(KeyUsed())

    def revoke(self, at: datetime) -> None:
        """Revoke the key for good; repeating changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.events.append(KeyRevoked())
