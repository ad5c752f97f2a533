"""Parked events through the gateway: page after page, one of several, all of them with an odd one between."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from retour.access import Access
from retour.client import Client, Refusal
from retour.exit_status import ExitStatus, Trouble
from retour.hosting.data_folder import Administrator
from retour.operating import dead_letters as subject

WHO = Access("http://retour.example", Administrator("admin@retour.example", "word"))


def a_letter(number: int, consumer: str = "refunds.follow-inspection") -> dict[str, Any]:
    return {"id": f"evt_{number}", "consumer": consumer, "type": "x.y.v1", "state": "dead", "attempts": 6}


@dataclass
class Gateway:
    """Answers for every service; a page holds two."""

    parked: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    acts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    posted: list[tuple[str, Any]] = field(default_factory=list)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        service, what, *more = request.url.path.removeprefix("/v1/operations/").split("/")
        query = dict(request.url.params)
        self.seen.append((service, what, query))
        if request.method == "POST":
            event, act = more
            if event in self.refuses:
                status, code = self.refuses[event]
                return httpx2.Response(status, json={"code": code, "detail": "no"})
            self.posted.append((f"{service} {event} {act}", httpx2.Response(200, content=request.content).json()))
            return httpx2.Response(200, json={"state": "waiting", "attempts": 0})
        if more:
            done = [act for act in self.acts[service] if act["event_id"] == more[0]]
            return httpx2.Response(200, json={"parked": None, "body": None, "acts": done})
        every = (self.parked if what == "dead-letters" else self.acts).get(service, [])
        if what == "dead-letters":
            every = [
                each
                for each in every
                if query.get("event_id") in {None, each["id"]} and query.get("consumer") in {None, each["consumer"]}
            ]
        start = int(query.get("cursor", "0"))
        following = str(start + 2) if len(every) > start + 2 else None
        return httpx2.Response(200, json={"items": every[start : start + 2], "next": following})


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    made = Gateway()

    @asynccontextmanager
    async def signed_in(access: Access, language: Any) -> AsyncIterator[Client]:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(made.answer)) as http:
            yield Client(http, access.url, language, tries=1)

    monkeypatch.setattr(subject, "signed_in", signed_in)
    return made


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
async def test_every_page_of_every_service_is_read_once(gateway: Gateway, count: int) -> None:
    gateway.parked = {"refunds": [a_letter(n) for n in range(count)], "requests": [a_letter(9, "requests.x")]}
    found = await subject.find(WHO, "en", service=None, state="dead", consumer=None)
    assert [(each["service"], each["id"]) for each in found] == [
        ("requests", "evt_9"), *(("refunds", f"evt_{n}") for n in range(count)),
    ]  # fmt: skip
    assert {query["state"] for _, _, query in gateway.seen} == {"dead"}
    assert len([each for each in gateway.seen if each[0] == "refunds"]) == max(1, (count + 1) // 2)


async def test_a_listing_ends_at_its_limit(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MOST", 4)
    gateway.parked = {"refunds": [a_letter(n) for n in range(50)]}
    assert len(await subject.find(WHO, "en", service="service_refunds", state=None, consumer=None)) == 4


async def test_a_service_that_is_none_is_said(gateway: Gateway) -> None:
    with pytest.raises(Trouble, match="no service refund; there are: requests") as trouble:
        await subject.find(WHO, "en", service="refund", state=None, consumer=None)
    assert trouble.value.ending is ExitStatus.USAGE
    assert gateway.seen == []


async def test_of_all_one_that_was_taken_meanwhile_is_passed_over_and_the_others_are_tried(gateway: Gateway) -> None:
    gateway.parked = {"requests": [a_letter(n) for n in range(3)], "refunds": [a_letter(3)]}
    gateway.refuses = {"evt_1": (404, "not_found")}
    done = await subject.replay(WHO, "en", None, "mended", service=None, consumer=None)
    assert [(each["id"], each["state"], each["attempts"]) for each in done] == [
        (f"evt_{n}", "waiting", 0) for n in (0, 2, 3)
    ]
    body = {"consumer": "refunds.follow-inspection", "reason": "mended"}
    assert gateway.posted == [
        ("requests evt_0 replay", body), ("requests evt_2 replay", body), ("refunds evt_3 replay", body),
    ]  # fmt: skip


@pytest.mark.parametrize(("event", "refusal"), [(None, (409, "stale")), ("evt_1", (404, "not_found"))])
async def test_any_other_no_and_one_about_the_only_one_is_said(
    gateway: Gateway, event: str | None, refusal: tuple[int, str]
) -> None:
    gateway.parked = {"requests": [a_letter(n) for n in range(3)]}
    gateway.refuses = {"evt_1": refusal}
    with pytest.raises(Refusal):
        await subject.replay(WHO, "en", event, None, service="requests", consumer=None)


async def test_one_is_chosen_by_its_consumer_and_nobody_guesses(gateway: Gateway) -> None:
    gateway.parked = {"refunds": [a_letter(1), a_letter(2)], "requests": [a_letter(1, "requests.x")]}
    with pytest.raises(Trouble, match=r"choose with --consumer: requests\.x, refunds\.follow-inspection") as trouble:
        await subject.discard(WHO, "en", "evt_1", "given up", service=None, consumer=None)
    assert trouble.value.ending is ExitStatus.USAGE
    with pytest.raises(Trouble, match="No event evt_3 is parked") as trouble:
        await subject.discard(WHO, "en", "evt_3", "given up", service=None, consumer=None)
    assert trouble.value.ending is ExitStatus.WRONG
    assert gateway.posted == []
    given = await subject.discard(WHO, "en", "evt_1", "given up", service=None, consumer="requests.x")
    assert (given["service"], given["id"], given["consumer"]) == ("requests", "evt_1", "requests.x")
    assert gateway.posted == [("requests evt_1 discard", {"consumer": "requests.x", "reason": "given up"})]


def an_act(number: int, at: str, consumer: str = "refunds.x") -> dict[str, Any]:
    return {
        "event_id": f"evt_{number}",
        "consumer": consumer,
        "act": "discard",
        "at": at,
        "body": '{"a": 1}',
        "why": "x",
    }


async def test_acts_of_every_service_stand_together_the_newest_first(gateway: Gateway) -> None:
    gateway.acts = {
        "refunds": [an_act(1, "2026-11-24T09:00:03Z"), an_act(2, "2026-11-24T09:00:01Z")],
        "requests": [an_act(3, "2026-11-24T09:00:02Z")],
    }
    assert [act["event_id"] for act in await subject.acts(WHO, "en", service=None)] == ["evt_1", "evt_3", "evt_2"]
    assert [act["event_id"] for act in await subject.acts(WHO, "en", service="requests")] == ["evt_3"]


async def test_what_was_dealt_with_is_still_shown_and_what_never_was_is_not(gateway: Gateway) -> None:
    gateway.acts = {"refunds": [an_act(1, "2026-11-24T09:00:03Z")]}
    shown = await subject.whole(WHO, "en", "evt_1", service=None, consumer=None)
    assert (shown["service"], shown["body"], shown["acts"][0]["body"]) == ("refunds", None, {"a": 1})
    for event, consumer in (("evt_2", None), ("evt_1", "requests.x")):
        with pytest.raises(Trouble, match=r"is or was parked") as trouble:
            await subject.whole(WHO, "en", event, service=None, consumer=consumer)
        assert trouble.value.ending is ExitStatus.WRONG
