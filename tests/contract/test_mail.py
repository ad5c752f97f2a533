"""The promises of the mail port, kept by the outbox folder, by SMTP against a real server, and by the tests' fake."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope as Received

from service_notifications.adapters.messages.mail_folder import FolderTransport
from service_notifications.adapters.messages.mail_format import HEADERS, MailSender, UnsafeMail, mail_bytes
from service_notifications.adapters.messages.mail_smtp import SmtpServer, SmtpTransport
from service_notifications.application.messages.mail_transport import (
    HANDED_OVER,
    DeliveryOutcome,
    DeliveryReceipt,
    MailTransport,
)
from service_notifications.domain.messages.outgoing_mail import OutgoingMail
from tests.support.notifications import FakeTransport, a_mail, rendered

SENDER = MailSender("Retour 退货", "returns@retour.example")


class Mailbox:
    """What a real server has taken, and the answers it gives instead when told to."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.to_person: list[str] = []
        self.to_letter: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Received, to: str, options: Any) -> str:  # noqa: N802
        if self.to_person:
            return self.to_person.pop(0)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Received) -> str:  # noqa: N802
        if self.to_letter:
            return self.to_letter.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"


@contextlib.asynccontextmanager
async def serving(make: Callable[[], asyncio.BaseProtocol]) -> AsyncIterator[SmtpServer]:
    """A server on a free port of this loop."""
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    try:
        yield SmtpServer.of(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()


@dataclass
class Kept:
    """A mail under test and what has arrived at its other side."""

    mail: MailTransport
    arrived: Callable[[], list[bytes]]


@pytest.fixture
async def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def smtp(mailbox: Mailbox) -> AsyncIterator[SmtpTransport]:
    async with serving(lambda: SMTP(mailbox, enable_SMTPUTF8=False)) as server:
        mail = SmtpTransport(server, SENDER, seconds=2)
        yield mail
        await mail.close()


@pytest.fixture(params=["outbox", "smtp", "fake"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path, mailbox: Mailbox, smtp: SmtpTransport) -> Kept:
    if request.param == "outbox":
        return Kept(FolderTransport(tmp_path, SENDER), lambda: [p.read_bytes() for p in sorted(tmp_path.glob("*.eml"))])
    if request.param == "smtp":
        return Kept(smtp, lambda: list(dict.fromkeys(mailbox.mails)))
    fake = FakeTransport()
    return Kept(fake, lambda: list(dict.fromkeys(mail_bytes(letter, SENDER) for letter in fake.mails)))


def read(mail: bytes) -> EmailMessage:
    parsed = message_from_bytes(mail, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


async def test_a_letter_arrives_whole_and_as_it_was_said(kept: Kept) -> None:
    letter = a_mail(to_name="李娜", rendered=replace(a_mail().rendered, subject="已为您退款 €1.00 — 谢谢" * 5))
    assert await kept.mail.deliver(letter) == HANDED_OVER
    (mail,) = kept.arrived()
    parsed = read(mail)
    assert tuple(parsed.keys()) == HEADERS
    assert parsed["Subject"] == letter.rendered.subject
    assert parsed["To"].addresses[0].display_name == "李娜"
    assert parsed["To"].addresses[0].addr_spec == letter.to_address
    assert parsed["Message-ID"] == f"<{letter.message_id}@retour.example>"
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == letter.rendered.text.splitlines()
    assert html.get_content().splitlines() == letter.rendered.html.splitlines()


async def test_a_letter_that_comes_again_is_the_same_letter(kept: Kept) -> None:
    """I-25: one Message-ID, the same bytes."""
    letter = a_mail()
    assert [await kept.mail.deliver(letter) for _ in range(3)] == [HANDED_OVER] * 3
    (mail,) = kept.arrived()
    assert mail == mail_bytes(letter, SENDER)


async def test_many_letters_at_once_all_arrive(kept: Kept) -> None:
    letters = [a_mail() for _ in range(40)]
    assert set(await asyncio.gather(*map(kept.mail.deliver, letters))) == {HANDED_OVER}
    assert {str(read(mail)["Message-ID"]) for mail in kept.arrived()} == {
        f"<{letter.message_id}@retour.example>" for letter in letters
    }


@pytest.mark.parametrize(
    "payload",
    [
        "a\r\nBcc: evil@x.example",
        "a\nBcc: evil@x.example\n\nbody",
        "=?utf-8?q?a=0d=0aBcc:evil@x.example?=",
        "=?utf-8?b?YQ0KQmNjOmV2aWxAeC5leGFtcGxl?=",
        "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0d=3D0aBcc:evil@x.example=3F=3D?=",
        "=?no-such-charset?q?a=0d=0aBcc:evil@x.example?=",
        'Li" <evil@x.example>, "Na',
        "a%0aBcc:evil@x.example",
        "a\u2028Bcc: evil@x.example",
        "a\x00\x85Bcc: evil@x.example",
        "\ud800",
        "x" * 5000,
    ],
)
async def test_no_value_becomes_a_header_of_its_own(kept: Kept, payload: str) -> None:
    """S-87, finding 14: the payload ends up as visible text, or nowhere."""
    letter = a_mail(to_name=payload, rendered=rendered(payload))
    assert await kept.mail.deliver(letter) == HANDED_OVER
    (mail,) = kept.arrived()
    parsed = read(mail)
    assert tuple(parsed.keys()) == HEADERS
    assert [address.addr_spec for address in parsed["To"].addresses] == [letter.to_address]
    assert all(len(line) <= 998 for line in mail.split(b"\r\n"))


@pytest.mark.parametrize("address", ["a@x.example, b@y.example", "a@x.example\r\nBcc: b@y.example", "a@x", ""])
async def test_what_is_not_one_address_never_leaves(address: str, smtp: SmtpTransport, tmp_path: Path) -> None:
    """S-87: whatever has come into the database."""
    for mail in (smtp, FolderTransport(tmp_path, SENDER)):
        receipt = await mail.deliver(a_mail(to_address=address))
        assert receipt == DeliveryReceipt(DeliveryOutcome.REFUSED, "unsafe_letter")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 (one look at a small folder)


@pytest.mark.parametrize("but", [{"language": "en\r\nBcc: b@y.example"}, {"message_id": "m>\nBcc: b@y.example"}])
def test_a_letter_that_would_not_read_as_meant_never_leaves(but: dict[str, Any]) -> None:
    """S-87: the last look is at the bytes themselves, whichever value has slipped through."""
    with pytest.raises(UnsafeMail):
        mail_bytes(a_mail(**but), SENDER)


async def test_a_folder_that_is_away_is_an_outage(tmp_path: Path) -> None:
    mail = FolderTransport(tmp_path / "mail", SENDER)
    (tmp_path / "mail").rmdir()
    assert await mail.deliver(a_mail()) == DeliveryReceipt(DeliveryOutcome.POSTPONED, "folder_away")


@pytest.mark.parametrize(
    ("place", "says", "outcome"),
    [
        ("to_person", "550 5.1.1 <li.na@customers.example> unknown", DeliveryOutcome.REFUSED),
        ("to_person", "550 no such user", DeliveryOutcome.REFUSED),
        ("to_person", "553 5.1.3 bad address", DeliveryOutcome.REFUSED),
        ("to_person", "552 5.2.2 mailbox full", DeliveryOutcome.REFUSED),
        ("to_person", "550 5.7.1 relaying denied", DeliveryOutcome.POSTPONED),
        ("to_person", "554 5.7.1 your host is blocked", DeliveryOutcome.POSTPONED),
        ("to_person", "451 4.3.0 try again", DeliveryOutcome.POSTPONED),
        ("to_letter", "450 4.2.1 not now", DeliveryOutcome.POSTPONED),
        ("to_letter", "451 4.3.0 try again", DeliveryOutcome.POSTPONED),
        ("to_letter", "554 5.3.0 something is broken here", DeliveryOutcome.POSTPONED),
        ("to_letter", "550 5.7.0 policy", DeliveryOutcome.POSTPONED),
    ],
)
async def test_a_no_to_the_address_is_for_good_and_every_other_no_is_for_now(
    smtp: SmtpTransport, mailbox: Mailbox, place: str, says: str, outcome: DeliveryOutcome
) -> None:
    """L04, Z20: a server that is set up wrongly refuses every letter. Words, which name the person, are not kept."""
    getattr(mailbox, place).append(says)
    assert await smtp.deliver(a_mail()) == DeliveryReceipt(outcome, f"smtp_{says[:3]}")
    assert await smtp.deliver(a_mail()) == HANDED_OVER


async def test_a_server_that_is_not_there_is_an_outage() -> None:
    async with serving(asyncio.Protocol) as server:
        pass
    assert await SmtpTransport(server, SENDER).deliver(a_mail()) == DeliveryReceipt(
        DeliveryOutcome.POSTPONED, "smtp_away"
    )


async def test_a_server_that_says_nothing_is_an_outage_after_a_while() -> None:
    async with serving(asyncio.Protocol) as server:
        receipt = await SmtpTransport(server, SENDER, seconds=0.2).deliver(a_mail())
    assert receipt == DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_away")


class Dropping(asyncio.Protocol):
    """Takes a letter, says 250 or nothing, and hangs up."""

    def __init__(self, taken: list[bytes], *, says: bytes) -> None:
        self._taken = taken
        self._says = says
        self._data = b""
        self._reading = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 here\r\n")

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._reading:
            if self._data.endswith(b"\r\n.\r\n"):
                self._taken.append(self._data)
                self._transport.write(self._says)
                self._transport.close()
            return
        while b"\r\n" in self._data:
            line, _, self._data = self._data.partition(b"\r\n")
            self._reading = line.upper() == b"DATA"
            self._transport.write(b"354 go on\r\n" if self._reading else b"250 OK\r\n")


async def _deliver_until_taken(mail: SmtpTransport, letter: OutgoingMail, tries: int) -> list[DeliveryOutcome]:
    return [(await mail.deliver(letter)).outcome for _ in range(tries)]


async def test_a_server_that_says_250_and_hangs_up_has_the_letter_once() -> None:
    """I-25."""
    taken: list[bytes] = []
    async with serving(lambda: Dropping(taken, says=b"250 OK\r\n")) as server:
        mail = SmtpTransport(server, SENDER, seconds=2)
        first, second = a_mail(), a_mail()
        assert (await mail.deliver(first), await mail.deliver(second)) == (HANDED_OVER, HANDED_OVER)
        await mail.close()
    assert len(taken) == 2


async def test_a_server_that_hangs_up_before_its_250_gets_the_same_letter_again() -> None:
    """I-25: where nobody can know, the copy carries the same Message-ID."""
    taken: list[bytes] = []
    async with serving(lambda: Dropping(taken, says=b"")) as server:
        mail = SmtpTransport(server, SENDER, seconds=2)
        assert await _deliver_until_taken(mail, a_mail(), 2) == [DeliveryOutcome.POSTPONED] * 2
        await mail.close()
    assert len(taken) == 2
    assert len(set(taken)) == 1
