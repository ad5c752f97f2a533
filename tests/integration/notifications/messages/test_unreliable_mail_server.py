"""Ten returns of one customer, and a mail server that refuses, postpones, drops the line and recovers, in random order.

Every letter that is still true arrives once and in order; none that is not true any more arrives (Z20, Z30). A letter
that the server had accepted before the fact that overtook it has arrived, and was true then.

What arrives is what the server has accepted with a 250. When the line is lost between the last byte and the 250, nobody
can know, and the letter is sent again under the same Message-ID (I-25). So this server counts by its own 250.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Final

import pytest
from aiosmtpd.smtp import SMTP, Envelope as Received

from service_notifications.adapters.messages.mail_format import MailSender
from service_notifications.adapters.messages.mail_smtp import SmtpServer, SmtpTransport
from service_notifications.adapters.tables import common, metadata
from service_notifications.domain.messages.message import Message, Status
from shared.contracts import events
from shared.messaging.bus import Message as Carried
from tests.support.notifications import FakeClock, ReturnEvents, RunningNotifications
from tests.support.waiting import eventually

RETURNS: Final = 10
MOST_TROUBLES: Final = 6
"""So often the server fails one letter at most; after a few more tries the letter would have failed for good."""
TROUBLES: Final = ("450 4.2.1 not now", "451 4.3.0 try again", "554 5.3.0 out of order", "drop", "drop after the data")
FAILED = events.UnitResult.FAILED
REFUSE = events.UnitDecision.REFUSE


@dataclass
class Fact:
    """One event of a return: the kind of letter it makes, and the kinds that are not true any more from then on."""

    event: Callable[[ReturnEvents], Carried]
    tells: str | None
    untrue: tuple[str, ...] = ()


REFERRED: Final = Fact(lambda of: of.referred(), "return_referred")
APPROVED: Final = Fact(lambda of: of.approved(), "return_approved", ("return_referred",))
CANCELLED: Final = Fact(lambda of: of.cancelled(), "return_cancelled", ("return_approved", "return_referred"))
LAPSED: Final = Fact(lambda of: of.lapsed(), "return_lapsed", ("return_approved",))
ALL_HERE: Final = Fact(
    lambda of: of.received(1, 2, receipt=f"rcp_{of.return_id}"),
    "goods_received",
    ("return_approved", "return_cancelled", "return_lapsed"),
)
HELD: Final = Fact(lambda of: of.looked_at(u2=FAILED), "inspection_held")
DECIDED: Final = Fact(lambda of: of.decided(u2=REFUSE), "inspection_decided", ("inspection_held",))
PAID: Final = Fact(lambda of: of.refund(events.RefundSettled), "refund_settled")

STORIES: Final[Sequence[Sequence[Fact]]] = (
    (APPROVED, CANCELLED),
    (REFERRED, APPROVED, ALL_HERE, PAID),
    (APPROVED, ALL_HERE, HELD, DECIDED, PAID),
    (APPROVED, LAPSED, ALL_HERE, PAID),
    (APPROVED, CANCELLED, ALL_HERE, HELD, DECIDED),
    (REFERRED, CANCELLED),
)


@dataclass
class Unreliable:
    """A mail server with moods. `accepted` are the ids of letters to which it said 250, in order."""

    dice: random.Random
    bad: float = 0.0
    accepted: list[str] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: Any, session: Any, envelope: Received) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content)["Message-ID"].strip("<>").partition("@")[0]
        if self.troubles[letter] < MOST_TROUBLES and self.dice.random() < self.bad:
            self.troubles[letter] += 1
            trouble = self.dice.choice(TROUBLES)
            if not trouble.startswith("drop"):
                return trouble
            server.transport.abort()
            return "451 nobody hears this"
        self.accepted.append(letter)
        return "250 OK"


@contextlib.asynccontextmanager
async def listening(handler: Unreliable) -> AsyncIterator[SmtpTransport]:
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=False), "127.0.0.1", 0
    )
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    mail = SmtpTransport(SmtpServer.of(url), MailSender("Retour", "returns@retour.example"), seconds=10)
    try:
        yield mail
    finally:
        await mail.close()
        server.close()


@dataclass
class Play:
    """The returns, what has happened to each, and what is true."""

    post: RunningNotifications
    server: Unreliable
    dice: random.Random
    stories: dict[str, ReturnEvents]
    wanted: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By return and kind of letter: whether it must arrive."""

    async def letters(self) -> list[Message]:
        return [message for return_id in self.stories for message in await self.post.messages(return_id)]

    async def quiet(self) -> None:
        """Wait until nothing is on the line, and nothing is due."""

        async def look() -> bool:
            now = self.post.clock()
            return not any(
                each.status is Status.SENDING or (each.due_at is not None and each.due_at <= now)
                for each in await self.letters()
            )

        await eventually(look)

    async def later(self, hours: float) -> None:
        """Let time pass, and let the job look."""
        self.post.clock.offset += timedelta(hours=hours)
        self.post.service.api.state.units.outgoing.due.set()
        await self.quiet()

    async def happen(self, return_id: str, fact: Fact) -> None:
        """A fact is heard; letters that have not arrived and are not true any more must not arrive."""
        story = self.stories[return_id]
        arrived = {each.id for each in await self.letters()} & set(self.server.accepted)
        known = {message.kind.value: message.id for message in await self.post.messages(return_id)}
        for kind in fact.untrue:
            if kind in known and known[kind] not in arrived:
                self.wanted[return_id, kind] = False
        if fact.tells is not None:
            self.wanted[return_id, fact.tells] = True
        await self.post.bring(fact.event(story))
        await self.quiet()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_z20_z30_every_letter_that_is_true_arrives_once_and_in_order(
    engines: Any, tmp_path: Path, seed: int
) -> None:
    """L10: see the module."""
    dice = random.Random(seed)
    server = Unreliable(random.Random(seed + 1000))
    url = await engines.make(metadata, common, word="notifications")
    stories = {each.return_id: each for each in (ReturnEvents(customer_id="cus-one") for _ in range(RETURNS))}
    async with (
        listening(server) as mail,
        RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as post,
    ):
        await post.contact("cus-one")
        play = Play(post, server, dice, stories)
        left = {return_id: [*STORIES[n % len(STORIES)]] for n, return_id in enumerate(stories)}
        for story in stories.values():
            await post.bring(story.requested())
        while any(left.values()):
            server.bad = dice.choice((0.0, 0.5, 0.9, 1.0, 1.0))
            return_id = dice.choice([each for each, facts in left.items() if facts])
            await play.happen(return_id, left[return_id].pop(0))
            if dice.random() < 0.3:
                await play.later(dice.choice((0.01, 0.2, 1.0)))
        server.bad = 0.0
        for _ in range(24):
            await play.later(6.0)
            if all(message.settled for message in await play.letters()):
                break
        kept = await play.letters()
    _check(kept, play, server)


def _check(kept: Sequence[Message], play: Play, server: Unreliable) -> None:
    by_id = {message.id: message for message in kept}
    assert {message.status for message in kept} <= {Status.SENT, Status.SUPERSEDED}
    arrived = Counter(server.accepted)
    assert arrived.keys() <= by_id.keys()
    for message in kept:
        expected = 1 if play.wanted[message.return_id, message.kind.value] else 0
        assert arrived[message.id] == expected, (message.return_id, message.kind, message.status)
        assert (message.status is Status.SENT) is bool(expected)
        if message.status is Status.SUPERSEDED:
            assert message.ending is not None
            assert message.ending.overtaken_by in by_id
    for return_id in play.stories:
        own = [each for each in server.accepted if by_id[each].return_id == return_id]
        assert own == sorted(own, key=lambda each: by_id[each].place or 0)
    assert sum(server.troubles.values()) > RETURNS
