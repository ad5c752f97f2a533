"""What bad input gets on every public route: a clear problem document, never a 5xx, never a traceback."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from shared.kernel.errors import Said
from shared.web import strict_json
from tests.support.processes.every_caller import EveryCaller, every_caller
from tests.support.who_may import rows
from tests.support.world import World, an_order, running

ROOT: Final = Path(__file__).parents[3]
DOCUMENT: Final = ROOT / "docs/openapi.json"
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
)
"""All checks but one: `positive_data_acceptance` does not know rules that no schema can say, such as a cursor that was
issued, an order whose sums agree, a deadline later than the present one, and one of two fields.
"""
BYE: Final = "/v1/auth/sessions/current"
"""Signing out in the middle would turn everything after it into a 401."""

EXAMPLES: Final = 5
"""Of made-up requests for each operation that takes anything at all."""

CALLERS: Final = ("admin", "shop", "scanner", "agent")
"""Schemathesis speaks as the first. Each operation is open to one of them at least."""


@pytest.mark.xdist_group("command")
@pytest.mark.timeout(900)
async def test_every_route_answers_generated_input_as_documented(
    mode: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """S-36, S-49, S-50, S-51, N09: schemathesis against the merged OpenAPI, bounded, with four kinds of callers.

    It has a Retour of its own, because it deletes keys and changes accounts that it finds.
    """
    vhost = request.getfixturevalue("own_vhost").url if mode == "distributed" else None
    async with running(mode, tmp_path, vhost, forked=True) as world:
        tokens = {name: getattr(world, name).token for name in CALLERS}
        listed = [await world.admin.get(path) for path in ("/v1/keys", "/v1/accounts")]
        every = EveryCaller(
            speaker=CALLERS[0],
            others={name: tokens[name] for name in CALLERS[1:]},
            checks=list(CHECKS),
            kept=[each["id"] for page in listed for each in page["items"]],
            numbers=str(tmp_path / "answered.json"),
        )
        command = [
            str(Path(sys.executable).parent / "schemathesis"), "run", str(DOCUMENT),
            "--url", str(world.http.base_url), "-H", f"Authorization: Bearer {tokens[CALLERS[0]]}",
            "--exclude-path", BYE, "--phases", "examples,fuzzing", "--max-examples", str(EXAMPLES),
            "--checks", ",".join((*CHECKS, every_caller.__name__)), "--generation-deterministic", "--no-color",
        ]  # fmt: skip
        environment = {**os.environ, **every.environment()}
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False, timeout=440, cwd=ROOT, env=environment
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    _each_operation_was_asked(every.answered())


def _each_operation_was_asked(answered: Counter[tuple[str, str, int]]) -> None:
    """By every caller, and answered to one who may; nobody lost a right on the way, and nobody had more than his."""
    table = {(row.method, row.path): row for row in rows()}
    operations = {
        f"{method.upper()} {path}": (table[method.upper(), re.sub(r"{\w+}", "{}", path)], described)
        for path, methods in json.loads(DOCUMENT.read_text())["paths"].items()
        for method, described in methods.items()
        if path != BYE
    }
    assert {operation for _, operation, _ in answered} == operations.keys()
    for operation, (row, described) in operations.items():
        heard = {name: _statuses(answered, name, operation) for name in CALLERS}
        takes = "requestBody" in described or described.get("parameters", [])
        for name, statuses in heard.items():
            assert statuses.total() >= (EXAMPLES if takes else 1), (operation, name, statuses)
            assert row.everybody or statuses[401] == 0, (operation, name, statuses)
            if not row.everybody and name not in row.may:
                assert not any(status < 300 for status in statuses), (operation, name, statuses)
        able = [name for name in CALLERS if row.everybody or name in row.may]
        assert any(heard[name].keys() - {401, 403} for name in able), (operation, heard)


def _statuses(answered: Counter[tuple[str, str, int]], caller: str, operation: str) -> Counter[int]:
    return Counter(
        {status: number for (who, what, status), number in answered.items() if (who, what) == (caller, operation)}
    )


async def wanted(world: World, body: bytes, language: str) -> httpx2.Response:
    """An agent asks for a return with these bytes."""
    headers = {
        "Authorization": f"Bearer {world.agent.token}",
        "Accept-Language": language,
        "Content-Type": "application/json",
        "Idempotency-Key": "bad-input",
    }
    return await world.http.post("/v1/returns", content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"order_id": "a", "order_id": "b"}', strict_json.NAME_TWICE),
        (b'{"order_id": NaN}', strict_json.NO_NUMBER),
        (b'{"lines": ["\\u0000"]}', strict_json.NUL),
        (b'{"lines": [{"quantity": 1' + b"0" * 40 + b"}]}", strict_json.TOO_LONG),
        (b"\xef\xbb\xbf{}", strict_json.BYTE_ORDER_MARK),
        (b"[" * 100 + b"]" * 100, strict_json.TOO_DEEP),
    ],
)
async def test_a_body_that_others_might_take_is_told_why_we_do_not(world: World, body: bytes, said: Said) -> None:
    """Q01: "not valid JSON" would send whoever wrote it to look for a comma."""
    for language, sentence in (("en", said.en), ("zh-CN", said.zh)):
        answer = await wanted(world, body, language)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
        assert answer.json()["detail"] == sentence


BLANK = ("", " ", "\n\t", "\u00a0", "\u2028\u3000")


@pytest.mark.parametrize("blank", BLANK)
async def test_a_blank_where_a_customer_would_read_something_is_refused(world: World, blank: str) -> None:
    """R2.5, Q01: taken, the letter about it could never be written, and nobody would be told."""
    order = an_order("cus_blank")
    order["lines"][0]["name"] = blank
    pushed = await world.shop.call("POST", "/v1/orders", order)
    assert (pushed.status_code, pushed.json()["errors"][0]["pointer"]) == (422, "/lines/0/name")
    for reason, pointer in (({"en": blank}, "/reason/en"), ({"en": "No.", "zh-CN": blank}, "/reason/zh-CN")):
        refused = await world.agent.call("POST", "/v1/returns/ret_any/refusal", {"reason": reason})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[1, 2", 400),
        (b'{"order_id": "a", "order_id": "b"}', 400),
        (b'{"order_id": NaN}', 400),
        (b'{"order_id": "\\u0000"}', 400),
        (b'{"order_id": "\\ud800"}', 400),
        (b"[" * 100 + b"]" * 100, 400),
        (b'{"order_id": 1e400}', 422),
        (b'{"lines": [{"quantity": 1' + b"0" * 40 + b"}]}", 400),
        (b'{"order_id": true, "status": "approved"}', 422),
        (b"\xff\xfe", 400),
        (b'{"order_id": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
async def test_a_body_that_is_not_what_we_take_is_refused_in_the_callers_language(
    world: World, body: bytes, status: int
) -> None:
    """DESIGN 8: names the field and the rule, repeats nothing of what was sent, in both languages."""
    for language in ("en", "zh-CN"):
        answer = await wanted(world, body, language)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert {"type", "title", "status", "detail", "instance", "code"} <= set(problem)
        assert problem["title"].isascii() == (language == "en")
        assert b"xxxx" not in answer.content


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"currency": "ABC"}, "/currency", "unknown_currency"),
        ({"lines": ["L1", "L1"]}, "/lines/1/line_id", "id_twice"),
        ({"tenders": ["T1", "T1"]}, "/tenders/1/tender_id", "id_twice"),
        ({"parcels": ["P1", "P1"]}, "/parcels/1/id", "id_twice"),
        ({"parcels": ["P1", "P2"], "sent_in": "P3"}, "/lines/0/parcels", "unknown_parcel"),
    ],
)
async def test_an_order_that_nobody_could_work_with_is_refused_when_it_is_pushed(
    world: World, change: dict[str, Any], pointer: str, code: str
) -> None:
    """N06, DESIGN 8: kept, its event would be dead in refunds, and what came back would never be paid."""
    order = an_order("cus_twice")
    order["currency"] = change.get("currency", "EUR")
    for part, name in (("lines", "line_id"), ("tenders", "tender_id")):
        for each, said in zip(order[part], change.get(part, ()), strict=False):
            each[name] = said
    order["parcels"] = [{"id": each} for each in change.get("parcels", ())]
    order["lines"][0]["parcels"] = [change["sent_in"]] if "sent_in" in change else []
    for language in ("en", "zh-CN"):
        headers = {"Authorization": f"Bearer {world.shop.token}", "Accept-Language": language}
        answer = await world.http.post(
            "/v1/orders", json=order, headers=headers | {"Idempotency-Key": language + pointer}
        )
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert (problem["code"], problem["errors"][0]["pointer"]) == (code, pointer)
        assert problem["detail"].isascii() == (language == "en")


@pytest.mark.parametrize(
    ("outcome", "findings"),
    [
        ("failed", []),
        ("failed", [{"check": "seal", "passed": True}]),
        ("passed", [{"check": "seal", "passed": True}, {"check": "undamaged", "passed": False}]),
    ],
)
async def test_a_verdict_that_its_findings_do_not_bear_out_is_explained_in_one_language_at_a_time(
    world: World, outcome: str, findings: list[dict[str, Any]]
) -> None:
    """R4.5, G01, Q01: failed, and no finding failed; passed, and one has: the goods would be paid for."""
    body = {
        "client_event_id": "bench-why",
        "rma": "RT-0000-0000-0",
        "scanned_at": "2026-11-24T09:30:00+08:00",
        "units": [{"sku": "COAT-M", "quantity": 1, "outcome": outcome, "grade": "C", "findings": findings}],
    }
    for language in ("en", "zh-CN"):
        answer = await world.scanner.call("POST", "/v1/inspections", body, **{"Accept-Language": language})
        assert answer.status_code == 422
        [part] = answer.json()["errors"]
        assert (part["pointer"], part["detail"].isascii()) == ("/units/0", language == "en")
        assert "`passed`" in part["detail"]


async def test_a_position_in_the_finance_feed_that_is_none_is_explained_in_both_languages(world: World) -> None:
    """Q01, DESIGN 8: what the finance system ought to have sent."""
    for language in ("en", "zh-CN"):
        answer = await world.admin.call("GET", "/v1/finance/events?after=evt_none", **{"Accept-Language": language})
        assert answer.status_code == 422
        [part] = answer.json()["errors"]
        assert part["pointer"] == "/query/after"
        assert ("`next`" in part["detail"], part["detail"].isascii()) == (True, language == "en")


@pytest.mark.parametrize("cursor", ["nonsense", "AAA", "evt_06DMGZ0A1B2C3D4E5F6G7H8J9K", "%21", "%00"])
async def test_a_cursor_that_is_none_is_explained_in_both_languages(world: World, cursor: str) -> None:
    """Q01: what to send instead, in every list that the documents name; an empty page would be taken for the end."""
    paths = json.loads(DOCUMENT.read_text())["paths"]
    lists = [
        path
        for path, operations in paths.items()
        if any(each["name"] == "cursor" for each in operations.get("get", {}).get("parameters", ()))
    ]
    assert len(lists) >= 8
    for path in lists:
        for language in ("en", "zh-CN"):
            address = f"{path.replace('{service}', 'requests')}?cursor={cursor}"
            answer = await world.admin.call("GET", address, **{"Accept-Language": language})
            assert answer.status_code == 422, (path, answer.text)
            [part] = answer.json()["errors"]
            assert part["pointer"] == "/query/cursor"
            assert ("next" in part["detail"], part["detail"].isascii()) == (True, language == "en"), path


async def test_a_parameter_that_comes_twice_is_refused_by_name_at_every_address(world: World) -> None:
    """Q01, DESIGN 8: which of the two counts is not for us to choose; every parameter that is not a list."""
    paths = json.loads(DOCUMENT.read_text())["paths"]
    tried = 0
    for path, operations in paths.items():
        declared = [each for each in operations.get("get", {}).get("parameters", ()) if each["in"] == "query"]
        named = [each["name"] for each in declared if each["schema"].get("type") != "array"]
        address = re.sub(r"{\w+}", "any", path)
        for name in named:
            for language in ("en", "zh-CN"):
                query = f"?{name}=1&{name}=1"
                answer = await world.admin.call("GET", address + query, **{"Accept-Language": language})
                assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), f"{path} {name}"
                assert answer.headers["content-type"] == "application/problem+json"
                [part] = answer.json()["errors"]
                assert part["pointer"] == f"/query/{name}"
                assert (name in part["detail"], part["detail"].isascii()) == (True, language == "en")
                tried += 1
    assert tried > 100


async def test_a_command_in_the_wrong_state_says_what_can_be_done_instead(world: World) -> None:
    """Z24: the situation in plain words, and no name of a state."""
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    problem = await world.agent.refused(f"/v1/returns/{asked['id']}/approval", status=409)
    assert problem["code"] == "illegal_move"
    assert "has been decided" in problem["detail"]


async def test_a_scan_that_refers_to_nothing_known_is_kept_and_listed(world: World) -> None:
    """F04 in its first form: never dropped."""
    body = {
        "client_event_id": "stray-1",
        "rma": "RT-0000-0000-0",
        "items": [{"sku": "COAT-M", "quantity": 1}],
        "scanned_at": "2026-11-24T09:30:00+08:00",
    }
    answer = await world.scanner.call("POST", "/v1/receipts", body)
    assert answer.status_code == 202, answer.text
    kept = answer.json()
    listed = await world.scanner.get("/v1/receipts?state=unidentified&limit=200")
    assert kept["id"] in [item["id"] for item in listed["items"]]


SAID_TO_BE: Final = {
    "nothing": {},
    "text": {"Content-Type": "text/plain"},
    "a form, as curl says": {"Content-Type": "application/x-www-form-urlencoded"},
    "almost JSON": {"Content-Type": "application/jsonp"},
    "packed": {"Content-Type": "application/json", "Content-Encoding": "gzip"},
}


@pytest.mark.parametrize("headers", SAID_TO_BE.values(), ids=SAID_TO_BE)
async def test_a_body_that_is_said_to_be_no_json_is_told_so(world: World, headers: dict[str, str]) -> None:
    """DESIGN 8, Q01: it fitted no field, and the caller was told that an object must be an object."""
    for path, caller in (
        ("/v1/returns", world.agent),
        ("/v1/policies", world.admin),
        ("/v1/receipts", world.scanner),
        ("/v1/keys", world.admin),
        ("/v1/auth/sessions", world.admin),
    ):
        for language in ("en", "zh-CN"):
            who = {"Authorization": f"Bearer {caller.token}", "Accept-Language": language, "Idempotency-Key": "none"}
            answer = await world.http.post(path, content=b'{"a": 1}', headers=who | headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type"), path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["title"].isascii() == (language == "en")


@pytest.mark.parametrize("said", ["application/json;charset=utf-8", "Application/JSON", "application/merge-patch+json"])
async def test_json_by_any_of_its_names_is_read(world: World, said: str) -> None:
    """RFC 6839 3.1: the answer is about the fields."""
    headers = {"Authorization": f"Bearer {world.agent.token}", "Content-Type": said, "Idempotency-Key": "json"}
    answer = await world.http.post("/v1/returns", content=b'{"a": 1}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("part", ["bytes=0-1", "bytes=999999-", "bytes=5-2", "nonsense"])
async def test_a_file_is_sent_whole_whatever_part_is_asked_for(world: World, part: str) -> None:
    """RFC 9110 14.2: a part that is none was refused in plain text."""
    whole = await world.http.get("/static/docs.js")
    answer = await world.http.get("/static/docs.js", headers={"Range": part})
    assert (answer.status_code, answer.content) == (200, whole.content)


@pytest.mark.parametrize(("path", "status"), [("/v1/nothing", 404), ("/metrics", 404), ("/internal/x", 404)])
async def test_an_address_that_does_not_exist_is_a_problem_too(world: World, path: str, status: int) -> None:
    answer = await world.admin.call("GET", path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_is_told_the_right_ones(world: World) -> None:
    answer = await world.admin.call("DELETE", "/v1/returns")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
