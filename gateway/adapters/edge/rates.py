"""Limits: a sliding minute for every request, a moving window for signing in (S-45).

The minute uses two dictionaries and no timer, because every request is counted. Signing in is rare and counted by
`limits`. Both are in memory, so each gateway process has its own quotas.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.domain.identity.unknown_caller import UnknownCaller
from shared.kernel.errors import TooManyRequests
from shared.kernel.principal import Kind, Principal

WINDOW_SECONDS: Final = 60.0
CALLERS: Final = 100_000
ACCOUNT_FROM_ADDRESS: Final = RateLimitItemPerMinute(10, 5)
ACCOUNT: Final = RateLimitItemPerMinute(100, 5)


class Minute:
    """Counts by caller over the last minute: this window's count, and the part of the last window that still counts."""

    def __init__(self) -> None:
        self._window = -1
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def take(self, caller: str, quota: int, amount: int = 1) -> tuple[int, int]:
        """The requests left, and the seconds until the window ends; `TooManyRequests` when none is left."""
        moment = time.monotonic() / WINDOW_SECONDS
        window = int(moment)
        if window != self._window:
            self._before = self._now if window == self._window + 1 else {}
            self._now = {}
            self._window = window
        passed = moment - window
        if len(self._now) >= CALLERS and caller not in self._now:
            caller = ""
        count = self._now.get(caller, 0)
        left = quota - count - int(self._before.get(caller, 0) * (1 - passed))
        seconds = int((1 - passed) * WINDOW_SECONDS) + 1
        if left < 1:
            raise TooManyRequests(seconds)
        if amount:
            self._now[caller] = count + amount
        return left - amount, seconds


class QuotaSpent(TooManyRequests):
    """The quota of a caller has nothing left; `left` are the headers that say so (Z34)."""

    def __init__(self, seconds: int, left: list[tuple[bytes, bytes]]) -> None:
        self.left = left
        super().__init__(seconds)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a kind of caller may send per minute, and the headers that say it."""

    amount: int
    name: bytes
    policy: tuple[bytes, bytes]

    @classmethod
    def of(cls, name: str, amount: int) -> "Quota":
        """A quota by this name."""
        quoted = f'"{name}"'.encode()
        return cls(amount, quoted, (b"ratelimit-policy", b"%b;q=%d;w=%d" % (quoted, amount, WINDOW_SECONDS)))

    def headers(self, left: int, seconds: int) -> list[tuple[bytes, bytes]]:
        """The headers that say how much is left, and for how long."""
        return [self.policy, (b"ratelimit", b"%b;r=%d;t=%d" % (self.name, left, seconds))]


class Rates:
    """The quota of every kind of caller."""

    def __init__(self, *, known: int, customer: int, anonymous: int) -> None:
        self._minute = Minute()
        other = Quota.of("caller", known)
        self._quotas = dict.fromkeys(Kind, other) | {Kind.CUSTOMER: Quota.of("customer", customer)}
        self._unknown = {purpose: Quota.of(purpose.value, anonymous) for purpose in UnknownCaller}

    def take(self, principal: Principal) -> list[tuple[bytes, bytes]]:
        """Count a known caller; the headers with the remaining quota. `QuotaSpent`."""
        return self._take(principal.id, self._quotas[principal.kind])

    def take_unknown(self, address: str, purpose: UnknownCaller) -> list[tuple[bytes, bytes]]:
        """Count a request of an unknown caller by address and purpose (Z37)."""
        return self._take(f"{purpose} {network(address)}", self._unknown[purpose])

    def look_unknown(self, address: str) -> None:
        """`QuotaSpent` when an address has sent too many unknown secrets; counts nothing."""
        purpose = UnknownCaller.UNRECOGNISED
        self._take(f"{purpose} {network(address)}", self._unknown[purpose], 0)

    def _take(self, caller: str, quota: Quota, amount: int = 1) -> list[tuple[bytes, bytes]]:
        try:
            left, seconds = self._minute.take(caller, quota.amount, amount)
        except TooManyRequests as spent:
            raise QuotaSpent(spent.seconds, quota.headers(0, spent.seconds)) from None
        return quota.headers(left, seconds)


class SignInAttempts:
    """Counts tries to sign in by account and address, by account, and by address."""

    def __init__(self, per_address: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_address = RateLimitItemPerMinute(per_address, 5)

    def try_account(self, email: str, address: str) -> None:
        near = network(address)
        for limit, names in (
            (self._per_address, ("address", near)),
            (ACCOUNT_FROM_ADDRESS, ("both", email, near)),
            (ACCOUNT, ("account", email)),
        ):
            if not self._limiter.hit(limit, *names):
                reset = self._limiter.get_window_stats(limit, *names).reset_time
                raise TooManyRequests(max(1, int(reset - time.time()) + 1))

    def forget(self, email: str, address: str) -> None:
        self._limiter.clear(ACCOUNT_FROM_ADDRESS, "both", email, network(address))
        self._limiter.clear(ACCOUNT, "account", email)


@lru_cache(maxsize=10_000)
def network(address: str) -> str:
    """An address as it is counted: IPv6 by its /64, because one client can have many addresses of it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return address
