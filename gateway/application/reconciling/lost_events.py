"""Finds sent events that a follower lacks, and lets the publisher give them again to this follower only (Z38).

A follower handles every event of a subject in the order of its numbers. So two numbers show a loss: the last one that
was sent, and the last one that was handled. The publisher lists what it has sent; the follower says which subjects are
behind. An event that is parked at the follower is not lost. An event that arrives twice has its effect once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from gateway.application.reconciling.ports import Findings, Follower, ServiceOperations, no_beat
from gateway.domain.reconciling.comparison import LOST
from shared.runtime.clock import Clock

log = structlog.get_logger(__name__)

ALL_QUEUES: Final = "unrouted"
"""The name under which a service tells that events found no queue at all."""
SETTLE: Final = timedelta(seconds=15)
"""How long a queue must exist again before its consumer is asked: what was on its way has then arrived."""
MARGIN: Final = timedelta(seconds=5)
"""Events that were sent shortly after a queue was made again may have missed it."""
OVERLAP: Final = timedelta(minutes=10)
"""A comparison begins so long before the end of the last one."""
GRACE: Final = timedelta(minutes=5)
"""How long an event may be on its way before the hourly comparison asks for it."""
FIRST_REST: Final = timedelta(seconds=10)
LONGEST_REST: Final = timedelta(minutes=10)
PAGE: Final = 1000
SEPARATOR: Final = "~"


@dataclass(slots=True)
class _Rest:
    """Until when a lost queue is left alone, so that what was given again can arrive."""

    until: datetime
    seconds: timedelta = FIRST_REST


@dataclass(slots=True, kw_only=True)
class LostEvents:
    """See the module."""

    services: ServiceOperations
    findings: Findings
    followers: Sequence[Follower]
    clock: Clock
    beat: Callable[[], None] = no_beat
    """Called for each page, because a comparison of a long time is long."""
    given_again: int = 0
    _rests: dict[str, _Rest] = field(default_factory=dict)

    async def heal(self) -> int:
        """Look for lost queues, and give again what their consumers lack. How many losses there are now."""
        losses = 0
        for service in dict.fromkeys(follower.service for follower in self.followers):
            for queue in (await self.services.get(service, "queues"))["items"]:
                if queue["lost_at"] is not None:
                    losses += not await self._heal(service, queue)
        return losses

    async def _heal(self, service: str, queue: Mapping[str, Any]) -> bool:
        name, now = queue["queue"], self.clock()
        rest = self._rests.get(name)
        if queue["made_at"] is None or (rest is not None and rest.until > now):
            return False
        made_at = datetime.fromisoformat(queue["made_at"])
        if now < made_at + SETTLE:
            return False
        until = made_at + MARGIN
        lacking = 0
        for follower in self.followers:
            if name in (follower.queue, ALL_QUEUES):
                lacking += await self._compare(follower, until)
        if lacking:
            seconds = min(rest.seconds * 2, LONGEST_REST) if rest is not None else FIRST_REST
            self._rests[name] = _Rest(now + seconds, seconds)
            return False
        self._rests.pop(name, None)
        answer = await self.services.post(service, f"queues/{name}/healing", {"lost_at": queue["lost_at"]})
        return bool(answer["healed"])

    async def compare_all(self) -> int:
        """Compare every follower with its publisher; how many subjects were behind."""
        until = self.clock() - GRACE
        lacking = 0
        for follower in self.followers:
            behind = await self._compare(follower, until)
            lacking += behind
            if not behind:
                await self.findings.agree_until(follower.queue, until)
        await self._end_what_arrived()
        return lacking

    async def _end_what_arrived(self) -> None:
        """End the findings about events that have come after all, such as from a restored database."""
        by_queue = {follower.queue: follower for follower in self.followers}
        for finding in await self.findings.open(LOST.name):
            queue, subject, number = finding.about.split(SEPARATOR)
            follower = by_queue.get(queue)
            if follower is None or not await self._look_up(follower, {subject: int(number)}):
                await self.findings.end([finding], self.clock())

    async def _compare(self, follower: Follower, until: datetime) -> int:
        """Compare what was sent before `until` with what was handled, and give again what is lacking."""
        agreed = await self.findings.agreed_until(follower.queue)
        span = {"event_type": follower.noun, "until": until.isoformat(), "limit": str(PAGE)}
        if agreed is not None:
            span["since"] = (agreed - OVERLAP).isoformat()
        given: dict[str, int] = {}
        lacking, after = 0, 0
        while True:
            page = await self.services.get(follower.publisher, "sent-events", after=str(after), **span)
            self.beat()
            behind = await self._behind(follower, page["items"])
            if behind:
                lacking += await self._give_again(follower, page["items"], behind, given, after)
            if page["next"] is None:
                return lacking
            after = page["next"]

    async def _behind(self, follower: Follower, sent: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
        numbers: dict[str, int] = {}
        for event in sent:
            numbers[event["subject"]] = max(event["sequence"], numbers.get(event["subject"], 0))
        return await self._look_up(follower, numbers) if numbers else {}

    async def _look_up(self, follower: Follower, numbers: Mapping[str, int]) -> Mapping[str, int]:
        answer = await self.services.post(follower.service, f"queues/{follower.queue}/comparison", {"numbers": numbers})
        behind: Mapping[str, int] = answer["behind"]
        return behind

    async def _give_again(
        self,
        follower: Follower,
        sent: Sequence[Mapping[str, Any]],
        behind: Mapping[str, int],
        given: dict[str, int],
        after: int,
    ) -> int:
        """Give what is behind again; of how many subjects it was possible."""
        first: dict[str, int] = {}
        for event in sent:
            first.setdefault(event["subject"], event["sequence"])
        known = {subject: max(done, given.get(subject, 0)) for subject, done in behind.items()}
        for subject, done in [*known.items()]:
            if first[subject] > done + 1 and not await self._give_subject(follower, subject, done, first[subject]):
                del known[subject]
        if not known:
            return 0
        body = {"after": after, "until_position": sent[-1]["position"], "event_type": follower.noun}
        answer = await self.services.post(
            follower.publisher, "republications", {**body, "to": follower.service, "beyond": known}
        )
        self.given_again += answer["events"]
        log.warning("events_given_again", queue=follower.queue, subjects=len(known), events=answer["events"])
        for event in sent:
            if event["subject"] in known:
                given[event["subject"]] = max(event["sequence"], given.get(event["subject"], 0))
        return len(known)

    async def _give_subject(self, follower: Follower, subject: str, done: int, first: int) -> bool:
        """Give events of one subject again that are older than the page. What the archive lacks is a finding."""
        page = await self.services.get(
            follower.publisher, "sent-events", event_type=follower.noun, subject=subject, limit=str(PAGE)
        )
        if not any(event["sequence"] == done + 1 for event in page["items"]):
            about = SEPARATOR.join((follower.queue, subject, str(first)))
            await self.findings.find(LOST.name, [about], self.clock())
            return False
        body = {"event_type": follower.noun, "subject": subject, "to": follower.service, "beyond": {subject: done}}
        answer = await self.services.post(follower.publisher, "republications", body)
        self.given_again += answer["events"]
        return True
