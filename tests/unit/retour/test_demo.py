"""The demo's player: it says what it waits for, and a story that is stuck keeps no other from being told."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from retour.demo import player, scene
from retour.demo.cast import Cast, Slow, Told
from retour.demo.stories import STORIES
from retour.exit_status import ExitStatus, Trouble
from retour.hosting.data_folder import Administrator
from shared.kernel.errors import Said


class NoKeys:
    async def delete(self, path: str) -> None:
        assert path.startswith("/v1/keys/")


def a_cast(*_: object) -> Cast:
    nobody: Any = NoKeys()
    return Cast(
        anonymous=nobody,
        admin=nobody,
        agent=nobody,
        shop=nobody,
        scanner=nobody,
        run=1,
        keys=["key_1"],
        slow=Slow(Console(file=StringIO()), "en"),
    )


def written(console: Console) -> str:
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


async def test_a_long_wait_is_said_and_one_in_vain_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(scene, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(scene, "PAUSE_SECONDS", 0.001)
    console = Console(file=StringIO(), width=200)

    async def never() -> bool:
        return False

    with pytest.raises(Trouble, match="DEMO-001-03: approved, not closed") as trouble:
        await scene._until(never, lambda: "DEMO-001-03: approved, not closed", Slow(console, "zh-CN"))
    assert trouble.value.ending is ExitStatus.WRONG
    assert "演示已等待 0 秒：DEMO-001-03: approved, not closed" in written(console)


async def test_a_stuck_story_is_shown_beside_those_that_went_well(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = Trouble(Said("stuck in the warehouse", "卡在仓库"), ExitStatus.WRONG)

    async def tell(_: object, number: int, told: Told) -> None:
        told.status = "approved" if number == 3 else told.story.ends
        if number == 3:
            raise stuck

    async def nothing(*_: object) -> None:
        return None

    async def gather(*_: object) -> Cast:
        return a_cast()

    monkeypatch.setattr(player, "gather", gather)
    monkeypatch.setattr(player, "play_story", tell)
    monkeypatch.setattr(player, "scan_unknown", nothing)
    monkeypatch.setattr(player, "count_messages", nothing)
    console = Console(file=StringIO(), width=300)
    who = Administrator("admin@retour.example", "secret")
    assert not await player.play("http://127.0.0.1:1", who, console, "en")
    shown = written(console)
    assert all(story.who.name in shown for story in STORIES)
    assert "approved ≠ closed" in shown
    assert shown.count("≠") == 1
    assert "stuck in the warehouse" in shown
    assert "`retour doctor`" in shown
