"""When a loop that has failed counts as failing, and from when on no longer."""

import pytest

from shared.runtime import loops
from shared.runtime.loops import Heartbeat
from tests.support.fake_clock import FakeClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    made = FakeClock()
    monkeypatch.setattr(loops, "time", made)
    return made


@pytest.mark.parametrize(
    ("lasted", "sound_after"),
    [(0.0, 5.0), (2.0, 7.0), (4.5, 9.5)],
    ids=["at once", "two seconds", "four and a half"],
)
def test_a_loop_fails_until_a_try_has_outlived_the_one_that_failed(
    clock: FakeClock, lasted: float, sound_after: float
) -> None:
    """I-17: whoever has mended the cause sees it soon, and a loop that fails every minute is never called sound."""
    heartbeat = Heartbeat(name="sweep", last_beat=clock.monotonic())
    heartbeat.begin()
    seen = [heartbeat.failing]
    heartbeat.fail("Unavailable: gone")
    heartbeat.begin()
    clock.seconds += lasted
    assert heartbeat.fail("Unavailable: gone") == lasted
    assert (heartbeat.failing, heartbeat.restarts, heartbeat.last_error) == (True, 2, "Unavailable: gone")
    clock.seconds += 1000
    seen.append(heartbeat.failing)
    heartbeat.begin()
    clock.seconds += sound_after - 0.1
    seen.append(heartbeat.failing)
    clock.seconds += 0.2
    seen.append(heartbeat.failing)
    assert seen == [False, True, True, False]


@pytest.mark.parametrize("lasted", [0.0, 30.0, 3 * 86_400.0], ids=["at once", "half a minute", "three days"])
def test_one_hiccup_is_over_after_a_few_seconds(clock: FakeClock, lasted: float) -> None:
    """However long all was well before: an operator who looks a minute later must not be sent to look for a cause."""
    heartbeat = Heartbeat(name="relay", last_beat=clock.monotonic())
    heartbeat.begin()
    clock.seconds += lasted
    heartbeat.fail("Unavailable: database")
    assert heartbeat.failing
    heartbeat.begin()
    clock.seconds += 4.9
    assert heartbeat.failing
    clock.seconds += 0.2
    assert not heartbeat.failing


def test_a_loop_that_fails_every_minute_is_never_called_sound_again(clock: FakeClock) -> None:
    """I-17: from its second failure on, until a try has lasted longer than the one before."""
    heartbeat = Heartbeat(name="sweep", last_beat=clock.monotonic())
    for failures in range(4):
        heartbeat.begin()
        seen = []
        for _ in range(6):
            clock.seconds += 10
            seen.append(heartbeat.failing)
        assert seen == ([True] * 6 if failures > 1 else [False] * 6)
        heartbeat.fail("TimeoutError")
    heartbeat.begin()
    clock.seconds += 66
    assert not heartbeat.failing
    clock.seconds += 3600
    heartbeat.fail("TimeoutError")
    assert heartbeat.in_a_row == 1
