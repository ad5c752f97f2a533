"""The row of a published policy: the text as sent, and the columns for lists."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service_requests.adapters.tables import policies
from service_requests.domain.policy.publication import Publication
from shared.database.reader import Reader
from shared.database.work import Root, Write


class PublicationRows:
    thing = "policy"

    async def load(self, reader: Reader, key: str) -> Publication | None:
        rows = await reader.load(policies, "id", key)
        return read(rows[0]) if rows else None

    def save(self, aggregate: Publication) -> tuple[Root, Sequence[Write]]:
        until = aggregate.effective_until
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "document": aggregate.document,
            "sha256": aggregate.sha256,
            "effective_from": aggregate.effective_from.isoformat(),
            "effective_until": until.isoformat() if until is not None else None,
            "published_at": aggregate.published_at,
            "published_by": aggregate.published_by,
        }
        return Root(policies, aggregate.id, aggregate.version, values), ()


def read(row: Mapping[str, Any]) -> Publication:
    """The publication of a row."""
    until = row["effective_until"]
    return Publication(
        id=row["id"],
        document=row["document"],
        sha256=row["sha256"],
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_until=date.fromisoformat(until) if until is not None else None,
        published_at=row["published_at"],
        published_by=row["published_by"],
        version=row["version"],
        sequence=row["sequence"],
    )
