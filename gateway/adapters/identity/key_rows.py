"""Maps a key to its table."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.adapters.tables import keys
from gateway.domain.identity.key import Key
from shared.database.reader import Reader
from shared.database.work import Root, Write
from shared.kernel.principal import Kind


class KeyRows:
    thing = "key"

    async def load(self, reader: Reader, key: str) -> Key | None:
        rows = await reader.load(keys, "id", key)
        return read_key(rows[0]) if rows else None

    def save(self, aggregate: Key) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "digest": aggregate.digest,
            "kind": aggregate.kind.value,
            "name": aggregate.name,
            "scopes": sorted(aggregate.scopes),
            "warehouse": aggregate.warehouse,
            "storefront": aggregate.storefront,
            "created_by": aggregate.created_by,
            "created_at": aggregate.created_at,
            "revoked_at": aggregate.revoked_at,
            "machine": aggregate.machine,
            "hint": aggregate.hint,
            "expires_at": aggregate.expires_at,
            "last_used_at": aggregate.last_used_at,
        }
        return Root(keys, aggregate.id, aggregate.version, values), ()


def read_key(row: Mapping[str, Any]) -> Key:
    """The key in a row."""
    return Key(
        id=row["id"],
        digest=row["digest"],
        kind=Kind(row["kind"]),
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        warehouse=row["warehouse"],
        storefront=row["storefront"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
        machine=row["machine"],
        hint=row["hint"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        version=row["version"],
        sequence=row["sequence"],
    )
