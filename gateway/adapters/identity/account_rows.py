"""Maps an account to its table."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.adapters.tables import accounts
from gateway.domain.identity.account import Account
from shared.database.reader import Reader
from shared.database.work import Root, Write
from shared.kernel.principal import Role


class AccountRows:
    thing = "account"

    async def load(self, reader: Reader, key: str) -> Account | None:
        rows = await reader.load(accounts, "id", key)
        return read_account(rows[0]) if rows else None

    def save(self, aggregate: Account) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "email": aggregate.email,
            "name": aggregate.name,
            "password_hash": aggregate.password_hash,
            "roles": sorted(aggregate.roles),
            "disabled": aggregate.disabled,
            "created_at": aggregate.created_at,
            "password_changed_at": aggregate.password_changed_at,
        }
        return Root(accounts, aggregate.id, aggregate.version, values), ()


def read_account(row: Mapping[str, Any]) -> Account:
    """The account in a row."""
    return Account(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        password_hash=row["password_hash"],
        roles=frozenset(map(Role, row["roles"])),
        created_at=row["created_at"],
        disabled=bool(row["disabled"]),
        password_changed_at=row["password_changed_at"],
        version=row["version"],
        sequence=row["sequence"],
    )
