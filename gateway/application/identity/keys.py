"""Keys for systems and scanners: made, listed, revoked by an administrator."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from gateway.application.ports import UnitOfWork
from gateway.domain.identity.key import Key
from shared.kernel.errors import Malformed, Said
from shared.kernel.principal import Kind, Principal

PREFIX: Final = {Kind.SYSTEM: "rk", Kind.DEVICE: "dk"}


class NotAMachine(Malformed):
    """People have accounts and sessions, not keys."""

    code = "not_a_machine"
    title = Said("Keys are for machines", "密钥仅供系统或设备使用")
    detail = Said("A key is of kind system or device.", "密钥类型须为 system 或 device。")


def prefix_of(kind: Kind) -> str:
    """The prefix of a key of this kind; `NotAMachine`."""
    if kind not in PREFIX:
        raise NotAMachine(pointer="/kind")
    return PREFIX[kind]


async def make_key(
    uow: UnitOfWork,
    *,
    key_id: str,
    digest: str,
    kind: Kind,
    name: str,
    scopes: Iterable[str],
    warehouse: str | None,
    storefront: str | None = None,
    at: datetime,
    by: Principal,
) -> Key:
    """Make a key for a machine; `ScopesOfDevice`, `UnknownScope`, `ScopeMissing`, `WarehouseMissing`,
    `StorefrontOfDevice`.

    A key of the kind, name and warehouse of an earlier key is a new key of the same machine, whatever its scopes (Z02).
    """
    key = Key(
        id=key_id,
        digest=digest,
        kind=kind,
        name=name,
        scopes=frozenset(scopes),
        warehouse=warehouse,
        storefront=storefront,
        created_by=by.actor,
        created_at=at,
    )
    key.make()
    key.succeed(next((each for each in await uow.keys_named(name) if each.is_of_same_machine(key)), None))
    uow.keys.add(key)
    return key


async def revoke_key(uow: UnitOfWork, *, key_id: str, at: datetime) -> None:
    """Revoke a key for good, at once; repeating changes nothing."""
    key = await uow.keys.get(key_id)
    key.revoke(at)
    uow.revoke(key_id, at)
