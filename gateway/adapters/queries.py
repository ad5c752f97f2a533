"""Reads rows straight into the views of `application.queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from gateway.adapters.identity.account_rows import AccountRows, read_account
from gateway.adapters.identity.key_rows import KeyRows, read_key
from gateway.adapters.tables import accounts, keys, refusals
from gateway.application.queries import Refusal, Refusals
from gateway.domain.identity.account import Account
from gateway.domain.identity.key import Key
from shared.database.reader import Reader
from shared.kernel.errors import NotFound

_ACCOUNTS = select(accounts).order_by(accounts.c.id).limit(1000)
_ANY_ACCOUNT = select(accounts.c.id).limit(1)
_KEYS = select(keys).order_by(keys.c.id.desc()).limit(1000)
_REFUSALS = (
    select(refusals).where(refusals.c.id < bindparam("before")).order_by(refusals.c.id.desc()).limit(bindparam("limit"))
)
_AFTER_ALL: Final = "zzz"


@dataclass(frozen=True, slots=True)
class SqlQueries:
    reader: Reader

    async def accounts(self) -> Sequence[Account]:
        return [read_account(row) for row in await self.reader.rows(_ACCOUNTS)]

    async def find_account(self, account_id: str) -> Account | None:
        return await AccountRows().load(self.reader, account_id)

    async def account(self, account_id: str) -> Account:
        found = await self.find_account(account_id)
        if found is None:
            raise NotFound("account")
        return found

    async def any_account(self) -> bool:
        return bool(await self.reader.rows(_ANY_ACCOUNT))

    async def keys(self) -> Sequence[Key]:
        return [read_key(row) for row in await self.reader.rows(_KEYS)]

    async def find_key(self, key_id: str) -> Key | None:
        return await KeyRows().load(self.reader, key_id)

    async def refusals(self, before: str | None, limit: int) -> Refusals:
        rows = await self.reader.rows(_REFUSALS, before=before or _AFTER_ALL, limit=limit + 1)
        items = [Refusal(**row) for row in rows[:limit]]
        return Refusals(items, items[-1].id if len(rows) > limit else None)
