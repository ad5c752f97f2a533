"""Metadata, an external reference, tags and notes of staff on a return; on both engines (A18)."""

import json
from typing import Any

import pytest

from tests.integration.requests.conftest import AGENT, ANNA, BERT, SHOP, RequestsService, a_wish

META = {"batch": "2026-47", "渠道": "小程序"}


async def test_metadata_and_a_reference_are_given_with_the_request_and_found_again(
    requests_service: RequestsService,
) -> None:
    order = await requests_service.order()
    wish = {**a_wish(order), "metadata": META, "external_reference": "ERP 4711"}
    asked = await requests_service.good("/v1/returns", wish, SHOP)
    plain = await requests_service.request(order, line="L2")
    assert (asked["metadata"], asked["external_reference"]) == (META, "ERP 4711")
    assert (plain["metadata"], plain["external_reference"]) == ({}, None)
    url = f"/v1/returns/{asked['id']}"
    assert (await requests_service.see(url, ANNA))["metadata"] == META
    found = await requests_service.see("/v1/returns", AGENT, external_reference="ERP 4711")
    assert [each["id"] for each in found["items"]] == [asked["id"]]
    body = {"metadata": {"batch": "2026-48"}}
    changed = await requests_service.put(f"{url}/metadata", body, SHOP)
    assert (changed.json()["metadata"], changed.json()["external_reference"]) == (body["metadata"], None)
    again = await requests_service.put(f"{url}/metadata", body, AGENT)
    assert again.json()["version"] == changed.json()["version"]
    assert (await requests_service.see("/v1/returns", AGENT, external_reference="ERP 4711"))["items"] == []


async def test_tags_and_notes_are_for_staff_and_never_for_the_customer_or_in_events(
    requests_service: RequestsService,
) -> None:
    """A18: the list finds a tag; notes are only added; the customer sees neither them nor their steps."""
    order = await requests_service.order()
    asked = await requests_service.good("/v1/returns", {**a_wish(order), "metadata": {"key": "SECRETMETA"}}, SHOP)
    url = f"/v1/returns/{asked['id']}"
    tagged = await requests_service.put(f"{url}/tags", {"tags": ["vip", "SECRETTAG", "vip"]}, AGENT)
    assert tagged.json()["tags"] == ["SECRETTAG", "vip"], tagged.text
    for text in ("SECRETNOTE one", "SECRETNOTE two"):
        await requests_service.good(f"{url}/notes", {"text": text}, AGENT)
    assert (await requests_service.see(url))["note_count"] == 2
    notes = (await requests_service.see(f"{url}/notes"))["items"]
    assert [(note["number"], note["text"], note["by"]) for note in notes] == [
        (1, "SECRETNOTE one", "staff:li"), (2, "SECRETNOTE two", "staff:li"),
    ]  # fmt: skip
    found = await requests_service.see("/v1/returns", AGENT, tag="vip")
    assert [each["id"] for each in found["items"]] == [asked["id"]]
    assert (await requests_service.put(f"{url}/tags", {"tags": ["vip"]}, AGENT)).json()["tags"] == ["vip"]
    assert (await requests_service.see("/v1/returns", AGENT, tag="SECRETTAG"))["items"] == []
    staff = [step["code"] for step in (await requests_service.see(f"{url}/timeline"))["steps"]]
    assert [staff.count(code) for code in ("tagged", "noted")] == [2, 2]
    for by in (ANNA, SHOP):
        for path in (url, f"{url}/timeline", "/v1/returns"):
            shown = json.dumps(await requests_service.see(path, by))
            assert "SECRETNOTE" not in shown
            assert "SECRETTAG" not in shown
            assert '"noted"' not in shown
            assert '"tagged"' not in shown
        assert (await requests_service.look(f"{url}/notes", by)).status_code == 403
        assert (await requests_service.look("/v1/returns", by, tag="vip")).status_code == 403
        assert (await requests_service.put(f"{url}/tags", {"tags": []}, by)).status_code == 403
        assert (await requests_service.post(f"{url}/notes", {"text": "x"}, by)).status_code == 403
    told = json.dumps([each.data for each in await requests_service.events(asked["id"], 2)])
    assert "SECRET" not in told


async def test_the_same_note_with_the_same_key_is_written_once(requests_service: RequestsService) -> None:
    asked = await requests_service.request(await requests_service.order())
    url = f"/v1/returns/{asked['id']}/notes"
    for _ in range(3):
        await requests_service.good(url, {"text": "Ring back."}, AGENT, key="once")
    assert len((await requests_service.see(url))["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("metadata", {"metadata": {f"k{n}": "v" for n in range(21)}}),
        ("metadata", {"metadata": {"k" * 41: "v"}}),
        ("metadata", {"metadata": {"k": "v" * 501}}),
        ("metadata", {"metadata": {"k": 1}}),
        ("metadata", {"metadata": {"k": {"deep": "v"}}}),
        ("metadata", {"metadata": {"": "v"}}),
        ("metadata", {"metadata": {}, "external_reference": "x" * 65}),
        ("metadata", {"metadata": {}, "external_reference": "a\u0007b"}),
        ("tags", {"tags": [f"t{n}" for n in range(21)]}),
        ("tags", {"tags": ["x" * 41]}),
        ("tags", {"tags": [" "]}),
        ("tags", {"tags": "vip"}),
    ],
)
async def test_what_is_too_much_is_refused(requests_service: RequestsService, path: str, body: dict[str, Any]) -> None:
    """A18: bounded; the same bounds hold with the request."""
    order = await requests_service.order()
    asked = await requests_service.request(order)
    answer = await requests_service.put(f"/v1/returns/{asked['id']}/{path}", body, AGENT)
    assert answer.status_code == 422, answer.text
    if path == "metadata":
        again = await requests_service.post("/v1/returns", {**a_wish(order, line="L2"), **body}, ANNA)
        assert again.status_code == 422, again.text


async def test_another_customers_return_is_not_found(requests_service: RequestsService) -> None:
    asked = await requests_service.request(await requests_service.order())
    assert (
        await requests_service.put(f"/v1/returns/{asked['id']}/metadata", {"metadata": {}}, BERT)
    ).status_code == 403
    assert (await requests_service.put("/v1/returns/ret_1/metadata", {"metadata": {}}, AGENT)).status_code == 404


@pytest.mark.parametrize(
    ("path", "first", "second"),
    [
        ("metadata", {"metadata": {"batch": "1"}}, {"metadata": {"batch": "2"}}),
        ("tags", {"tags": ["vip"]}, {"tags": ["fragile"]}),
    ],
)
async def test_what_several_people_edit_is_not_replaced_unseen(
    requests_service: RequestsService, path: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """RFC 6585 3: two read, both write; the second learns of it, and one that names no version writes nothing."""
    asked = await requests_service.request(await requests_service.order())
    url = f"/v1/returns/{asked['id']}"
    read = f'"{(await requests_service.see(url))["version"]}"'
    nobody = await requests_service.put(f"{url}/{path}", first, AGENT, version=None)
    assert (nobody.status_code, nobody.json()["code"]) == (428, "precondition_required")
    assert "If-Match" in nobody.text
    assert (await requests_service.see(url))["version"] == asked["version"]
    assert (await requests_service.put(f"{url}/{path}", first, AGENT, version=read)).is_success
    late = await requests_service.put(f"{url}/{path}", second, AGENT, version=read)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    unseen = await requests_service.put(f"{url}/{path}", first, AGENT, version=None)
    assert unseen.status_code == 428, "also where nothing would change"
    whatever = await requests_service.put(f"{url}/{path}", second, AGENT, version="*")
    assert (whatever.status_code, whatever.json()[path]) == (200, second[path])


async def test_rights_form_and_existence_are_looked_at_before_the_version(requests_service: RequestsService) -> None:
    """401 and 403, then 422, then 404, then 428, then 412."""
    asked = await requests_service.request(await requests_service.order())
    for url, body, by, status in (
        (f"/v1/returns/{asked['id']}/tags", {"tags": "no list"}, SHOP, 403),
        ("/v1/returns/ret_1/tags", {"tags": "no list"}, AGENT, 422),
        ("/v1/returns/ret_1/tags", {"tags": []}, AGENT, 404),
        (f"/v1/returns/{asked['id']}/tags", {"tags": []}, AGENT, 428),
    ):
        answer = await requests_service.put(url, body, by, version=None)
        assert answer.status_code == status, answer.text
    stale = await requests_service.put(f"/v1/returns/{asked['id']}/tags", {"tags": ["vip"]}, AGENT, version='"99"')
    assert stale.status_code == 412


async def test_a_repeated_replacement_has_the_kept_answer_whatever_version_it_names(
    requests_service: RequestsService,
) -> None:
    """A14, RFC 6585 3: the repeated call changes nothing, so it is not asked what it has seen."""
    asked = await requests_service.request(await requests_service.order())
    url = f"/v1/returns/{asked['id']}/tags"
    refused = await requests_service.put(url, {"tags": ["vip"]}, AGENT, version=None, key="once")
    assert refused.status_code == 428, "a refusal is not kept"
    first = await requests_service.put(url, {"tags": ["vip"]}, AGENT, version=f'"{asked["version"]}"', key="once")
    assert first.is_success, first.text
    await requests_service.put(url, {"tags": ["fragile"]}, AGENT)
    for version in (f'"{asked["version"]}"', "*", None):
        again = await requests_service.put(url, {"tags": ["vip"]}, AGENT, version=version, key="once")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["idempotency-replayed"] == "true"
    assert (await requests_service.see(f"/v1/returns/{asked['id']}"))["tags"] == ["fragile"]
