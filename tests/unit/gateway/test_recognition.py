"""How long somebody is believed: a minute, never beyond the end of her session, and not after a revocation (S-13)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.adapters.identity import recognition
from gateway.adapters.identity.recognition import LOOK_BACK, REMEMBERED_SECONDS, Recogniser
from gateway.application.ports import Recognised
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.loops import Heartbeat
from tests.support.fake_clock import FakeClock

AT = datetime(2027, 1, 5, 8, tzinfo=UTC)
WHO = Recognised(Principal(Kind.STAFF, "acc_1", frozenset({Role.AGENT})), "ses_1")
SECRET = "rs_" + "a" * 43


class Revoked:
    """A database of revocations only; then the round is over."""

    def __init__(self, *rows: tuple[str, datetime]) -> None:
        self._rows = rows

    async def rows(self, _: object, *, since: datetime) -> list[dict[str, Any]]:
        return [{"holder": holder, "revoked_at": at} for holder, at in self._rows if at > since]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    made = FakeClock()
    monkeypatch.setattr(recognition, "time", made)
    return made


def a_recogniser(*revoked: tuple[str, datetime]) -> Recogniser:
    reader: Any = Revoked(*revoked)
    secrets: Any = None
    return Recogniser(reader, secrets, lambda: AT)


@pytest.mark.parametrize(
    ("left", "life"),
    [(None, 60.0), (timedelta(hours=12), 60.0), (timedelta(seconds=61), 60.0), (timedelta(seconds=20), 20.0)],
)
def test_somebody_is_remembered_for_a_minute_and_not_beyond_her_session(
    clock: FakeClock, left: timedelta | None, life: float
) -> None:
    subject = a_recogniser()
    subject.remember(SECRET, WHO, ("ses_1", "acc_1"), None if left is None else AT + left)
    clock.seconds += life - 0.01
    assert subject.remembered(SECRET) is WHO
    clock.seconds += 0.01
    assert subject.remembered(SECRET) is None
    assert REMEMBERED_SECONDS == 60.0


def test_nobody_is_remembered_whose_session_is_over(clock: FakeClock) -> None:
    subject = a_recogniser()
    subject.remember(SECRET, WHO, ("ses_1",), AT)
    assert subject.remembered(SECRET) is None


@pytest.mark.parametrize("holder", ["ses_1", "acc_1"])
def test_a_revocation_of_any_holder_counts_at_once_and_for_what_was_found_before(clock: FakeClock, holder: str) -> None:
    """A session's, and its account's; another's is another's. What is found anew afterwards is believed."""
    subject = a_recogniser()
    subject.remember(SECRET, WHO, ("ses_1", "acc_1"), None)
    subject.forget("ses_2")
    assert subject.remembered(SECRET) is WHO
    subject.forget(holder)
    assert subject.remembered(SECRET) is None
    subject.remember(SECRET, WHO, ("ses_1", "acc_1"), None)
    assert subject.remembered(SECRET) is None
    clock.seconds += 0.001
    subject.remember(SECRET, WHO, ("ses_1", "acc_1"), None)
    assert subject.remembered(SECRET) is WHO


def test_the_memory_has_an_end(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "REMEMBERED", 3)
    subject = a_recogniser()
    for number in range(4):
        subject.remember(f"{SECRET}{number}", WHO, ("ses_1",), None)
    assert [subject.remembered(f"{SECRET}{number}") is WHO for number in range(4)] == [False, False, False, True]


async def test_what_another_process_has_revoked_is_read_once(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks of two machines may differ by some seconds; who signs in again is not thrown out a second time."""
    lately, long_ago = AT - LOOK_BACK / 2, AT - LOOK_BACK * 2
    subject = a_recogniser(("ses_1", lately), ("ses_2", long_ago))
    for number in (1, 2):
        subject.remember(f"{SECRET}{number}", WHO, (f"ses_{number}",), None)

    async def one_round() -> None:
        class Over(Exception):
            pass

        async def over(_: float) -> None:
            raise Over

        with monkeypatch.context() as round_:
            round_.setattr(asyncio, "sleep", over)
            with pytest.raises(Over):
                await subject.follow(Heartbeat(name="revocations"))

    await one_round()
    assert subject.remembered(f"{SECRET}1") is None
    assert subject.remembered(f"{SECRET}2") is WHO
    clock.seconds += 1
    subject.remember(f"{SECRET}1", WHO, ("ses_1",), None)
    await one_round()
    assert subject.remembered(f"{SECRET}1") is WHO
