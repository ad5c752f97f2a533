"""Contacts and messages over HTTP: a customer sees her own, those who help her see the way as well."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from service_notifications.adapters.tables import common, metadata
from service_notifications.domain.messages.message import Status
from shared.contracts import events
from shared.kernel.principal import Kind, Principal, Role
from tests.support.notifications import AGENT, SHOP, ReturnEvents, RunningNotifications

INSIDE = {"attempts", "to_address", "template", "customer_id", "code", "due_at", "tells", "said_at"}


@pytest.fixture
async def post(engines: Any, tmp_path: Path) -> AsyncIterator[RunningNotifications]:
    url = await engines.make(metadata, common, word="notifications")
    async with RunningNotifications.open(url, tmp_path / "mail") as running:
        yield running


def customer(customer_id: str) -> Principal:
    return Principal(Kind.CUSTOMER, customer_id, frozenset({Role.CUSTOMER}))


async def test_a_contact_comes_back_as_it_was_put_and_the_same_again_changes_nothing(
    post: RunningNotifications,
) -> None:
    for _ in range(2):
        answer = await post.contact("cus-1", form_of_address="李女士", language="zh-CN")
        assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    found = await post.call(SHOP, "GET", "/v1/contacts/cus-1")
    assert found.json() == {
        "customer_id": "cus-1",
        "name": "Li Na",
        "email": "li.na@customers.example",
        "form_of_address": "李女士",
        "language": "zh-CN",
        "version": 1,
    }
    changed = await post.contact("cus-1", name=None)
    assert (changed.json()["version"], changed.json()["form_of_address"]) == (2, None)
    late = await post.call(SHOP, "PUT", "/v1/contacts/cus-1", {"language": "en"}, **{"If-Match": '"1"'})
    assert late.status_code == 412
    any_version = {"If-Match": "*"}
    unknown = await post.call(SHOP, "PUT", "/v1/contacts/cus-unknown", {"language": "en"}, **any_version)
    assert (unknown.status_code, unknown.json()["code"]) == (412, "precondition_failed")
    assert (await post.call(SHOP, "GET", "/v1/contacts/cus-unknown")).status_code == 404
    assert (await post.call(SHOP, "PUT", "/v1/contacts/cus-1", {"language": "en"}, **any_version)).status_code == 200


async def test_a_customer_changes_and_sees_her_own_contact_only(post: RunningNotifications) -> None:
    """O01: foreign looks like absent."""
    body = {"email": "me@customers.example", "language": "en"}
    assert (await post.call(customer("cus-1"), "PUT", "/v1/contacts/cus-1", body)).status_code == 200
    assert (await post.call(customer("cus-2"), "PUT", "/v1/contacts/cus-1", body)).status_code == 404
    assert (await post.call(customer("cus-2"), "GET", "/v1/contacts/cus-1")).status_code == 404
    assert (await post.call(customer("cus-1"), "GET", "/v1/contacts/cus-1")).status_code == 200
    assert (await post.call(AGENT, "GET", "/v1/contacts/nobody")).status_code == 404


async def test_a_colleague_does_not_replace_unseen_what_the_customer_wrote(post: RunningNotifications) -> None:
    """RFC 6585 3: a person of the staff names the version of a contact that exists; shop and customer need none."""
    url, body = "/v1/contacts/cus-1", {"email": "me@customers.example", "language": "en"}
    made = await post.call(AGENT, "PUT", url, body)
    assert (made.status_code, made.headers["etag"]) == (200, '"1"'), made.text
    mine = body | {"name": "Anna"}
    assert (await post.call(customer("cus-1"), "PUT", url, mine)).headers["etag"] == '"2"'
    for sent, status, code in (
        ({}, 428, "precondition_required"),
        ({"If-Match": '"1"'}, 412, "precondition_failed"),
    ):
        late = await post.call(AGENT, "PUT", url, body | {"name": "A."}, **sent)
        assert (late.status_code, late.json()["code"]) == (status, code)
    assert (await post.call(AGENT, "PUT", url, mine)).status_code == 428, "also where nothing would change"
    assert (await post.call(AGENT, "GET", url)).json()["name"] == "Anna"
    assert (await post.call(AGENT, "PUT", url, body | {"name": "A."}, **{"If-Match": '"2"'})).status_code == 200
    assert (await post.call(AGENT, "PUT", url, body, **{"If-Match": "*"})).status_code == 200
    assert (await post.call(SHOP, "PUT", url, mine)).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a@x.example,b@y.example"),
        ("email", "a@x.example\r\nBcc: evil@y.example"),
        ("email", "a%0aBcc:evil@x.example"),
        ("email", "=?utf-8?q?a=0d=0a?=@x.example"),
        ("email", '"a b"@x.example'),
        ("name", "Li\r\nBcc: evil@y.example"),
        ("name", "Li\u202eNa"),
        ("form_of_address", "x" * 101),
        ("language", "not a language"),
        ("phone", "+86"),
    ],
)
async def test_what_cannot_be_a_contact_is_refused_with_the_field_named(
    post: RunningNotifications, field: str, value: str
) -> None:
    """S-87."""
    answer = await post.contact("cus-1", **{field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    assert value not in answer.text


async def test_a_customer_reads_her_message_and_nothing_of_its_way(post: RunningNotifications) -> None:
    story = ReturnEvents()
    await post.contact(story.customer_id, form_of_address="Ms Li")
    await post.bring(story.requested(), story.approved())
    (message,) = await post.until(story.return_id, Status.SENT)
    path = f"/v1/messages/{message.id}"
    mine = (await post.call(customer(story.customer_id), "GET", path)).json()
    assert mine["text"].startswith("Dear Ms Li,\n")
    assert "R7K2-MX4Q" in mine["html"]
    assert INSIDE.isdisjoint(mine)
    inside = (await post.call(AGENT, "GET", path)).json()
    assert inside.keys() >= INSIDE
    assert (inside["to_address"], inside["attempts"][0]["result"]) == ("li.na@customers.example", "sent")
    assert (inside["text"], inside["subject"]) == (mine["text"], mine["subject"])
    assert (await post.call(customer("somebody-else"), "GET", path)).status_code == 404
    assert (await post.call(SHOP, "GET", path)).status_code == 403


async def test_what_has_been_said_stays_as_it_was_said(post: RunningNotifications) -> None:
    """L04: the words are proof, also after the contact has changed."""
    story = ReturnEvents()
    await post.contact(story.customer_id, name="Li Na")
    await post.bring(story.requested(), story.approved())
    (message,) = await post.until(story.return_id, Status.SENT)
    await post.contact(story.customer_id, name="Somebody Else", language="zh-CN")
    shown = (await post.call(AGENT, "GET", f"/v1/messages/{message.id}")).json()
    assert shown["text"].startswith("Hello Li Na,\n")


async def test_a_message_that_waits_for_a_contact_can_be_read_by_its_customer(post: RunningNotifications) -> None:
    story = ReturnEvents(language="zh-CN")
    await post.bring(story.requested(), story.approved())
    (message,) = await post.until(story.return_id, Status.WAITING_FOR_CONTACT)
    shown = (await post.call(customer(story.customer_id), "GET", f"/v1/messages/{message.id}")).json()
    assert shown["text"].startswith("您好！\n")


async def test_lists_go_page_by_page_and_hold_only_what_is_hers(post: RunningNotifications) -> None:
    story, other = ReturnEvents(), ReturnEvents()
    for told in (story, other):
        await post.bring(told.requested(), told.approved())
        await post.bring(told.received(1), told.received(2, receipt="rcp_2"))
    await post.bring(story.refund(events.RefundSettled))
    seen: list[str] = []
    cursor = ""
    while True:
        path = f"/v1/messages?return_id={story.return_id}&limit=3{cursor}"
        page = (await post.call(AGENT, "GET", path)).json()
        seen += [item["kind"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["refund_settled", "goods_received", "goods_received", "return_approved"]
    everything = (await post.call(customer(story.customer_id), "GET", "/v1/messages")).json()["items"]
    assert {item["return_id"] for item in everything} == {story.return_id}
    assert INSIDE.isdisjoint(everything[0])
    foreign = await post.call(customer(story.customer_id), "GET", f"/v1/messages?return_id={other.return_id}")
    assert foreign.json()["items"] == []
    assert (await post.call(AGENT, "GET", "/v1/messages?cursor=nonsense")).status_code == 422
