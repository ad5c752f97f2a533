"""When a loop that has failed counts as failing, and from when on no longer."""

import pytest

from shared.runtime import loops
from shared.runtime.loops import Heart
from tests.support.hand import Hand


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    made = Hand()
    monkeypatch.setattr(loops, "time", made)
    return made


@pytest.mark.parametrize(
    ("lasted", "sound_after"),
    [(0.0, 5.0), (30.0, 35.0), (60.0, 65.0), (3 * 86_400.0, 65.0)],
    ids=["at once", "half a minute", "a minute", "three days"],
)
def test_a_loop_fails_until_a_try_has_outlived_the_one_that_failed(
    hand: Hand, lasted: float, sound_after: float
) -> None:
    """I-17: whoever has mended the cause sees it soon, and a loop that fails every minute is never called sound."""
    heart = Heart("sweep", last_beat=hand.monotonic())
    heart.begin()
    seen = [heart.failing]
    hand.seconds += lasted
    assert heart.fail("Unavailable: gone") == lasted
    assert (heart.failing, heart.restarts, heart.last_error) == (True, 1, "Unavailable: gone")
    hand.seconds += 1000
    seen.append(heart.failing)
    heart.begin()
    hand.seconds += sound_after - 0.1
    seen.append(heart.failing)
    hand.seconds += 0.2
    seen.append(heart.failing)
    assert seen == [False, True, True, False]
