"""Loops outlive whatever happens to them, and say it so that an outage can be told from a defect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.kernel.errors import Unavailable
from shared.runtime import loops as subject
from shared.runtime.loops import Heartbeat, Loops, wait_for
from tests.support.fake_clock import FakeClock
from tests.support.waiting import eventually

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


async def test_an_outage_is_one_line_for_each_try_without_a_traceback() -> None:
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
    pauses = Pauses(8)
    await run(failing(Unavailable("broker")), pauses)
    assert pauses.seconds == [0.1, 0.2, 0.4, 0.8, 1.6, 2, 2, 2]
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
    async with asyncio.timeout(60):
        await loops.stop()
    assert ended == ["noted"]


async def test_a_loop_that_returns_or_that_a_library_cancels_begins_again() -> None:
    """aio-pika raises CancelledError when a confirmation never comes; nobody has cancelled the task."""
    rounds: list[int] = []

    async def work(_: Heartbeat) -> None:
        rounds.append(len(rounds))
        if len(rounds) == 2:
            raise asyncio.CancelledError

    said, heartbeat = await run(work, Pauses(3))
    assert rounds == [0, 1, 2]
    assert [line["reason"] for line in said] == [
        "the loop returned", "CancelledError that nobody asked for", "the loop returned",
    ]  # fmt: skip
    assert heartbeat.restarts == 3


@pytest.mark.parametrize(
    ("lasted", "pauses"), [(9.0, [0.1, 0.2, 0.4, 0.8]), (10.5, [0.1, 0.2, 0.1, 0.2])], ids=["short", "long"]
)
async def test_after_a_long_good_time_the_first_pause_is_short_again(
    monkeypatch: pytest.MonkeyPatch, lasted: float, pauses: list[float]
) -> None:
    clock = FakeClock()
    monkeypatch.setattr(subject, "time", clock)
    tries = 0

    async def work(_: Heartbeat) -> None:
        nonlocal tries
        tries += 1
        clock.seconds += lasted if tries == 3 else 0
        raise RuntimeError

    slept = Pauses(4)
    await run(work, slept)
    assert slept.seconds == pauses


async def test_a_loop_that_hangs_or_has_ended_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr(subject, "time", clock)
    loops = Loops()

    async def sit(heartbeat: Heartbeat) -> None:
        await asyncio.Future()

    loops.add("quick", sit, stale_after=10)
    loops.add("slow", sit, stale_after=60)
    for heartbeat in loops.heartbeats.values():
        heartbeat.beat()
    loops.start()
    await asyncio.sleep(0)
    clock.seconds += 9
    seen = [loops.alive]
    clock.seconds += 1
    assert [heartbeat.alive for heartbeat in loops.heartbeats.values()] == [False, True]
    seen.append(loops.alive)
    loops.heartbeats["quick"].beat()
    seen.append(loops.alive)
    loops._tasks[1].cancel()
    await asyncio.wait(loops._tasks[1:])
    seen.append(loops.alive)
    assert seen == [True, False, True, False]
    await loops.stop()


async def test_loops_that_are_left_to_another_process_do_not_run_here() -> None:
    ran: list[str] = []
    loops = Loops()
    for name in ("commit", "relay", "sweep"):

        async def work(heartbeat: Heartbeat) -> None:
            ran.append(heartbeat.name)
            await asyncio.Future()

        loops.add(name, work)
    loops.keep_only("commit")
    loops.start()
    await asyncio.sleep(0)
    await loops.stop()
    assert (ran, [*loops.heartbeats]) == (["commit"], ["commit"])


async def test_a_wake_up_counts_once_and_without_one_the_time_is_over() -> None:
    signal = asyncio.Event()
    signal.set()
    async with asyncio.timeout(60):
        await wait_for(signal, 3600)
        assert not signal.is_set()
        await wait_for(signal, 0.001)
    waiting = asyncio.create_task(wait_for(signal, 3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    signal.set()

    async def woken() -> bool:
        return waiting.done()

    await eventually(woken)
    assert not signal.is_set()
