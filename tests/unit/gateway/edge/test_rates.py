"""How much is too much: sliding minute, IPv6 by network, and nothing to gain by changing one's looks (S-25, S-45)."""

import pytest
import time_machine

from gateway.adapters.edge import rates
from gateway.adapters.edge.incoming_request import incoming_request
from gateway.adapters.edge.rates import Minute, Rates, SignInAttempts, network
from gateway.domain.identity.unknown_caller import UnknownCaller
from shared.kernel.errors import TooManyRequests
from shared.kernel.principal import Kind, Principal, Role
from tests.support.fake_clock import FakeClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of the counters."""
    made = FakeClock()
    monkeypatch.setattr(rates, "time", made)
    return made


def test_a_minute_gives_what_was_agreed_and_no_more(clock: FakeClock) -> None:
    """429 says how long to wait."""
    minute = Minute()
    assert [minute.take("a", 3)[0] for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooManyRequests) as raised:
        minute.take("a", 3)
    assert 0 < raised.value.seconds <= 61
    assert minute.take("b", 3)[0] == 2


def test_a_burst_at_the_edge_of_two_windows_is_not_twice_the_share(clock: FakeClock) -> None:
    """S-45: what was used a moment ago still counts."""
    minute = Minute()
    clock.seconds += 59
    for _ in range(100):
        minute.take("a", 100)
    clock.seconds += 2
    assert minute.take("a", 100)[0] <= 1
    minute.take("a", 100)
    with pytest.raises(TooManyRequests):
        minute.take("a", 100)
    clock.seconds += 120
    assert minute.take("a", 100)[0] == 99


def test_looking_takes_nothing(clock: FakeClock) -> None:
    """An address is looked at before each unknown token and charged only for bad ones."""
    limits = Rates(known=10, customer=10, anonymous=2)
    for _ in range(10):
        limits.look_unknown("203.0.113.7")
    limits.take_unknown("203.0.113.7", UnknownCaller.UNRECOGNISED)
    limits.take_unknown("203.0.113.7", UnknownCaller.UNRECOGNISED)
    with pytest.raises(TooManyRequests):
        limits.look_unknown("203.0.113.7")


@pytest.mark.parametrize("spent", UnknownCaller)
def test_z37_what_an_unknown_caller_wants_has_its_own_share(clock: FakeClock, spent: UnknownCaller) -> None:
    """Z37: who reads, who sends unknown secrets and who signs in from one address do not use up each other's minute."""
    limits = Rates(known=10, customer=10, anonymous=3)
    for left in (2, 1, 0):
        told = limits.take_unknown("203.0.113.7", spent)
        assert told[1] == (b"ratelimit", b'"%b";r=%d;t=61' % (spent.encode(), left))
    with pytest.raises(TooManyRequests):
        limits.take_unknown("203.0.113.7", spent)
    for other in UnknownCaller:
        if other is not spent:
            limits.take_unknown("203.0.113.7", other)
    if spent is not UnknownCaller.UNRECOGNISED:
        limits.look_unknown("203.0.113.7")
    limits.take_unknown("203.0.113.8", spent)


def test_each_sort_of_caller_has_its_own_share(clock: FakeClock) -> None:
    """The headers say which, how much is left and until when."""
    limits = Rates(known=1000, customer=10, anonymous=5)
    customer = Principal(Kind.CUSTOMER, "c", frozenset({Role.CUSTOMER}))
    system = Principal(Kind.SYSTEM, "k")
    assert limits.take(customer) == [
        (b"ratelimit-policy", b'"customer";q=10;w=60'),
        (b"ratelimit", b'"customer";r=9;t=61'),
    ]
    assert limits.take(system)[0] == (b"ratelimit-policy", b'"caller";q=1000;w=60')


def test_too_many_different_callers_share_one_count(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory has an end."""
    monkeypatch.setattr(rates, "CALLERS", 3)
    minute = Minute()
    for caller in "abc":
        minute.take(caller, 5)
    assert [minute.take(caller, 5)[0] for caller in "defg"] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_address_is_counted_by_its_network(address: str, counted: str) -> None:
    """S-45: a /64 belongs to one subscriber."""
    assert network(address) == counted


def test_an_account_is_tried_ten_times_from_one_network() -> None:
    """S-42; who signs in is not held to his typing errors."""
    attempts = SignInAttempts(per_address=1000)
    with time_machine.travel("2027-01-05T08:00:00Z", tick=False):
        for _ in range(9):
            attempts.try_account("a@x", "2001:db8::1")
        attempts.forget("a@x", "2001:db8::2")
        for _ in range(10):
            attempts.try_account("a@x", "2001:db8::3")
        with pytest.raises(TooManyRequests):
            attempts.try_account("a@x", "2001:db8::4")
        attempts.try_account("a@x", "198.51.100.1")
        attempts.try_account("b@x", "2001:db8::4")


def test_one_address_does_not_try_every_account() -> None:
    """S-42: spraying is counted by address."""
    attempts = SignInAttempts(per_address=20)
    with time_machine.travel("2027-01-05T08:00:00Z", tick=False):
        for number in range(20):
            attempts.try_account(f"{number}@x", "198.51.100.1")
        with pytest.raises(TooManyRequests):
            attempts.try_account("z@x", "198.51.100.1")


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, b"127.0.0.1", "203.0.113.7"),
        (1, b"127.0.0.1, 198.51.100.9", "198.51.100.9"),
        (2, b"6.6.6.6, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (1, b", ".join([b"6.6.6.6"] * 199 + [b"198.51.100.9"]), "198.51.100.9"),
        (1, None, "203.0.113.7"),
    ],
)
def test_only_the_hops_we_trust_say_where_somebody_is_from(hops: int, forwarded: bytes | None, address: str) -> None:
    """S-25: what a caller writes himself is left of what our proxies write."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded)]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.7", 1),
    }
    assert incoming_request(scope, hops).address == address
