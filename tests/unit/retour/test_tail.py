"""One line for each event."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, Self

import pytest
from rich.console import Console

from retour.access import Access
from retour.exit_status import ExitStatus, Trouble
from retour.hosting.data_folder import Administrator
from retour.operating import events_tail as subject
from retour.operating.events_tail import NOTHING_CAME, NOTHING_YET, Shown, of_broker, of_feed, summary
from shared.messaging.broker_topology import BrokerNames
from tests.support.fake_sleep import FakeSleep

EVENT = {
    "type": "refund.settled.v1",
    "time": "2026-11-24T09:30:00.123456Z",
    "subject": "rfd_1",
    "sequence": 2,
    "correlationid": "ret_1",
    "data": {"amount": {"amount_minor": 12345, "currency": "EUR"}, "return_id": "ret_1"},
}


def test_a_summary_names_type_subject_return_and_amount() -> None:
    said = summary(EVENT).plain
    for part in ("refund.settled.v1", "rfd_1#2", "(ret_1)", "EUR 123.45"):
        assert part in said


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [
        ("*", True),
        ("refund.*", True),
        ("refund.settled", True),
        ("refund.settled.v1", True),
        ("*.settled", True),
        ("return.*", False),
        ("refund.settled.v2", False),
    ],
)
def test_a_pattern_takes_the_type_with_or_without_its_version(pattern: str, seen: bool) -> None:
    paper = io.StringIO()
    Shown(pattern, Console(file=paper), as_json=False).show(EVENT)
    assert bool(paper.getvalue()) is seen


def test_an_empty_screen_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Q01: nothing came, nothing fitted, or something was printed and there is nothing to explain."""
    shown = Shown("return.*", Console(file=io.StringIO()), as_json=True)
    assert "2 seconds" in str(shown.why_nothing("en", NOTHING_CAME))
    assert str(shown.why_nothing("zh-CN", NOTHING_YET)) == NOTHING_YET.zh
    shown.show(EVENT)
    assert shown.why_nothing("en", NOTHING_CAME) == "None of 1 events is of a type like return.*."
    shown.show({"type": "return.closed.v1"})
    assert shown.why_nothing("en", NOTHING_CAME) is None
    assert capsys.readouterr().out.count("\n") == 1


async def test_a_broker_that_does_not_answer_is_no_broker_without_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a connection in vain is trouble; waiting for an event in vain is not."""

    async def never(*_arguments: object, **_more: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("retour.operating.events_tail.open_connection", never)
    with pytest.raises(Trouble, match=r"broker at mq\.example.* cannot be used") as trouble:
        await of_broker("amqp://u:secret@mq.example/x", Shown("*", Console(), as_json=True), follow=False)
    assert trouble.value.ending is ExitStatus.AWAY
    assert "secret" not in str(trouble.value)


class Leaving:
    """A broker that goes while we listen: every part of it is this, and what arrives is the end."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def itself(self, *_arguments: object, **_more: object) -> Self:
        return self

    channel = declare_queue = get_exchange = bind = itself

    def iterator(self, **_: object) -> Self:
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        raise StopAsyncIteration


@pytest.mark.parametrize("follow", [True, False])
async def test_a_broker_that_goes_while_it_is_followed_is_no_good_end(
    monkeypatch: pytest.MonkeyPatch, *, follow: bool
) -> None:
    """Q01: a script that watches events would take silence for peace."""
    monkeypatch.setattr("retour.operating.events_tail.open_connection", Leaving().itself)
    with pytest.raises(Trouble, match="has closed the connection") as trouble:
        await of_broker("amqp://u:secret@mq.example/x", Shown("*", Console(), as_json=True), follow=follow)
    assert trouble.value.ending is ExitStatus.AWAY


@pytest.mark.parametrize("url", ["amqp://u:secret@mq.example:port/x", "amqp://u:secret@[::1/x"])
async def test_what_is_no_address_of_a_broker_is_said_without_its_secret(url: str) -> None:
    with pytest.raises(Trouble) as trouble:
        await of_broker(url, Shown("*", Console(), as_json=True), follow=False)
    assert trouble.value.ending is ExitStatus.SETTINGS
    assert "secret" not in str(trouble.value)


def test_an_event_of_an_unknown_form_is_shown_too() -> None:
    assert summary({}).plain.split() == ["?", "?#?"]


def test_a_summary_is_whole() -> None:
    """Q01: every fact worth a word, in their order; what is None or unknown says nothing."""
    data = {
        "code": "c",
        "channel": "email",
        "kind": "k",
        "tracking_number": "JD1",
        "carrier": "dhl",
        "automatic": False,
        "complete": True,
        "amount": {"amount_minor": 5, "currency": "JPY"},
        "outcome": "o",
        "rma": "RT-1",
        "units": ["u1"],
    }
    shown = summary({**EVENT, "type": "return.closed.v1", "correlationid": "rfd_1", "data": data})
    assert shown.plain == (
        "2026-11-24T09:30:00.123 return.closed.v1           rfd_1#2 "
        "rma=RT-1 outcome=o amount=JPY 5 complete=true automatic=false carrier=dhl tracking_number=JD1 kind=k "
        "channel=email code=c"
    )
    assert "rma=" not in summary({**EVENT, "data": {"rma": None}}).plain
    assert "(" not in summary({**EVENT, "correlationid": None}).plain


@pytest.mark.parametrize(
    ("type_", "colour"),
    [
        ("order.imported.v1", "blue"),
        ("return.closed.v1", "cyan"),
        ("inspection.completed.v1", "magenta"),
        ("refund.settled.v1", "green"),
        ("message.sent.v1", "yellow"),
        ("unreadable", "red"),
    ],
)
def test_each_noun_has_its_colour_and_what_nobody_knows_is_red(type_: str, colour: str) -> None:
    styles = [str(span.style) for span in summary({**EVENT, "type": type_}).spans]
    assert styles == ["dim", colour, "dim"]


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (b'{"type": "order.imported.v1"}', {"type": "order.imported.v1"}),
        (b"[1]", {"type": "unreadable", "subject": "[1]"}),
        (b"\xff{", {"type": "unreadable", "subject": "\ufffd{"}),
        (b"x" * 81, {"type": "unreadable", "subject": "x" * 80}),
    ],
)
def test_what_is_no_event_is_shown_as_it_is(body: bytes, event: dict[str, Any]) -> None:
    assert subject._event(body) == event


class Broker:
    """A broker with two messages, which notes what it is asked; it stands for each of its own parts."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []

    async def open(self, url: str, *, name: str) -> Self:
        self.asked.append((url, name))
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    async def channel(self) -> Self:
        return self

    async def declare_queue(self, name: str, **but: bool) -> Self:
        self.asked.append((name.rpartition(".")[0], but))
        return self

    async def get_exchange(self, name: str, *, ensure: bool) -> str:
        self.asked.append((name, ensure))
        return name

    async def bind(self, exchange: str, key: str) -> None:
        self.asked.append((exchange, key))

    def iterator(self, *, no_ack: bool, timeout: float | None) -> Self:
        self.asked.append(("no_ack", no_ack))
        self.asked.append(("timeout", timeout))
        return self

    async def __aiter__(self) -> AsyncIterator[Any]:
        for number in (1, 2):
            yield SimpleNamespace(body=json.dumps({"type": "order.imported.v1", "n": number}).encode())
        raise TimeoutError


@pytest.mark.parametrize(("follow", "patience"), [(True, None), (False, 2.0)])
async def test_events_of_a_broker_are_seen_from_now_on_by_a_queue_that_goes_with_us(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], follow: bool, patience: float | None
) -> None:
    """Q01: no consumer loses a message to it, and silence ends it only if nobody follows."""
    broker = Broker()
    monkeypatch.setattr(subject, "open_connection", broker.open)
    url = "amqp://u:secret@mq.example/x"
    await of_broker(url, Shown("*", Console(), as_json=True), follow=follow, prefix="shop")
    assert [json.loads(line)["n"] for line in capsys.readouterr().out.splitlines()] == [1, 2]
    events = BrokerNames("shop").events
    assert broker.asked == [
        (url, "retour events tail"),
        ("shop.operating.events_tail", {"exclusive": True, "auto_delete": True}),
        (events, False),
        (events, "#"),
        ("no_ack", True),
        ("timeout", patience),
    ]


class Enough(Exception):
    """Nobody follows any longer."""


class Feed:
    """A finance feed in pages of two; how many events there are at each look, and no look after the last."""

    def __init__(self, *there: int) -> None:
        self._there = [*there]
        self.asked: list[str | None] = []

    async def get(self, path: str, *, after: str | None, limit: int) -> dict[str, Any]:
        assert (path, limit) == ("/v1/finance/events", 200)
        if not self._there:
            raise Enough
        self.asked.append(after)
        there, start = self._there.pop(0), int(after or 0)
        numbers = range(start, min(start + 2, there))
        items = [{"type": "refund.settled.v1", "n": n} for n in numbers]
        return {"items": items, "next": str(numbers.stop) if items else None, "more": numbers.stop < there}


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> FakeSleep:
    made = FakeSleep()
    monkeypatch.setattr(subject, "asyncio", made)
    return made


async def followed(
    monkeypatch: pytest.MonkeyPatch, server: Any, *, follow: bool, feed: subject.Feed = subject.Feed.REFUNDS
) -> None:
    @asynccontextmanager
    async def signed_in(access: Access, language: Any) -> AsyncIterator[Any]:
        yield server

    monkeypatch.setattr(subject, "signed_in", signed_in)
    who = Access("http://retour.example", Administrator("finance@retour.example", "word"))
    shown = Shown("*", Console(file=io.StringIO()), as_json=True)
    await of_feed(who, shown, "en", follow=follow, feed=feed)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
async def test_a_feed_is_read_to_its_end_and_no_further(
    monkeypatch: pytest.MonkeyPatch, sleep: FakeSleep, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    feed = Feed(*[count] * 10)
    await followed(monkeypatch, feed, follow=False)
    assert [json.loads(line)["n"] for line in capsys.readouterr().out.splitlines()] == list(range(count))
    assert feed.asked == [None, "2", "4"][: max(1, (count + 1) // 2)]
    assert sleep.seconds == []


async def test_a_feed_that_is_followed_is_asked_now_and_then_from_where_it_was(
    monkeypatch: pytest.MonkeyPatch, sleep: FakeSleep, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is shown twice, also after a look that brought nothing."""
    feed = Feed(3, 3, 3, 4, 4, 6)
    with pytest.raises(Enough):
        await followed(monkeypatch, feed, follow=True)
    assert [json.loads(line)["n"] for line in capsys.readouterr().out.splitlines()] == [0, 1, 2, 3, 4, 5]
    assert feed.asked == [None, "2", "3", "3", "4", "4"]
    assert sleep.seconds == [0.5] * 5


class Server:
    """Two feeds in pages of one or two events, by their times."""

    def __init__(self) -> None:
        self.times = {"/v1/finance/events": [2, 5, 6], "/v1/return-events": [1, 3, 4, 7]}
        self.size = {"/v1/finance/events": 1, "/v1/return-events": 2}

    async def get(self, path: str, *, after: str | None, limit: int) -> dict[str, Any]:
        start, times = int(after or 0), self.times[path]
        end = min(start + self.size[path], len(times))
        items = [{"type": path, "time": f"2026-11-24T09:30:0{second}Z"} for second in times[start:end]]
        return {"items": items, "next": str(end) if items else None, "more": end < len(times)}


@pytest.mark.parametrize(
    ("feed", "seconds"),
    [(subject.Feed.REFUNDS, [2, 5, 6]), (subject.Feed.RETURNS, [1, 3, 4, 7]), (subject.Feed.ALL, [*range(1, 8)])],
)
async def test_each_feed_is_shown_and_both_are_in_the_order_of_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], feed: subject.Feed, seconds: list[int]
) -> None:
    await followed(monkeypatch, Server(), follow=False, feed=feed)
    shown = [json.loads(line)["time"] for line in capsys.readouterr().out.splitlines()]
    assert shown == [f"2026-11-24T09:30:0{second}Z" for second in seconds]
