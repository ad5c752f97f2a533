"""Recognises callers by their token or key, from memory for at most a minute; each hit checks for a revocation (S-13).

A revocation in this process counts at once. A revocation in another process counts within two seconds, and after a
minute in any case, because nothing is remembered longer.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select

from gateway.adapters.identity.account_rows import AccountRows
from gateway.adapters.identity.key_rows import KeyRows, read_key
from gateway.adapters.identity.session_rows import read_session
from gateway.adapters.tables import keys, revocations, sessions
from gateway.application.ports import Recognised, Secrets
from gateway.domain.identity.key import Key
from gateway.domain.identity.session import Session, earlier
from shared.database.reader import Reader
from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat

SECRET: Final = re.compile(r"(rk|dk|rs|rc)_[A-Za-z0-9_-]{43}", re.ASCII)
REMEMBERED_SECONDS: Final = 60.0
REMEMBERED: Final = 20_000
GOOD: Final = 100_000
"""How many secrets are kept that were good when they were last looked up, or were just given out."""
LOOK_SECONDS: Final = 2.0
LOOK_BACK: Final = timedelta(seconds=150)
CUSTOMER: Final = frozenset({Role.CUSTOMER})

_REVOKED = select(revocations).where(revocations.c.revoked_at > bindparam("since"))


@dataclass(frozen=True, slots=True)
class _Known:
    """A recognised caller, when that was found, how long it is valid, and whose revocation ends it."""

    who: Recognised
    found_at: float
    until: float
    holders: tuple[str, ...]


def _nobody_asks(_key_id: str, _at: datetime) -> None:
    """Where nobody asks when a key was used."""


class Recogniser:
    """See the module. `used` is told of each key that was looked up and is good, so at least once in the minutes in
    which the key is used; a request that is recognised from memory costs nothing.
    """

    def __init__(
        self, reader: Reader, secrets: Secrets, clock: Clock, used: Callable[[str, datetime], None] = _nobody_asks
    ) -> None:
        self._reader = reader
        self._used = used
        self._secrets = secrets
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._good: dict[str, None] = {}
        self._revoked: dict[str, float] = {}
        self._seen_revocations: dict[str, datetime] = {}

    def remembered(self, secret: str) -> Recognised | None:
        """The caller, from memory; None when the database must be asked."""
        known = self._known.get(secret)
        if known is None:
            return None
        if known.until > time.monotonic() and not self._is_revoked(known):
            return known.who
        del self._known[secret]
        return None

    def expect(self, secret: str) -> None:
        """This secret was given out just now."""
        if len(self._good) >= GOOD:
            self._good.clear()
        self._good[secret] = None

    def is_expected(self, secret: str) -> bool:
        """Whether this secret was good before, so that it may be looked up however many unknown ones its address sent
        (Z37).
        """
        return secret in self._good

    async def recognise(self, secret: str) -> Recognised:
        who = self.remembered(secret)
        if who is not None:
            return who
        form = SECRET.fullmatch(secret)
        if form is None:
            raise Unauthenticated
        started = time.monotonic()
        find = self._by_key if form[1] in ("rk", "dk") else self._by_session
        try:
            who, holders, expires = await find(self._secrets.digest(secret))
        except Unauthenticated:
            self._good.pop(secret, None)
            raise
        self.expect(secret)
        self._remember(secret, who, holders, expires, started)
        return who

    def remember(self, secret: str, who: Recognised, holders: Sequence[str], expires: datetime | None) -> None:
        self._remember(secret, who, holders, expires, time.monotonic())

    def _remember(
        self, secret: str, who: Recognised, holders: Sequence[str], expires: datetime | None, found_at: float
    ) -> None:
        """Remember the caller for a minute, but not beyond `expires`."""
        life = REMEMBERED_SECONDS
        if expires is not None:
            life = min(life, (expires - self._clock()).total_seconds())
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[secret] = _Known(who, found_at, found_at + life, tuple(holders))

    def forget(self, holder: str) -> None:
        """Forget everything that was found for this account, key or session."""
        self._revoked[holder] = time.monotonic()

    async def follow(self, heartbeat: Heartbeat) -> None:
        """Read revocations of other processes, without end."""
        while True:
            heartbeat.beat()
            now = self._clock()
            for row in await self._reader.rows(_REVOKED, since=now - LOOK_BACK):
                if self._seen_revocations.get(row["holder"]) != row["revoked_at"]:
                    self._seen_revocations[row["holder"]] = row["revoked_at"]
                    self.forget(row["holder"])
            self._tidy(now)
            await asyncio.sleep(LOOK_SECONDS)

    def _tidy(self, now: datetime) -> None:
        """Remove revocations that are older than everything remembered."""
        old = time.monotonic() - 2 * REMEMBERED_SECONDS
        self._revoked = {holder: at for holder, at in self._revoked.items() if at > old}
        self._seen_revocations = {
            holder: at for holder, at in self._seen_revocations.items() if at > now - 2 * LOOK_BACK
        }

    def _is_revoked(self, known: _Known) -> bool:
        return any(self._revoked.get(holder, -1.0) >= known.found_at for holder in known.holders)

    async def _by_key(self, digest: str) -> tuple[Recognised, Sequence[str], datetime | None]:
        rows = await self._reader.load(keys, "digest", digest)
        key = read_key(rows[0]) if rows else None
        now = self._clock()
        if key is None or not key.good(now):
            raise Unauthenticated
        self._used(key.id, now)
        return Recognised(key.principal, key.id, key.expires_at), (key.id,), key.expires_at

    async def _by_session(self, digest: str) -> tuple[Recognised, Sequence[str], datetime]:
        rows = await self._reader.load(sessions, "digest", digest)
        session = read_session(rows[0]) if rows else None
        if session is None or not session.good(self._clock()):
            raise Unauthenticated
        if session.kind is Kind.CUSTOMER:
            vouching = await self._vouching(session)
            expires = earlier(session.expires_at, *(key.expires_at for key in vouching[-1:]))
            holders = (session.id, *(key.id for key in vouching))
            return Recognised(customer(session.holder), session.id), holders, expires
        principal, holder = await self._signed_in(session)
        return Recognised(principal, session.id), (session.id, holder), session.expires_at

    async def _signed_in(self, session: Session) -> tuple[Principal, str]:
        account = await AccountRows().load(self._reader, session.holder)
        if account is None or account.ends(session.created_at):
            raise Unauthenticated
        return account.principal, account.id

    async def _vouching(self, session: Session) -> Sequence[Key]:
        """The key that asked for a customer's token, and where this key has expired a good key of the same machine.

        A revoked key takes its tokens along, because it may have been stolen. An expired one was rotated: its tokens
        are valid as long as the storefront has another key with which it could ask for them.
        """
        key = await KeyRows().load(self._reader, session.opened_by.partition(":")[2])
        if key is None or key.revoked_at is not None:
            raise Unauthenticated
        now = self._clock()
        if key.good(now):
            return (key,)
        for row in await self._reader.load(keys, "name", key.name):
            other = read_key(row)
            if other.holder == key.holder and other.vouches and other.good(now):
                return key, other
        raise Unauthenticated


def customer(customer_id: str) -> Principal:
    """A customer in the form that services get."""
    return Principal(Kind.CUSTOMER, customer_id, CUSTOMER)
