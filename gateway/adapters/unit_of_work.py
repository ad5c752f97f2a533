"""The unit of work of the gateway: its repositories over the shared data structure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gateway.adapters.identity.account_rows import AccountRows, read_account
from gateway.adapters.identity.key_rows import KeyRows, read_key
from gateway.adapters.identity.session_rows import SessionRows
from gateway.adapters.tables import accounts, keys, revocations
from gateway.domain.identity.account import Account
from gateway.domain.identity.key import Key
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import OutboxWriter, Repository
from shared.database.unit_of_work.after_commit import AfterCommit
from shared.database.work import Put, Work


class GatewayUnitOfWork:
    """The repositories and queries that the use cases of the gateway share in one commit."""

    def __init__(self, reader: Reader, outbox: OutboxWriter, origin: Origin, forget: Callable[[str], object]) -> None:
        self._reader = reader
        self._outbox = outbox
        self._forget = forget
        self.origin = origin
        self.work = Work()
        self.accounts = Repository(reader, AccountRows())
        self.keys = Repository(reader, KeyRows())
        self.sessions = Repository(reader, SessionRows())
        self.after_commit = AfterCommit()
        self._repositories = (self.accounts, self.keys, self.sessions)
        self.parts = (*self._repositories, self.after_commit)

    async def account_with(self, email: str) -> Account | None:
        rows = await self._reader.load(accounts, "email", email)
        return read_account(rows[0]) if rows else None

    async def keys_named(self, name: str) -> Sequence[Key]:
        rows = await self._reader.load(keys, "name", name)
        return sorted(map(read_key, rows), key=lambda key: (key.created_at, key.id), reverse=True)

    def revoke(self, holder: str, at: datetime) -> None:
        self.work.writes.append(Put(revocations, {"holder": holder, "revoked_at": at}))
        self.after_commit(partial(self._forget, holder))

    def collect(self) -> Work:
        return self._outbox.collect(self.work, self.origin, self._repositories)


@dataclass(frozen=True, slots=True)
class GatewayUnits:
    """Begins units of work."""

    reader: Reader
    outbox: OutboxWriter
    forget: Callable[[str], object]
    """Drops what this process remembers of a revoked account, key or session."""

    def begin(self, origin: Origin) -> GatewayUnitOfWork:
        """A new unit of work."""
        return GatewayUnitOfWork(self.reader, self.outbox, origin, self.forget)
