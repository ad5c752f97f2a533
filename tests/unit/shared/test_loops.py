"""Loops outlive whatever happens to them, and say it so that weather can be told from a defect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.kernel.errors import Unavailable
from shared.runtime.loops import Heartbeat, Loops

Work = Callable[[Heartbeat], Awaitable[None]]


class Enough(BaseException):
    """Ends a loop from outside its work."""


class Pauses:
    """A sleep that takes no time, remembers how long it ought to have been, and wakes nobody after so many."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) == self.most:
            raise Enough


def failing(*errors: Exception) -> Work:
    """Work that raises one after the other, and the last one for ever."""
    left = list(errors)

    async def work(_: Heartbeat) -> None:
        raise left.pop(0) if len(left) > 1 else left[0]

    return work


async def run(work: Work, pauses: Pauses) -> tuple[list[Any], Heartbeat]:
    """Supervise it until the pauses end; what was logged, and its pulse."""
    loops = Loops(sleep=pauses)
    loops.add("a loop", work)
    heartbeat = loops.heartbeats["a loop"]
    with capture_logs() as said, pytest.raises(Enough):
        await loops._supervise(heartbeat, work)
    return list(said), heartbeat


async def test_weather_is_one_line_for_each_try_without_a_traceback() -> None:
    said, heartbeat = await run(failing(Unavailable("broker (refused)")), Pauses(3))
    assert said == [
        {"event": "loop_waits", "log_level": "warning", "loop": "a loop", "away": "broker (refused)", "delay_s": delay}
        for delay in (0.1, 0.2, 0.4)
    ]
    assert heartbeat.restarts == 3
    assert heartbeat.failing
    assert "broker (refused)" in (heartbeat.last_error or "")


async def test_a_defect_keeps_its_traceback_and_its_level() -> None:
    said, _ = await run(failing(RuntimeError("a defect")), Pauses(1))
    assert [(line["event"], line["log_level"]) for line in said] == [
        ("loop_failed", "error"),
        ("loop_restarts", "error"),
    ]
    assert said[0]["exc_info"] is True
    assert said[1]["reason"] == "RuntimeError: a defect"


async def test_weather_is_asked_about_every_two_seconds_and_a_defect_ever_less_often() -> None:
    weather = Pauses(8)
    await run(failing(Unavailable("broker")), weather)
    assert weather.seconds == [0.1, 0.2, 0.4, 0.8, 1.6, 2, 2, 2]
    defect = Pauses(9)
    await run(failing(RuntimeError()), defect)
    assert defect.seconds == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]


async def test_weather_after_a_defect_does_not_inherit_its_long_delay() -> None:
    pauses = Pauses(10)
    await run(failing(*[RuntimeError()] * 8, Unavailable("broker")), pauses)
    assert pauses.seconds[-3:] == [10, 2, 2]


def test_weather_names_its_cause_once_and_in_one_line() -> None:
    def caused(what: str, cause: Exception | None) -> Unavailable:
        error = Unavailable(what)
        error.__cause__ = cause
        return error

    assert caused("database", None).whole == "database"
    assert caused("database", OSError("refused\nand more")).whole == "database (OSError: refused)"
    assert caused("broker (OSError: refused)", OSError("refused")).whole == "broker (OSError: refused)"
    assert "refused" not in caused("database", OSError("refused")).say("en")


async def test_what_is_noted_at_the_end_is_still_committed() -> None:
    """The loop that was added first carries the others: it goes when they have gone."""
    loops = Loops()
    asked, answered, ended = asyncio.Event(), asyncio.Event(), []

    async def carrier(heartbeat: Heartbeat) -> None:
        await asked.wait()
        answered.set()
        await asyncio.Future()

    async def carried(heartbeat: Heartbeat) -> None:
        try:
            await asyncio.Future()
        finally:
            asked.set()
            await answered.wait()
            ended.append("noted")

    loops.add("carrier", carrier)
    loops.add("carried", carried)
    loops.start()
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await loops.stop()
    assert ended == ["noted"]
