"""Keys for systems and scanners: made, rotated, listed, revoked by an administrator."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from gateway.application.ports import UnitOfWork
from gateway.domain.identity.key import Key
from shared.kernel.errors import Malformed, Said
from shared.kernel.principal import Kind, Principal

PREFIX: Final = {Kind.SYSTEM: "rk", Kind.DEVICE: "dk"}
HINT: Final = 4
"""How many characters of a secret a hint shows; the other 39 are not kept anywhere."""


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


def hint_of(secret: str) -> str:
    """The beginning of a secret, by which people find the machine that has it."""
    prefix, _, rest = secret.partition("_")
    return f"{prefix}_{rest[:HINT]}…"


async def make_key(
    uow: UnitOfWork,
    *,
    key_id: str,
    digest: str,
    hint: str,
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
        hint=hint,
    )
    key.make()
    key.succeed(next((each for each in await uow.keys_named(name) if each.is_of_same_machine(key)), None))
    uow.keys.add(key)
    return key


async def rotate_key(
    uow: UnitOfWork,
    *,
    key_id: str,
    successor_id: str,
    make_secret: Callable[[Kind], tuple[str, str]],
    hours: int,
    at: datetime,
    by: Principal,
) -> tuple[Key, str]:
    """Give the machine of a key a new one, and let the old one expire; the new key and its secret.

    `make_secret` gives a secret for a kind of machine, and its digest. Every process looks the old key up again, so
    that none remembers it for longer than it is good. `RevokedBefore`, `RotatedBefore`, `ExpiredBefore`.
    """
    key = await uow.keys.get(key_id)
    secret, digest = make_secret(key.kind)
    successor = key.rotate(
        successor_id=successor_id,
        digest=digest,
        hint=hint_of(secret),
        overlap=timedelta(hours=hours),
        at=at,
        by=by,
    )
    uow.keys.add(successor)
    uow.revoke(key_id, at)
    return successor, secret


async def revoke_key(uow: UnitOfWork, *, key_id: str, at: datetime) -> None:
    """Revoke a key for good, at once; repeating changes nothing."""
    key = await uow.keys.get(key_id)
    key.revoke(at)
    uow.revoke(key_id, at)
