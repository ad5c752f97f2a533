"""What administrators can look up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.identity.account import Account
from gateway.domain.identity.key import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused request; `times` counts equal ones within a moment."""

    id: str
    refused_at: datetime
    status: int
    code: str
    method: str
    path: str
    actor: str | None
    address: str
    request: str
    times: int


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refusals, newest first; `next` is where older ones begin."""

    items: Sequence[Refusal]
    next: str | None


class Queries(Protocol):
    """Reads from rows."""

    async def accounts(self) -> Sequence[Account]: ...
    async def account(self, account_id: str) -> Account: ...
    async def find_account(self, account_id: str) -> Account | None: ...
    async def keys(self) -> Sequence[Key]: ...
    async def find_key(self, key_id: str) -> Key | None: ...
    async def any_account(self) -> bool: ...
    async def refusals(self, before: str | None, limit: int) -> Refusals: ...
