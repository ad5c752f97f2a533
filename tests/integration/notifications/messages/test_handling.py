"""No message is a dead end: it is sent again, sent to another address, told otherwise, or discarded (Z20)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from service_notifications.adapters.tables import common, metadata
from service_notifications.application.messages.mail_transport import DeliveryOutcome, DeliveryReceipt
from service_notifications.domain.messages.message import OUTAGE_PAUSES, Result, Status
from shared.contracts import events
from shared.kernel.principal import Kind, Principal, Role
from tests.support.notifications import AGENT, SHOP, FakeClock, FakeTransport, ReturnEvents, RunningNotifications
from tests.support.waiting import eventually

NO_MAILBOX = DeliveryReceipt(DeliveryOutcome.REFUSED, "smtp_550")
BROKEN_SERVER = DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_554")
BY_TELEPHONE = {"channel": "telephone", "note": "She wrote the number down."}


@pytest.fixture
async def url(engines: Any) -> str:
    made: str = await engines.make(metadata, common, word="notifications")
    return made


@pytest.fixture
def mail() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
async def post(url: str, tmp_path: Path, mail: FakeTransport) -> AsyncIterator[RunningNotifications]:
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as running:
        yield running


async def act(post: RunningNotifications, path: str, body: Any = None, by: Principal = AGENT) -> Any:
    """What an agent's call answers."""
    return await post.call(by, "POST", path, body, **{"Idempotency-Key": uuid4().hex})


async def one_that_failed(post: RunningNotifications, mail: FakeTransport, story: ReturnEvents | None = None) -> str:
    """The id of an approval that the address has refused."""
    told = story or ReturnEvents()
    mail.outcomes.append(NO_MAILBOX)
    await post.contact(told.customer_id)
    await post.bring(told.requested(), told.approved())
    (message,) = await post.until(told.return_id, Status.FAILED)
    return message.id


async def status_of(post: RunningNotifications, message_id: str) -> str:
    answer = await post.call(AGENT, "GET", f"/v1/messages/{message_id}")
    return str(answer.json()["status"])


async def test_z20_what_has_failed_is_found_and_sent_again(post: RunningNotifications, mail: FakeTransport) -> None:
    """R08: by an agent, with the same key once."""
    story = ReturnEvents()
    failed = await one_that_failed(post, mail, story)
    listed = (await post.call(AGENT, "GET", "/v1/messages?status=failed")).json()["items"]
    assert [(item["id"], item["code"]) for item in listed] == [(failed, "smtp_550")]
    path, key = f"/v1/messages/{failed}/sending-again", {"Idempotency-Key": "again-1"}
    answers = [await post.call(AGENT, "POST", path, None, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers["idempotency-replayed"] == "true"
    (message,) = await post.until(story.return_id, Status.SENT)
    assert [attempt.result for attempt in message.attempts] == [Result.FAILED, Result.SENT]
    assert len(mail.mails) == 2
    again = await act(post, path)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")


async def test_z20_another_address_sends_what_failed_at_the_first_one(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """L04: in its order, and only because the address is another one."""
    story = ReturnEvents()
    mail.outcomes += [NO_MAILBOX, NO_MAILBOX]
    await post.contact(story.customer_id)
    await post.bring(story.requested(), story.approved(), story.received(1))
    await post.until(story.return_id, Status.FAILED, count=2)
    await post.contact(story.customer_id, name="Another Name")
    other = await one_that_failed(post, mail)
    assert [message.status for message in await post.messages(story.return_id)] == [Status.FAILED] * 2
    await post.contact(story.customer_id, email="right@customers.example")
    await post.until(story.return_id, Status.SENT, count=2)
    assert [(each.kind, each.to_address) for each in mail.mails[-2:]] == [
        ("return_approved", "right@customers.example"),
        ("goods_received", "right@customers.example"),
    ]
    assert await status_of(post, other) == "failed"


async def test_z20_who_never_had_an_address_is_reached_in_order_when_it_comes(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """Two that wait are not on the line at the same time."""
    story = ReturnEvents()
    await post.bring(
        story.requested(), story.approved(), story.received(1), story.looked_at(u1=events.UnitResult.FAILED)
    )
    await post.until(story.return_id, Status.WAITING_FOR_CONTACT, count=3)
    await post.contact(story.customer_id)
    await post.until(story.return_id, Status.SENT, count=3)
    assert [each.kind for each in mail.mails] == ["return_approved", "goods_received", "inspection_held"]


async def test_z20_told_by_telephone_ends_the_message_and_others_hear_it(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """L04, R5.1: the return can close; who told her, when and what stays on record."""
    story = ReturnEvents()
    await post.bring(story.requested(), story.approved(), story.refund(events.RefundSettled))
    _, refund = await post.until(story.return_id, Status.WAITING_FOR_CONTACT, count=2)
    path = f"/v1/messages/{refund.id}/told-otherwise"
    late = await act(post, path, {**BY_TELEPHONE, "told_at": "2199-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["code"]) == (422, "told_in_the_future")
    answer = await act(post, path, {**BY_TELEPHONE, "told_at": "2026-03-12T09:30:00Z"})
    assert (answer.status_code, answer.json()["status"]) == (200, "told_otherwise")
    assert answer.json()["ending"] == {
        "at": "2026-03-12T09:30:00Z",
        "by": AGENT.actor,
        "why": "She wrote the number down.",
        "channel": "telephone",
        "overtaken_by": None,
    }
    (told,) = await post.published("message.sent.v1", 1)
    assert (told.data["kind"], told.data["channel"], told.data["tells"]) == (
        "refund_settled",
        "telephone",
        story.refund_id,
    )
    await post.contact(story.customer_id)
    await post.until(story.return_id, Status.SENT, count=1)
    assert [each.kind for each in mail.mails] == ["return_approved"]


async def test_z20_what_nobody_needs_is_discarded_with_its_reason(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """Others stop to wait for it."""
    failed = await one_that_failed(post, mail)
    without = await act(post, f"/v1/messages/{failed}/discard", {"reason": "  "})
    assert without.status_code == 422
    answer = await act(post, f"/v1/messages/{failed}/discard", {"reason": "a test order"})
    assert (answer.json()["status"], answer.json()["ending"]["why"]) == ("discarded", "a test order")
    (dropped,) = await post.published("message.dropped.v1", 1)
    assert (dropped.data["cause"], dropped.data["overtaken_by"]) == ("not_needed", None)
    for verb, body in (("sending-again", None), ("told-otherwise", BY_TELEPHONE), ("discard", {"reason": "again"})):
        assert (await act(post, f"/v1/messages/{failed}/{verb}", body)).status_code == 409


async def test_z20_all_of_a_kind_are_sent_again_and_counted(post: RunningNotifications, mail: FakeTransport) -> None:
    """L10, bounded: who has more calls again; the others are left alone."""
    stories = [ReturnEvents() for _ in range(3)]
    ids = [await one_that_failed(post, mail, story) for story in stories]
    nothing = await act(post, "/v1/messages/sending-again", {"kind": "refund_settled"})
    assert nothing.json() == {"count": 0, "message_ids": [], "more": False}
    some = await act(post, "/v1/messages/sending-again", {"kind": "return_approved", "code": "smtp_550", "limit": 2})
    assert some.json() == {"count": 2, "message_ids": ids[:2], "more": True}
    for story in stories[:2]:
        await post.until(story.return_id, Status.SENT)
    assert await status_of(post, ids[2]) == "failed"
    rest = await act(post, "/v1/messages/sending-again", {"customer_id": stories[2].customer_id})
    assert rest.json()["count"] == 1
    await post.until(stories[2].return_id, Status.SENT)
    for wrong in ({"status": ["sent"]}, {"limit": 201}, {"colour": "red"}):
        assert (await act(post, "/v1/messages/sending-again", wrong)).status_code == 422


async def test_z20_only_those_who_help_customers_may(post: RunningNotifications, mail: FakeTransport) -> None:
    """O01."""
    story = ReturnEvents()
    failed = await one_that_failed(post, mail, story)
    customer = Principal(Kind.CUSTOMER, story.customer_id, frozenset({Role.CUSTOMER}))
    auditor = Principal(Kind.STAFF, "auditor-1", frozenset({Role.AUDITOR}))
    for by in (customer, SHOP, auditor):
        for verb, body in (("sending-again", None), ("told-otherwise", BY_TELEPHONE), ("discard", {"reason": "no"})):
            assert (await act(post, f"/v1/messages/{failed}/{verb}", body, by)).status_code == 403
    counts = (await post.call(auditor, "GET", "/v1/message-counts")).json()["items"]
    assert [(each["status"], each["kind"], each["count"]) for each in counts] == [("failed", "return_approved", 1)]


async def test_z20_a_server_that_refuses_everybody_is_an_outage_and_the_letter_leaves_after_it(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """L04: 554 at DATA for a day: nothing fails, nobody has to do anything."""
    story = ReturnEvents()
    tries = 60
    mail.outcomes += [BROKEN_SERVER] * tries
    await post.contact(story.customer_id)
    await post.bring(story.requested(), story.approved())

    async def tried(times: int) -> bool:
        (found,) = await post.messages(story.return_id)
        return found.status is Status.QUEUED and found.attempts[-1].number == times

    for number in range(1, tries + 1):
        await eventually(partial(tried, number))
        post.clock.offset += OUTAGE_PAUSES[-1] + timedelta(seconds=1)
        post.service.api.state.units.outgoing.due.set()
    (message,) = await post.until(story.return_id, Status.SENT)
    assert message.attempts[-1].number == tries + 1
    assert [each.type for each in await _published(post)] == ["message.sent.v1"]


async def test_z20_a_letter_that_alone_is_refused_fails_and_waits_for_a_person(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """Mail of others goes through, so that the refusal is about this one."""
    story = ReturnEvents()
    await post.contact(story.customer_id)
    mail.outcomes.append(BROKEN_SERVER)
    await post.bring(story.requested(), story.approved())

    async def failed() -> bool:
        (found,) = await post.messages(story.return_id)
        if found.status is Status.FAILED:
            return True
        if found.status is Status.QUEUED:
            other = ReturnEvents()
            await post.contact(other.customer_id)
            await post.bring(other.requested(), other.approved())
            await post.until(other.return_id, Status.SENT)
            mail.outcomes.append(BROKEN_SERVER)
            post.clock.offset += timedelta(days=1)
            post.service.api.state.units.outgoing.due.set()
        return False

    await eventually(failed)
    assert [each.data["code"] for each in await _published(post) if each.type == "message.failed.v1"] == ["smtp_554"]


async def test_z35_lists_have_filters_and_refuse_what_they_do_not_know(
    post: RunningNotifications, mail: FakeTransport
) -> None:
    """Every filter alone and together; pages of a filtered list; a customer sees only her own."""
    story, other = ReturnEvents(), ReturnEvents()
    failed = await one_that_failed(post, mail, story)
    await post.bring(story.received(1))
    await post.until(story.return_id, Status.SENT)
    await post.bring(other.requested(), other.approved())
    await post.until(other.return_id, Status.WAITING_FOR_CONTACT)

    async def found(query: str, by: Principal = AGENT) -> set[tuple[str, str]]:
        answer = await post.call(by, "GET", f"/v1/messages?{query}")
        assert answer.status_code == 200, answer.text
        return {(item["return_id"], item["kind"]) for item in answer.json()["items"]}

    approved, received = (story.return_id, "return_approved"), (story.return_id, "goods_received")
    waiting = (other.return_id, "return_approved")
    assert await found("") == {approved, received, waiting}
    assert await found("status=failed") == {approved}
    assert await found("status=sent") == {received}
    assert await found("status=failed,sent") == {approved, received}
    assert await found("status=failed,waiting_for_contact") == {approved, waiting}
    assert await found("kind=goods_received") == {received}
    assert await found(f"customer_id={other.customer_id}") == {waiting}
    assert await found(f"return_id={story.return_id}&kind=return_approved&status=failed&code=smtp_550") == {approved}
    assert await found("code=smtp_551") == set()
    assert await found("created_since=2199-01-01T00:00:00Z") == set()
    assert await found("created_since=2020-01-01T00:00:00Z&created_before=2199-01-01T00:00:00Z") == {
        approved,
        received,
        waiting,
    }
    me = Principal(Kind.CUSTOMER, story.customer_id, frozenset({Role.CUSTOMER}))
    assert await found("", me) == {approved, received}
    assert await found(f"customer_id={other.customer_id}", me) == set()
    first = (await post.call(AGENT, "GET", "/v1/messages?status=failed,sent&limit=1")).json()
    second = (await post.call(AGENT, "GET", f"/v1/messages?status=failed,sent&cursor={first['next']}")).json()
    assert [item["id"] for item in second["items"]] == [failed]
    assert second["next"] is None
    for wrong in ("state=failed", "status=lost", "kind=spam", "storefront=x", "limit=0", "created_since=yesterday"):
        assert (await post.call(AGENT, "GET", f"/v1/messages?{wrong}")).status_code == 422, wrong


async def test_z20_an_alarm_can_watch_what_needs_a_person(post: RunningNotifications, mail: FakeTransport) -> None:
    """Nobody says that all is well."""
    await one_that_failed(post, mail)
    lost = ReturnEvents()
    await post.bring(lost.requested(), lost.approved())
    await post.until(lost.return_id, Status.WAITING_FOR_CONTACT)
    said = (await post.http.get("/metrics")).text
    for status, count in (("failed", 1), ("waiting_for_contact", 1), ("queued", 0)):
        assert f'retour_messages{{service="notifications",status="{status}"}} {count}.0' in said


async def _published(post: RunningNotifications) -> list[Any]:
    """What this service has told others about messages of the return that was told first."""
    sent = await post.published("message.sent.v1", 1)
    first = [each for each in sent if each.correlationid == sent[0].correlationid]
    return first if len(sent) == 1 else await post.published("message.failed.v1", 1)
