"""The pages: a cookie, forms only from here, both languages, nothing that a browser would run (S-17 to S-20)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.adapters.tables import common, metadata
from gateway.entrypoints.pages.console.words import CONSOLE_WORDS
from gateway.entrypoints.pages.frame_words import FRAME_WORDS
from gateway.entrypoints.pages.public.documentation import STATIC
from gateway.entrypoints.pages.public.words import PUBLIC_WORDS
from gateway.entrypoints.pages.sign_in.words import SIGN_IN_WORDS
from gateway.entrypoints.pages.words import WORDS
from shared.contracts.operations import Service
from shared.database.database import open_database
from tests.conftest import Engines
from tests.support.gateway import ADMIN, RunningGateway, a_gateway

HERE = {"Origin": "http://gate"}
SENTENCE = {"en": "We look at your request.", "zh-CN": "我们正在审核您的申请。"}
NEXT = {"what": SENTENCE, "who": "agent", "by": "2027-01-06T08:00:00Z"}
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def a_return(**but: Any) -> dict[str, Any]:
    """What service_requests shows to staff."""
    return {
        "id": "ret_1",
        "rma": "RT-4F7K-92QX-C",
        "status": "refunding",
        "order_number": "W-1",
        "customer_id": "cust_1",
        "lines": [
            {
                "line_id": "1",
                "sku": "SKU-1",
                "name": EVIL,
                "quantity": 2,
                "reason": "defective",
                "condition": "used",
                "comment": EVIL,
            }
        ],
        "units": [{"id": "u1", "line_id": "1", "whereabouts": "in_stock", "decision": "accepted", "remedy": "refund"}],
        "decision": {"reasons": [{"says": SENTENCE, "clause": "R2.2"}]},
        "referral": [],
        "instructions": None,
        "shipments": [{"carrier": "sf-express", "tracking_number": "SF1", "announced_at": "2027-01-05T08:00:00Z"}],
        "refunds": [
            {
                "id": "rfd_1",
                "state": "opened",
                "amount": {"amount_minor": 19_900, "currency": "CNY"},
                "pay_by": "2027-01-09T08:00:00Z",
            }
        ],
        "next": NEXT,
        "note": None,
        "overdue": [],
        "created_at": "2027-01-05T08:00:00Z",
    } | but


STORY = {
    "steps": [{"says": SENTENCE, "by": "service:policy", "at": "2027-01-05T08:00:00Z"}],
    "next": NEXT,
}
POLICY = {
    "reasons": [{"code": "defective", "says": {"en": "It is faulty", "zh-CN": "商品有故障"}}],
    "conditions": [{"code": "used", "says": {"en": "Used", "zh-CN": "已使用"}}],
}
PUBLIC_POLICY = {
    "version": "standard@2026-11",
    "sha256": "0" * 64,
    "effective_from": "2026-11-14",
    "title": {"en": "Returns policy", "zh-CN": "退货政策"},
    "regimes": [
        {
            "code": "EU",
            "window_days": 14,
            "statutory": True,
            "fault_days": 700,
            "fault_look_days": 730,
            "ship_days": 14,
            "return_freight": {"amount_minor": 495, "currency": "EUR"},
        },
        {
            "code": "US",
            "window_days": 30,
            "statutory": False,
            "fault_days": 90,
            "fault_look_days": 90,
            "ship_days": 14,
            "return_freight": None,
        },
    ],
    "reasons": [
        {"says": {"en": "It is faulty", "zh-CN": "商品有故障"}, "freight_payer": "merchant"},
        {"says": {"en": EVIL, "zh-CN": EVIL}, "freight_payer": "customer"},
    ],
    "sections": [{"heading": SENTENCE, "sentences": [SENTENCE, {"en": EVIL, "zh-CN": EVIL}]}],
}
MESSAGES = {
    "items": [
        {
            "kind": "return_approved",
            "channel": "email",
            "status": "sent",
            "created_at": "2027-01-05T08:00:00Z",
            "sent_at": "2027-01-05T08:00:01Z",
        }
    ]
}


@pytest.fixture
def filled(gate: RunningGateway) -> RunningGateway:
    """Services that know one return."""
    gate.services[Service.REQUESTS].documents = {
        "/v1/returns": {"items": [a_return()], "next": "abc"},
        "/v1/returns/ret_1": a_return(),
        "/v1/returns/ret_1/timeline": STORY,
        "/v1/policy": POLICY,
    }
    gate.services[Service.REFUNDS].documents = {"/v1/refunds": {"items": []}}
    gate.services[Service.NOTIFICATIONS].documents = {"/v1/messages": MESSAGES}
    return gate


async def signed_in(gate: RunningGateway) -> httpx.Response:
    """The answer to the form; the client keeps the cookie."""
    form = {"email": ADMIN[0], "password": ADMIN[1], "next": "/console"}
    answer = await gate.client.post("/login", data=form, headers=HERE)
    assert answer.status_code == 303, answer.text
    return answer


async def test_signing_in_sets_a_cookie_that_no_script_and_no_other_site_gets(gate: RunningGateway) -> None:
    """S-17, S-18: HttpOnly, SameSite, a new token at every sign-in; over TLS Secure and __Host-."""
    answer = await signed_in(gate)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("retour_session=rs_")
    assert {"httponly", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert answer.headers["location"] == "/console"
    assert (await signed_in(gate)).headers["set-cookie"] != cookie


async def test_the_console_sends_who_is_not_signed_in_to_the_form(gate: RunningGateway) -> None:
    """A redirect to the form, with the way back."""
    answer = await gate.client.get("/console/returns/ret_1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fconsole%2Freturns%2Fret_1")
    assert gate.seen == []


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/logout", "/consoles", "javascript:x"])
async def test_signing_in_leads_only_to_the_console(gate: RunningGateway, wanted: str) -> None:
    """S-26: no way to another site."""
    form = {"email": ADMIN[0], "password": ADMIN[1], "next": wanted}
    answer = await gate.client.post("/login", data=form, headers=HERE)
    assert answer.headers["location"] == "/console"


@pytest.mark.parametrize("wanted", ["/console", "/console/returns/ret_1", "/console/returns/ret_1?lang=en"])
async def test_signing_in_leads_back_to_where_she_was_sent_from(gate: RunningGateway, wanted: str) -> None:
    form = {"email": ADMIN[0], "password": ADMIN[1], "next": wanted}
    answer = await gate.client.post("/login", data=form, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://gate.evil.example", "http://gate:81"])
async def test_a_form_from_elsewhere_has_no_effect(gate: RunningGateway, origin: str | None) -> None:
    """S-19: another origin, none, or null."""
    await signed_in(gate)
    headers = {} if origin is None else {"Origin": origin}
    for path in ("/logout", "/login"):
        answer = await gate.client.post(path, data={"email": ADMIN[0], "password": ADMIN[1]}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    gate.services[Service.REQUESTS].document = {"items": [], "next": None}
    assert (await gate.client.get("/console")).status_code == 200


async def test_signing_out_ends_the_session_itself(gate: RunningGateway) -> None:
    """S-17: the old cookie is worth nothing, also as a bearer token."""
    cookie = (await signed_in(gate)).cookies["retour_session"]
    assert (await gate.client.post("/logout", headers=HERE)).status_code == 303
    bearer = {"Authorization": f"Bearer {cookie}"}
    assert (await gate.client.get("/v1/me", headers=bearer)).status_code == 401
    assert (await gate.client.get("/console", headers={"Cookie": f"retour_session={cookie}"})).status_code == 303


async def test_a_cookie_opens_no_operation_of_the_api(gate: RunningGateway) -> None:
    """S-19: only a header does, which no other site can send."""
    await signed_in(gate)
    assert (await gate.client.get("/v1/returns")).status_code == 401
    assert (await gate.client.get("/v1/me")).status_code == 401


async def test_a_customer_or_a_machine_cannot_use_the_console(gate: RunningGateway) -> None:
    """S-35: its token in the cookie is nobody's."""
    for headers in (await gate.customer(), await gate.shop()):
        cookie = headers["Authorization"].removeprefix("Bearer ")
        answer = await gate.client.get("/console", headers={"Cookie": f"retour_session={cookie}"})
        assert answer.status_code == 303


async def test_the_wrong_password_is_said_on_the_form(gate: RunningGateway) -> None:
    """401, in the reader's language, nothing filled in again."""
    form = {"email": ADMIN[0], "password": "wrong wrong wrong"}
    answer = await gate.client.post("/login?lang=zh-CN", data=form, headers=HERE)
    assert (answer.status_code, "邮箱或密码不正确" in answer.text) == (401, True)
    assert "wrong wrong" not in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("It is faulty", "Used", "CN¥199.00", "Policy")), ("zh-CN", ("商品有故障", "¥199.00"))],
)
async def test_a_return_is_shown_whole_in_both_languages(
    filled: RunningGateway, language: str, words: tuple[str, ...]
) -> None:
    """J03: who, when, what is next by when; lines, units, money, messages."""
    await signed_in(filled)
    answer = await filled.client.get("/console/returns/ret_1", headers={"Accept-Language": language})
    assert answer.status_code == 200
    for word in (*words, SENTENCE[language], "RT-4F7K-92QX-C", "SF1", f'lang="{language}"'):
        assert word in answer.text, word
    assert {sent.principal.kind for sent in filled.seen} == {"staff"}
    assert {sent.headers["accept-language"] for sent in filled.seen} == {language}


async def test_everybody_can_read_the_policy_in_both_languages_without_signing_in(gate: RunningGateway) -> None:
    """R1.2, B11: a public page made from the service's one source, asked for in nobody's name."""
    gate.services[Service.REQUESTS].documents = {"/v1/policy": PUBLIC_POLICY}
    for language, words in (
        (
            "en",
            ("Returns policy", "14 days", "€4.95", "your right by law", "until day 730", "14 Nov"),
        ),
        ("zh-CN", ("退货政策", "14 天", "法定权利", "我们承担", "由您承担")),
    ):
        answer = await gate.client.get("/policy", headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        assert f'lang="{language}"' in answer.text
        for word in words:
            assert word in answer.text, word
        assert "<script>alert" not in answer.text
        assert 'href="/v1/policy/machine-form?version=standard%402026-11"' in answer.text
        assert answer.text.count("<h1>") == 1
        assert not re.search(r"<(h2|section|nav)[^>]*>\s*</", answer.text)
        ids = re.findall(r' id="([^"]+)"', answer.text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', answer.text)) <= set(ids)
        assert set(re.findall(r'aria-labelledby="([^"]+)"', answer.text)) <= set(ids)
    asked = gate.seen[-1].principal
    assert (asked.kind, asked.roles | asked.scopes) == ("system", frozenset())
    named = await gate.client.get("/policy?version=standard@2026-01")
    assert (named.status_code, gate.seen[-1].query) == (200, "version=standard%402026-01")
    gate.services[Service.REQUESTS].status = 404
    assert (await gate.client.get("/policy?version=none")).status_code == 404


async def test_text_from_outside_is_never_run(filled: RunningGateway) -> None:
    """S-89: escaped, and a policy under which no inline script or style runs anyway."""
    await signed_in(filled)
    for path in ("/console", "/console/returns/ret_1", f"/console?rma={EVIL}"):
        answer = await filled.client.get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", answer.text.replace("onerror=alert", ""))


async def test_the_list_is_searched_by_status_and_number(filled: RunningGateway) -> None:
    """The service is asked with what was typed; the next page keeps it."""
    await signed_in(filled)
    answer = await filled.client.get("/console?status=refunding&rma=+RT-4F7K-92QX-C+")
    assert filled.seen[-1].query == "status=refunding&rma=RT-4F7K-92QX-C&limit=25"
    assert "/console?status=refunding&amp;rma=RT-4F7K-92QX-C&amp;cursor=abc" in answer.text


async def test_a_number_that_cannot_be_one_is_explained_beside_its_field(filled: RunningGateway) -> None:
    """The service's own words, and the page stays usable."""
    await signed_in(filled)
    filled.services[Service.REQUESTS].status = 422
    filled.services[Service.REQUESTS].documents = {"/v1/returns": {"detail": "A number looks like RT-…"}}
    answer = await filled.client.get("/console?rma=x")
    assert (answer.status_code, "A number looks like RT-…" in answer.text) == (200, True)


async def test_a_page_without_one_of_its_parts_is_still_a_page(filled: RunningGateway) -> None:
    """Messages hidden from a role, a service away: said in their place."""
    await signed_in(filled)
    filled.services[Service.NOTIFICATIONS].status = 403
    filled.services[Service.REFUNDS].status = 500
    answer = await filled.client.get("/console/returns/ret_1")
    assert answer.status_code == 200
    assert WORDS["messages_hidden"].en in answer.text


async def test_a_return_that_is_not_there_is_a_page_as_well(filled: RunningGateway) -> None:
    """404 in words."""
    await signed_in(filled)
    filled.services[Service.REQUESTS].status = 404
    answer = await filled.client.get("/console/returns/ret_2", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, "页面不存在" in answer.text) == (404, True)


async def test_a_person_who_goes_astray_gets_a_page_and_a_program_a_problem(gate: RunningGateway) -> None:
    """DESIGN 8: `/console/` with one stroke too many is answered in words for a browser; not below /v1."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN"}
    for path in ("/console/", "/docs/", "/nothing", "/static/none.css"):
        answer = await gate.client.get(path, headers=browser)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8"), path
        assert "页面不存在" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert (await gate.client.get(path)).headers["content-type"] == "application/problem+json"
    below = await gate.client.get("/v1/nothing", headers=browser)
    assert (below.status_code, below.headers["content-type"]) == (404, "application/problem+json")


async def test_no_column_of_a_page_grows_beyond_a_narrow_screen() -> None:
    """A track of `1fr` is as wide as the widest table in it, and on a telephone the page was cut off."""
    style = (STATIC / "retour.css").read_text()
    tracks = re.findall(r"grid-template-columns:([^;]+);", style)
    assert tracks
    assert [track for track in tracks if "fr" in re.sub(r"minmax\([^)]*\)", "", track)] == []


async def test_the_language_once_chosen_is_kept(gate: RunningGateway) -> None:
    """By ?lang=, remembered, before Accept-Language."""
    assert 'lang="zh-CN"' in (await gate.client.get("/?lang=zh-CN")).text
    assert 'lang="zh-CN"' in (await gate.client.get("/", headers={"Accept-Language": "en"})).text
    assert 'lang="zh-CN"' in (await gate.client.get("/?lang=fr")).text


async def test_no_origin_is_given_access_by_default(gate: RunningGateway) -> None:
    """S-20: no CORS anywhere by default; a preflight is a method that the address does not take."""
    for origin in ("https://evil", "null", "https://shop.example.evil.com", "http://gate"):
        for path in ("/", "/v1/openapi.json", "/v1/returns"):
            answer = await gate.client.get(path, headers={"Origin": origin})
            assert not [name for name in answer.headers if name.startswith("access-control")]
            assert "origin" not in answer.headers.get("vary", "").lower()
            asking = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            preflight = await gate.client.options(path, headers=asking)
            assert (preflight.status_code, preflight.headers["allow"]) == (
                405,
                "GET, HEAD" if path != "/v1/returns" else "GET, HEAD, POST",
            )
            assert not [name for name in preflight.headers if name.startswith("access-control")]


async def test_the_documents_are_served_without_anything_from_elsewhere(gate: RunningGateway) -> None:
    """OpenAPI 3.1, Swagger UI from our own files, every problem in both languages (S-30)."""
    document = (await gate.client.get("/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    page = await gate.client.get("/docs")
    assert not re.search(r'(src|href)="(https?:)?//', page.text)
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert (await gate.client.get(path)).status_code == 200, path
    for language, word in (("en", "Please sign in"), ("zh-CN", "请先登录")):
        answer = await gate.client.get("/docs/problems", headers={"Accept-Language": language})
        assert word in answer.text
    for path in ("/static/../settings.py", "/static/%2e%2e/settings.py", "/static/vendor", "/openapi.json"):
        assert (await gate.client.get(path)).status_code == 404, path


async def test_health_is_answered_and_numbers_are_not_shown(gate: RunningGateway) -> None:
    """S-30: /metrics only where the settings expose it."""
    for path in ("/healthz", "/livez", "/readyz"):
        assert (await gate.client.get(path)).json()["status"] == "ok"
    assert (await gate.client.get("/metrics")).status_code == 404


@pytest.fixture
async def over_tls(mode: str, engines: Engines) -> AsyncIterator[RunningGateway]:
    """A gateway that people reach by https; it shows its numbers and no documentation."""
    url = await engines.make(metadata, common, word="gateway")
    given: dict[str, Any] = {"public_url": "https://gate", "expose_metrics": True, "expose_docs": False}
    async with a_gateway(open_database(url, common), over_http=mode == "distributed", **given) as made:
        yield made


async def test_over_tls_every_cookie_is_secure_and_the_browser_is_told_to_stay(over_tls: RunningGateway) -> None:
    """S-18, S-89: the prefix ties the session to this host; without TLS none of it would work."""
    form = {"email": ADMIN[0], "password": ADMIN[1]}
    answer = await over_tls.client.post("/login", data=form, headers={"Origin": "https://gate"})
    session = answer.headers["set-cookie"]
    assert session.startswith("__Host-retour=rs_")
    language = (await over_tls.client.get("/?lang=zh-CN")).headers["set-cookie"]
    gone = (await over_tls.client.post("/logout", headers={"Origin": "https://gate"})).headers["set-cookie"]
    for cookie in (session, language, gone):
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts, cookie
        assert not any(part.startswith("domain=") for part in parts)
    for path in ("/", "/v1/openapi.json", "/static/retour.css", "/nowhere"):
        told = (await over_tls.client.get(path)).headers
        assert told["strict-transport-security"] == "max-age=31536000", path
        assert "frame-ancestors 'none'" in told["content-security-policy"], path
        assert told["x-content-type-options"] == "nosniff"
    assert (await over_tls.client.get("/metrics")).status_code == 200
    assert [(await over_tls.client.get(path)).status_code for path in ("/docs", "/docs/problems")] == [404, 404]


async def test_without_tls_no_browser_is_told_to_use_it(gate: RunningGateway) -> None:
    """It would lock everybody out of a machine that has no certificate."""
    assert "strict-transport-security" not in (await gate.client.get("/")).headers
    assert "secure" not in (await signed_in(gate)).headers["set-cookie"].lower()


def test_every_word_is_there_in_both_languages() -> None:
    """zh-CN and en are equal: no empty text, and the same places to fill in."""
    for key, said in WORDS.items():
        assert said.en.strip()
        assert said.zh.strip()
        assert re.findall(r"{\w+}", said.en) == re.findall(r"{\w+}", said.zh), key


def test_no_word_of_one_audience_hides_another_audiences() -> None:
    """All words end up in one table, where the last of two with the same key would win."""
    audiences = (FRAME_WORDS, PUBLIC_WORDS, SIGN_IN_WORDS, CONSOLE_WORDS)
    assert sum(map(len, audiences)) == len(WORDS)
