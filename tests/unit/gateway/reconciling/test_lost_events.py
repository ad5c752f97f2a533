"""What a follower lacks is found by two numbers, and only that is given again (Z38, R04)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.application.reconciling.disagreements import Disagreements
from gateway.application.reconciling.lost_events import MARGIN, SETTLE, LostEvents
from gateway.application.reconciling.ports import Follower
from gateway.domain.reconciling.comparison import COMPARISONS, LOST
from gateway.domain.reconciling.finding import Finding, FindingState, finding_id
from gateway.entrypoints.reconciling.reconciler_job import Reconciler
from shared.kernel.errors import Unavailable

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
FOLLOWER = Follower(queue="refunds.follow-return", service="refunds", publisher="requests", noun="return")
Json = dict[str, Any]


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class FakeFindings:
    """The reconciler's rows in memory."""

    agreed: dict[str, datetime] = field(default_factory=dict)
    known: dict[str, Finding] = field(default_factory=dict)

    async def agreed_until(self, name: str) -> datetime | None:
        return self.agreed.get(name)

    async def agree_until(self, name: str, at: datetime) -> None:
        self.agreed[name] = at

    async def late(self, names: Collection[str], before: datetime) -> Sequence[str]:
        return [name for name in names if self.agreed.get(name, before) <= before]

    async def open(self, name: str | None = None) -> Sequence[Finding]:
        return [each for each in self.known.values() if each.state is FindingState.OPEN and name in (None, each.name)]

    async def page(self, state: FindingState | None, after: str, limit: int) -> Sequence[Finding]:
        raise AssertionError

    async def dismiss(self, key: str, *, by: str, reason: str, at: datetime) -> Finding:
        raise AssertionError

    async def find(self, name: str, about: Sequence[str], at: datetime) -> Sequence[str]:
        new = [each for each in about if finding_id(name, each) not in self.known]
        for each in new:
            key = finding_id(name, each)
            self.known[key] = Finding(id=key, name=name, about=each, state=FindingState.OPEN, found_at=at, seen_at=at)
        return new

    async def end(self, findings: Sequence[Finding], at: datetime) -> None:
        for each in findings:
            del self.known[each.id]


@dataclass
class FakeServices:
    """A publisher with an archive, and a follower that handles what it gets in order."""

    sent: list[Json] = field(default_factory=list)
    handled: dict[str, int] = field(default_factory=dict)
    queues: list[Json] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    healed: list[str] = field(default_factory=list)
    deaf: bool = False
    page: int = 3

    def send(self, subject: str, sequence: int, *, lost: bool = False, at: datetime = START) -> None:
        position = len(self.sent) + 1
        self.sent.append({"position": position, "subject": subject, "sequence": sequence, "sent_at": at})
        if not lost:
            self._handle(subject, sequence)

    def _handle(self, subject: str, sequence: int) -> None:
        if self.handled.get(subject, 0) == sequence - 1:
            self.handled[subject] = sequence

    async def get(self, service: str, path: str, **query: str) -> Any:
        if path == "queues":
            return {"items": self.queues if service == "refunds" else []}
        assert (service, path) == ("requests", "sent-events")
        found = [
            each
            for each in self.sent
            if each["position"] > int(query.get("after", 0))
            and ("since" not in query or each["sent_at"] >= datetime.fromisoformat(query["since"]))
            and ("until" not in query or each["sent_at"] < datetime.fromisoformat(query["until"]))
            and query.get("subject") in (None, each["subject"])
        ]
        page = found[: self.page]
        return {"items": page, "next": page[-1]["position"] if len(found) > self.page else None}

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        if path.endswith("/comparison"):
            done = {subject: self.handled.get(subject, 0) for subject in body["numbers"]}
            return {"behind": {each: done[each] for each, number in body["numbers"].items() if done[each] < number}}
        if path.endswith("/healing"):
            self.healed.append(body["lost_at"])
            return {"healed": True}
        assert (service, path, body["to"]) == ("requests", "republications", "refunds")
        events = [
            each
            for each in self.sent
            if body.get("after", 0) < each["position"] <= body.get("until_position", 10**9)
            and each["subject"] in body["beyond"]
            and each["sequence"] > body["beyond"][each["subject"]]
        ]
        self.given += [each["position"] for each in events]
        if not self.deaf:
            for each in events:
                self._handle(each["subject"], each["sequence"])
        return {"events": len(events), "next": None}


def lost_events(services: FakeServices, clock: Clock, findings: FakeFindings | None = None) -> LostEvents:
    return LostEvents(services=services, findings=findings or FakeFindings(), followers=[FOLLOWER], clock=clock)


async def test_only_what_is_lacking_is_given_again_and_in_order() -> None:
    services, clock = FakeServices(), Clock()
    happened = (("a", 1, False), ("b", 1, True), ("a", 2, False), ("c", 1, False), ("b", 2, True), ("c", 2, True))
    for subject, sequence, lost in (*happened, ("b", 3, True)):
        services.send(subject, sequence, lost=lost)
    clock.now += timedelta(hours=1)
    findings = FakeFindings()
    reconciler = lost_events(services, clock, findings)
    assert await reconciler.compare_all() == 4
    assert services.handled == {"a": 2, "b": 3, "c": 2}
    assert services.given == [2, 5, 6, 7]
    assert findings.agreed == {}
    assert await reconciler.compare_all() == 0
    assert findings.agreed == {FOLLOWER.queue: clock.now - timedelta(minutes=5)}
    assert len(services.given) == 4


async def test_a_lost_queue_is_healed_once_nothing_is_lacking_and_not_asked_in_haste() -> None:
    services, clock = FakeServices(deaf=True), Clock()
    services.send("a", 1, lost=True)
    queue = {"queue": FOLLOWER.queue, "made_at": None, "lost_at": START.isoformat()}
    services.queues.append(queue)
    subject = lost_events(services, clock)
    assert await subject.heal() == 1
    assert services.given == [], "a queue that does not exist yet gets nothing"
    queue["made_at"] = START.isoformat()
    clock.now += SETTLE - timedelta(seconds=1)
    assert await subject.heal() == 1
    assert services.given == []
    clock.now += timedelta(seconds=2)
    for _ in range(3):
        assert await subject.heal() == 1
    assert services.given == [1], "what was given has time to arrive"
    services.deaf = False
    clock.now += timedelta(seconds=11)
    assert await subject.heal() == 1
    assert services.given == [1, 1]
    clock.now += timedelta(minutes=10)
    assert await subject.heal() == 0
    assert services.healed == [START.isoformat()]


async def test_what_was_sent_after_the_queue_was_made_again_is_not_given_again() -> None:
    services, clock = FakeServices(), Clock(START + timedelta(minutes=1))
    services.send("a", 1, lost=True, at=START + MARGIN + timedelta(seconds=1))
    services.queues.append({"queue": FOLLOWER.queue, "made_at": START.isoformat(), "lost_at": START.isoformat()})
    assert await lost_events(services, clock).heal() == 0
    assert services.given == []


async def test_events_that_found_no_queue_at_all_are_asked_of_every_follower() -> None:
    services, clock = FakeServices(), Clock(START + timedelta(minutes=1))
    services.send("a", 1, lost=True)
    services.queues.append({"queue": "unrouted", "made_at": START.isoformat(), "lost_at": START.isoformat()})
    subject = lost_events(services, clock)
    await subject.heal()
    assert services.handled == {"a": 1}


@pytest.mark.parametrize("kept", [True, False])
async def test_an_event_that_is_older_than_the_page_is_given_and_one_without_archive_is_a_finding(kept: bool) -> None:
    services, clock, findings = FakeServices(page=2), Clock(START + timedelta(hours=1)), FakeFindings()
    for sequence in (1, 2, 3):
        services.send("a", sequence, lost=True)
    if not kept:
        del services.sent[0]
    for each in services.sent[-2:]:
        each["sent_at"] = START + timedelta(minutes=45)
    findings.agreed[FOLLOWER.queue] = START + timedelta(minutes=40)
    subject = lost_events(services, clock, findings)
    await subject.compare_all()
    if kept:
        assert services.handled == {"a": 3}
        assert findings.known == {}
        return
    assert services.handled == {}
    (finding,) = findings.known.values()
    assert (finding.name, finding.about) == (LOST.name, "refunds.follow-return~a~2")
    services.handled["a"] = 3
    await subject.compare_all()
    assert findings.known == {}, "a finding ends when the event has come after all"


@dataclass
class Knowing:
    """Services that know these ids, by kind of fact."""

    facts: dict[str, list[str]]
    given: list[Json] = field(default_factory=list)
    away: bool = False

    async def get(self, service: str, path: str, **query: str) -> Any:
        if self.away:
            raise Unavailable(service)
        known = self.facts.get(f"{service}/{path.removeprefix('facts/')}", [])
        ids = [each for each in known if each > query["after"]]
        return {"items": [{"id": each} for each in ids[:1]], "next": ids[0] if len(ids) > 1 else None}

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        if path == "republications":
            self.given.append({"publisher": service, **body})
            return {"events": 1, "next": None}
        known = self.facts.get(f"{service}/{path.split('/')[1]}", [])
        return {"lacking": [each for each in body["ids"] if each not in known]}


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda each: each.name)
async def test_every_comparison_finds_repairs_once_and_ends(comparison: Any) -> None:
    """R04: each row of the table is seen to find what it names."""
    listed, looked = f"{comparison.service}/{comparison.fact}", f"{comparison.other}/{comparison.known}"
    services = Knowing({listed: ["ret_1", "ret_2"], looked: ["ret_1"]})
    findings, clock = FakeFindings(), Clock()
    subject = Disagreements(services, findings, clock)
    for _ in range(2):
        assert await subject.compare(comparison) == 1
    (finding,) = findings.known.values()
    assert (finding.name, finding.about, finding.state) == (comparison.name, "ret_2", FindingState.OPEN)
    assert [(each["to"], each["subject"]) for each in services.given] == (
        [(comparison.other, "ret_2")] if comparison.repair else []
    )
    services.facts[looked] = ["ret_1", "ret_2"]
    assert await subject.compare(comparison) == 0
    assert findings.known == {}
    assert findings.agreed[comparison.name] == clock.now - timedelta(minutes=5)


async def test_a_reconciler_that_does_not_come_to_compare_says_so_and_not_at_its_start() -> None:
    """R03: the watchman is watched, too."""
    clock, findings = Clock(), FakeFindings()
    reconciler = Reconciler(
        lost=lost_events(FakeServices(), clock, findings),
        disagreements=Disagreements(FakeServices(), findings, clock),
        lead=lambda *_: pytest.fail("nobody leads here"),
        seconds=60,
        clock=clock,
        names=["one", "two"],
    )
    assert list(await reconciler.late()) == []
    clock.now += timedelta(minutes=19)
    assert list(await reconciler.late()) == ["one", "two"]
    findings.agreed["one"] = clock.now
    assert list(await reconciler.late()) == ["two"]
