"""What the command shows in tables can be read, and its ids copied, on a terminal of eighty columns."""

from io import StringIO

import pytest
from rich.console import Console

from retour.demo import player
from retour.demo.cast import Told
from retour.demo.stories import STORIES
from retour.operating import dead_letters
from shared.kernel.errors import Language

EVENT = "evt_01K9ZXC03Y5V0C4J9W1K3M5P7Q"
CONSUMER = "notifications.follow-inspection"
WHY = "A rule said no [really], and this sentence about it is longer than a line of eighty columns can be."


def on_eighty() -> Console:
    return Console(file=StringIO(), width=80)


def lines_of(console: Console) -> list[str]:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_demo_is_told_without_breaking_a_word(language: Language) -> None:
    told = [Told(story=story) for story in STORIES]
    for each in told:
        each.rma, each.status, each.refund = "RT-4F7K-92QX-C", each.story.ends, "USD 1402.92"
    console = on_eighty()
    player.show(told, console, language)
    shown = lines_of(console)
    for story in STORIES:
        assert any(story.who.name in line for line in shown)
        if language == "en":
            words = {word for line in shown for word in line.split()}
            assert set(story.what.en.split()) <= words, story.what.en
    assert sum("RT-4F7K-92QX-C" in line and "USD 1402.92" in line for line in shown) == len(STORIES)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_parked_events_id_is_whole_on_one_line(language: Language) -> None:
    letter = {"id": EVENT, "consumer": CONSUMER, "type": "inspection.questioned.v1", "state": "dead", "attempts": 16,
              "parked_at": "2026-11-24T10:31:02.123456Z", "reason": "rule:no", "detail": WHY}  # fmt: skip
    act = {"at": "2026-11-24T10:31:02Z", "by": "staff:acc_1", "act": "discard", "event_id": EVENT,
           "consumer": CONSUMER, "why": WHY}  # fmt: skip
    console = on_eighty()
    dead_letters.show_all([letter], console, language, as_json=False)
    dead_letters.show_acts([act], console, language, as_json=False)
    shown = lines_of(console)
    assert sum(line.split()[0] == EVENT for line in shown if line.strip()) == 2
    assert sum(line.split()[0] == CONSUMER for line in shown if line.strip()) == 2
    assert "[really]" in " ".join(shown)
    assert "2026-11-24T10:31:02" in " ".join(shown)
