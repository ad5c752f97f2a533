"""Maps a session to its table."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.adapters.tables import sessions
from gateway.domain.identity.session import Session
from shared.database.reader import Reader
from shared.database.work import Root, Write
from shared.kernel.principal import Kind


class SessionRows:
    thing = "session"

    async def load(self, reader: Reader, key: str) -> Session | None:
        rows = await reader.load(sessions, "id", key)
        return read_session(rows[0]) if rows else None

    def save(self, aggregate: Session) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "digest": aggregate.digest,
            "kind": aggregate.kind.value,
            "holder": aggregate.holder,
            "opened_by": aggregate.opened_by,
            "created_at": aggregate.created_at,
            "expires_at": aggregate.expires_at,
            "ended_at": aggregate.ended_at,
        }
        return Root(sessions, aggregate.id, aggregate.version, values), ()


def read_session(row: Mapping[str, Any]) -> Session:
    """The session in a row."""
    return Session(
        id=row["id"],
        digest=row["digest"],
        kind=Kind(row["kind"]),
        holder=row["holder"],
        opened_by=row["opened_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        version=row["version"],
        sequence=row["sequence"],
    )
