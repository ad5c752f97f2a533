"""Asking, being answered, and the unit ledger behind it; on both engines."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service_requests.adapters.tables import unit_claims
from shared.runtime.clock import new_id
from tests.integration.requests.conftest import AGENT, ANNA, BERT, SHOP, TUESDAY, RequestsService, a_wish
from tests.support.keeping import Losing

LONG_AGO: dict[str, Any] = {"ordered_at": "2026-01-02T09:00:00Z", "delivered_at": "2026-01-05T09:00:00Z"}


async def claimed(requests_service: RequestsService, order: dict[str, Any]) -> list[tuple[str, int]]:
    rows = await requests_service.service.database.reader.load(unit_claims, "order_id", order["id"])
    # the line with the empty id stands for the snapshot, which the first return claims
    return [(row["line_id"], row["unit_no"]) for row in rows if row["line_id"]]


async def test_the_same_answer_with_and_without_effect(requests_service: RequestsService) -> None:
    """A01, A12, B10: the verdict asked for first is the decision made afterwards."""
    for but, outcome, status in (({}, "accept", "approved"), (LONG_AGO, "refuse", "refused")):
        order = await requests_service.order(**but)
        body = a_wish(order)
        verdict = await requests_service.good("/v1/eligibility", body, ANNA)
        assert verdict["outcome"] == outcome
        assert await claimed(requests_service, order) == []
        asked = await requests_service.good("/v1/returns", body, ANNA)
        assert asked["status"] == status
        failed = [reason for reason in verdict["reasons"] if outcome == "accept" or reason["result"] == "no"]
        assert asked["decision"]["reasons"] == failed
        assert asked["decision"]["alternatives"] == verdict["alternatives"]
        assert bool(verdict["alternatives"]) == (outcome == "refuse")


async def test_one_unit_has_one_remedy_whoever_is_first(requests_service: RequestsService) -> None:
    """B14: ten at once for one scarf; one wins, the others are told that none is left."""
    order = await requests_service.order()
    answers = await asyncio.gather(
        *(requests_service.post("/v1/returns", a_wish(order, line="L2"), ANNA) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "units_already_returned"
    assert refused["detail"].startswith("0 of 1 item(s)")
    assert refused["errors"][0]["pointer"] == "/lines/0/quantity"
    assert await claimed(requests_service, order) == [("L2", 1)]


async def test_rivals_for_different_units_of_a_line_all_get_theirs(requests_service: RequestsService) -> None:
    """B14: two coats, two requests at once, both approved."""
    order = await requests_service.order()
    answers = await asyncio.gather(*(requests_service.post("/v1/returns", a_wish(order), ANNA) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409]
    assert await claimed(requests_service, order) == [("L1", 1), ("L1", 2)]


async def test_a_refusal_claims_nothing_and_giving_up_gives_back(requests_service: RequestsService) -> None:
    """B14, D06, A11."""
    old = await requests_service.order(**LONG_AGO)
    await requests_service.request(old)
    assert await claimed(requests_service, old) == []
    order = await requests_service.order()
    asked = await requests_service.request(order, quantity=2)
    assert len(await claimed(requests_service, order)) == 2
    cancelled = await requests_service.good(f"/v1/returns/{asked['id']}/cancellation", {}, ANNA)
    assert cancelled["status"] == "cancelled"
    assert await claimed(requests_service, order) == []
    again = await requests_service.request(order, quantity=2)
    assert again["status"] == "approved"


async def test_more_than_was_bought_is_refused_as_that_whatever_is_being_returned(
    requests_service: RequestsService,
) -> None:
    """B14, Q01: nothing is being returned, or one of two is: three of two are more than there ever were."""
    order = await requests_service.order()
    twice = a_wish(order, quantity=2)
    twice["lines"] *= 2
    for wish, wanted in ((a_wish(order, quantity=3), 3), (twice, 4)):
        for path in ("/v1/returns", "/v1/eligibility"):
            refused = await requests_service.post(path, wish, ANNA)
            assert (refused.status_code, refused.json()["code"]) == (409, "more_than_bought")
            assert refused.json()["title"] == "More units than were bought"
            assert refused.json()["detail"] == f"2 item(s) of line L1 were bought; {wanted} were asked for."
            assert refused.json()["errors"][0]["pointer"] == "/lines/0/quantity"
    await requests_service.request(order)
    codes = [
        (await requests_service.post("/v1/returns", a_wish(order, quantity=n), ANNA)).json()["code"] for n in (2, 3)
    ]
    assert codes == ["units_already_returned", "more_than_bought"]


async def test_a_customer_asks_only_for_her_own(requests_service: RequestsService) -> None:
    """S-31: a foreign order, return or timeline looks exactly like none."""
    order = await requests_service.order(ANNA)
    foreign = await requests_service.post("/v1/returns", a_wish(order), BERT)
    absent = await requests_service.post("/v1/returns", a_wish({"id": new_id("order")}), BERT)
    assert foreign.status_code == absent.status_code == 404
    assert {**foreign.json(), "instance": ""} == {**absent.json(), "instance": ""}
    asked = await requests_service.request(order)
    path = f"/v1/returns/{asked['id']}"
    for way in (path, f"{path}/timeline"):
        assert (await requests_service.look(way, BERT)).status_code == 404
    for deed, body in (("cancellation", {}), ("shipments", {"carrier": "dhl", "tracking_number": "JD0146"})):
        assert (await requests_service.post(f"{path}/{deed}", body, BERT)).status_code == 404
    assert (await requests_service.see("/v1/returns", BERT))["items"] == []
    assert (await requests_service.post("/v1/eligibility", a_wish(order), BERT)).status_code == 404


async def test_an_agent_asks_for_a_customer_on_the_telephone(requests_service: RequestsService) -> None:
    """A02: the customer is the order's; naming another one is refused; the channel is kept."""
    order = await requests_service.order(ANNA)
    wrong = await requests_service.post("/v1/returns", a_wish(order, customer_id="bert"), AGENT)
    assert wrong.status_code == 404
    asked = await requests_service.good("/v1/returns", a_wish(order, customer_id="anna", channel="phone"), AGENT)
    assert (asked["customer_id"], asked["channel"]) == ("anna", "phone")
    assert (await requests_service.see(f"/v1/returns/{asked['id']}", ANNA))["id"] == asked["id"]
    steps = (await requests_service.see(f"/v1/returns/{asked['id']}/timeline", ANNA))["steps"]
    assert [step["by"] for step in steps] == ["staff", "policy"]
    steps = (await requests_service.see(f"/v1/returns/{asked['id']}/timeline", AGENT))["steps"]
    assert [step["by"] for step in steps] == ["staff:li", "service:policy"]
    by_shop = await requests_service.good("/v1/returns", a_wish(order), SHOP)
    assert by_shop["channel"] == "storefront"


async def test_a_person_decides_what_the_policy_would_not(requests_service: RequestsService) -> None:
    """R2.1, R2.2, R2.5: by the end of the next working day; a note stays among colleagues."""
    order = await requests_service.order()
    one = await requests_service.request(order, reason="unsafe", comment="It smells of smoke.")
    assert (one["status"], one["rma"], one["decision"]) == ("in_review", None, None)
    assert one["next"]["by"] == "2026-11-25T17:00:00Z"
    seen = await requests_service.see(f"/v1/returns/{one['id']}", AGENT)
    assert [reason["rule"] for reason in seen["referral"]] == ["reason_needs_a_person"]
    path = f"/v1/returns/{one['id']}"
    early = await requests_service.post(f"{path}/shipments", {"carrier": "dhl", "tracking_number": "JD0146"}, ANNA)
    assert (early.status_code, early.json()["code"]) == (409, "illegal_move")
    assert "approved" in early.json()["detail"]
    assert "in_review" not in early.json()["detail"]
    assert (await requests_service.post(f"{path}/approval", {}, ANNA)).status_code == 403
    approved = await requests_service.good(f"{path}/approval", {"note": "Take it back."}, AGENT)
    assert (approved["status"], approved["note"], approved["decision"]["automatic"]) == (
        "approved",
        "Take it back.",
        False,
    )
    assert "note" not in await requests_service.see(path, ANNA)
    assert (await requests_service.post(f"{path}/approval", {}, AGENT)).status_code == 409
    two = await requests_service.request(order, reason="unsafe")
    words = {"en": "It is not from this order.", "zh-CN": "不属于该订单。"}
    refused = await requests_service.good(f"/v1/returns/{two['id']}/refusal", {"reason": words}, AGENT)
    assert refused["status"] == "refused"
    assert refused["decision"]["reasons"][0]["says"] == words
    assert refused["decision"]["alternatives"]
    assert refused["decision"]["object_by"] == "2026-12-08"
    types = [event.type for event in await requests_service.events(two["id"], 3)]
    assert types == ["return.requested.v1", "return.referred.v1", "return.refused.v1"]


async def test_z32_an_agent_may_write_one_language_and_is_told_which_one_the_customer_reads(
    requests_service: RequestsService,
) -> None:
    """The one text stands for both, and the answer says what to expect; no text at all is refused."""
    order = await requests_service.order(language="zh-Hant-TW")
    asked = await requests_service.request(order, reason="unsafe")
    path = f"/v1/returns/{asked['id']}/refusal"
    assert (await requests_service.post(path, {"reason": {}}, AGENT)).status_code == 422
    refused = await requests_service.good(path, {"reason": {"zh-CN": "不属于该订单。"}}, AGENT)
    assert refused["decision"]["reasons"][0]["says"] == {"en": "不属于该订单。", "zh-CN": "不属于该订单。"}
    assert refused["customer_reads"] == "zh-CN"


async def test_a_double_click_makes_one_return(requests_service: RequestsService) -> None:
    """A14: same key, same bytes; other body under the key, refused; no key, refused."""
    order = await requests_service.order()
    body = a_wish(order)
    answers = await asyncio.gather(*(requests_service.post("/v1/returns", body, ANNA, key="k-1") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(await claimed(requests_service, order)) == 1
    other = await requests_service.post("/v1/returns", a_wish(order, quantity=2), ANNA, key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    missing = await requests_service.post("/v1/returns", body, ANNA, key="no key")
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("done", [True, False])
async def test_a_request_whose_answer_was_lost_is_made_once(
    requests_service: RequestsService, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """A14: the database went away before the commit, or after it; then the requests_service finds what it has done."""
    order = await requests_service.order()
    committer = requests_service.service.database.committer
    losing = Losing(committer.commit, "returns", done)
    monkeypatch.setattr(committer, "commit", losing)
    first = await requests_service.post("/v1/returns", a_wish(order), ANNA, key="k-1")
    assert (first.status_code, losing.lost) == (201 if done else 503, 1)
    again = await requests_service.post("/v1/returns", a_wish(order), ANNA, key="k-1")
    assert again.status_code == 201
    assert [item["id"] for item in (await requests_service.see("/v1/returns", ANNA))["items"]] == [again.json()["id"]]
    assert len(await claimed(requests_service, order)) == 1


async def test_an_order_is_shown_to_whom_it_belongs_among_others_of_its_number(
    requests_service: RequestsService,
) -> None:
    """O01: two storefronts number alike."""
    hers = await requests_service.order(ANNA, number="N-1", storefront="shop")
    his = await requests_service.order(BERT, number="N-1", storefront="other")
    for by, keys in ((ANNA, [hers["id"]]), (BERT, [his["id"]]), (AGENT, [his["id"], hers["id"]])):
        assert [each["id"] for each in (await requests_service.see("/v1/orders", by, number="N-1"))["items"]] == keys


async def test_an_edit_names_the_version_it_has_seen(requests_service: RequestsService) -> None:
    """ETag, If-Match: a colleague was faster."""
    order = await requests_service.order()
    asked = await requests_service.request(order, reason="unsafe")
    path = f"/v1/returns/{asked['id']}"
    seen = await requests_service.look(path, AGENT)
    assert seen.headers["etag"] == f'"{asked["version"]}"' == '"1"'
    stale = await requests_service.post(f"{path}/approval", {}, AGENT, **{"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    approved = await requests_service.post(f"{path}/approval", {}, AGENT, **{"If-Match": seen.headers["etag"]})
    assert approved.headers["etag"] == '"2"'


async def test_pages_go_from_new_to_old_and_filters_hold(requests_service: RequestsService) -> None:
    """Keyset pages; every return once; a customer's own only; return numbers as people say them."""
    order = await requests_service.order(ANNA)
    scarf = await requests_service.request(order, line="L2", reason="unsafe")
    coats = [await requests_service.request(order), await requests_service.request(order)]
    other = await requests_service.request(await requests_service.order(BERT), BERT)
    newest_first = [other["id"], coats[1]["id"], coats[0]["id"], scarf["id"]]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await requests_service.see("/v1/returns", AGENT, limit=2, **cursor)
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == newest_first
    mine = await requests_service.see("/v1/returns", ANNA, limit=3)
    assert [item["id"] for item in mine["items"]] == newest_first[1:]
    assert mine["next"] is None

    async def ids(**query: str) -> list[str]:
        return [item["id"] for item in (await requests_service.see("/v1/returns", AGENT, **query))["items"]]

    assert await ids(status="in_review") == [scarf["id"]]
    assert await ids(order_id=order["id"], status="approved") == newest_first[1:3]
    said = coats[0]["rma"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert await ids(rma=said) == [coats[0]["id"]]
    assert (await requests_service.see("/v1/returns", BERT, rma=said))["items"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"cursor": "????"}, "bad_cursor"),
        ({"cursor": "cmV0XzE"}, "bad_cursor"),
        ({"rma": "RT-0000-0000-0"}, "not_an_rma"),
        ({"status": "lost"}, "malformed"),
        ({"limit": "0"}, "malformed"),
        ({"limit": "many"}, "malformed"),
        ({"colour": "red"}, "unknown_parameter"),
        ({"sort": "name"}, "malformed"),
        ({"status": "approved,lost"}, "malformed"),
        ({"expand": "everything"}, "malformed"),
        ({"created_since": "yesterday"}, "malformed"),
        ({"overdue": "perhaps"}, "malformed"),
    ],
)
async def test_a_bad_question_names_its_field(
    requests_service: RequestsService, query: dict[str, str], code: str
) -> None:
    answer = await requests_service.look("/v1/returns", AGENT, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert next(iter(query)) in answer.json()["errors"][0]["pointer"]


@pytest.mark.parametrize(
    ("but", "code", "pointer"),
    [
        ({"reason": "because"}, "unknown_reason", "/lines/0/reason"),
        ({"condition": "fine"}, "unknown_condition", "/lines/0/condition"),
        ({"line": "L9"}, "unknown_line", "/lines/0/line_id"),
        ({"quantity": 0}, "malformed", "/lines/0/quantity"),
        ({"quantity": "1"}, "malformed", "/lines/0/quantity"),
        ({"comment": "\x07"}, "malformed", "/lines/0/comment"),
        ({"wish": "refund"}, "malformed", "/lines/0/wish"),
        ({"channel": "pigeon"}, "malformed", "/channel"),
    ],
)
async def test_a_bad_wish_names_its_field(
    requests_service: RequestsService, but: dict[str, Any], code: str, pointer: str
) -> None:
    order = await requests_service.order()
    answer = await requests_service.post("/v1/returns", a_wish(order, **but), ANNA)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("strange", ["ret_1", "%00", "ret_%00", "..%2F..", "ret_01JD0000000000000000000000", "退货"])
async def test_an_id_that_names_nothing_is_not_found(requests_service: RequestsService, strange: str) -> None:
    assert (await requests_service.look(f"/v1/returns/{strange}", AGENT)).status_code == 404
    answer = await requests_service.post(f"/v1/returns/{strange}/cancellation", {}, AGENT)
    assert answer.status_code == 404


async def test_what_was_never_sent_lapses_by_itself_and_lateness_is_said_once(
    requests_service: RequestsService,
) -> None:
    """D06, R2.1: the watch looks, with an index for what is due and nothing else."""
    order = await requests_service.order()
    coat = await requests_service.request(order)
    scarf = await requests_service.request(order, line="L2", reason="unsafe")
    requests_service.clock.move(days=15)
    for _ in range(200):
        if (await requests_service.see(f"/v1/returns/{coat['id']}"))["status"] == "lapsed":
            break
        await asyncio.sleep(0.05)
    assert await claimed(requests_service, order) == [("L2", 1)]
    types = [event.type for event in await requests_service.events(coat["id"], 3)]
    assert types[-1] == "return.closed.v1"
    late = await requests_service.see(f"/v1/returns/{scarf['id']}")
    assert (late["status"], late["overdue"]) == ("in_review", ["decide@2026-11-25T17:00:00Z"])
    steps = (await requests_service.see(f"/v1/returns/{scarf['id']}/timeline"))["steps"]
    assert [step["code"] for step in steps if step["code"] != "reminded"] == ["requested", "referred", "overdue"]
    assert requests_service.clock() > TUESDAY + timedelta(days=14)
    assert datetime.fromisoformat(steps[-1]["at"]).astimezone(UTC) == requests_service.clock()
