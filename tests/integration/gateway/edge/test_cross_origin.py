"""Pages of other origins: those that the settings list may call /v1 from a browser, and nobody else (S-20)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from gateway.adapters.edge.cross_origin import ANSWER_HEADERS, REQUEST_HEADERS, CrossOrigin
from gateway.adapters.edge.forwarding import Forwarder
from gateway.adapters.edge.operation_router import OperationRouter
from gateway.adapters.queries import SqlQueries
from gateway.adapters.tables import common, metadata
from shared.contracts.operations import OPERATIONS, Service
from shared.database.database import open_database
from tests.conftest import Engines
from tests.contract.clients.documented import DOCUMENT, resolved
from tests.support.gateway import RunningGateway, a_gateway, served

SHOP: Final = "https://shop.example"
OTHER: Final = "https://other.example:8443"
STRANGERS: Final = (
    "null",
    "*",
    "",
    "https://evil",
    "https://evil.example",
    "https://shop.example.evil",
    "https://shop.example.evil.example",
    "https://evil.example/https://shop.example",
    "https://evilshop.example",
    "https://www.shop.example",
    "https://shop.example:443",
    "https://shop.example:8443",
    "https://shop.example/",
    "https://shop.example@evil.example",
    "https://ada@shop.example",
    "https://SHOP.example",
    "HTTPS://shop.example",
    "http://shop.example",
    "https://shop.example, https://evil.example",
    "https://shop.example https://evil.example",
    f"{SHOP},{OTHER}",
    "https://other.example",
    "https://shop.exampl",
)
PREFLIGHT: Final = {"Access-Control-Request-Method": "GET"}


@pytest.fixture
async def open_gate(mode: str, engines: Engines) -> AsyncIterator[RunningGateway]:
    """A gateway that two origins may call; an address may ask ten times a minute without a token."""
    url = await engines.make(metadata, common, word="gateway")
    given: dict[str, Any] = {"cors_origins": f"{SHOP}, {OTHER}", "anonymous_rate_per_minute": 10}
    async with a_gateway(open_database(url, common), over_http=mode == "distributed", **given) as made:
        yield made


def told(answer: httpx.Response) -> dict[str, str]:
    """What an answer tells a browser about origins."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def path_of(form: str) -> str:
    return re.sub(r"{\w+}", "some_1", form)


EXPOSED: Final = {"access-control-expose-headers": ", ".join(ANSWER_HEADERS)}


async def test_a_preflight_names_the_methods_of_its_address_and_costs_nothing(open_gate: RunningGateway) -> None:
    """S-20, S-45: every address of the API, without a token; no service hears of it, and no quota is spent."""
    for form, operations in DOCUMENT["paths"].items():
        methods = {method.upper() for method in operations if method in ("get", "post", "put", "patch", "delete")}
        answer = await open_gate.client.options(
            path_of(form),
            headers={
                "Origin": SHOP,
                "Access-Control-Request-Method": "PATCH",
                "Access-Control-Request-Headers": "authorization,x-evil",
            },
        )
        assert (answer.status_code, answer.content) == (204, b""), form
        assert told(answer) == EXPOSED | {
            "access-control-allow-origin": SHOP,
            "access-control-allow-methods": ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()))),
            "access-control-allow-headers": ", ".join(REQUEST_HEADERS),
            "access-control-max-age": "600",
        }
        assert answer.headers["vary"] == "Origin"
    assert open_gate.seen == []
    counted = await open_gate.client.get("/v1/policy")
    assert "r=9;" in counted.headers["ratelimit"]


@pytest.mark.parametrize("origin", STRANGERS)
async def test_an_origin_that_is_not_listed_is_given_nothing(open_gate: RunningGateway, origin: str) -> None:
    """S-20: nothing is mirrored; the preflight says why, and the request itself is answered as without an origin."""
    for language, word in (("en", "Pages of this origin"), ("zh-CN", "该来源的网页")):
        headers = {"Origin": origin, "Accept-Language": language, **PREFLIGHT}
        for path in ("/v1/returns", "/v1/keys", "/v1/nothing"):
            refused = await open_gate.client.options(path, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (403, "unknown_origin")
            assert word in refused.json()["detail"]
            assert (told(refused), refused.headers["vary"]) == ({}, "Origin")
    for path in ("/v1/policy", "/v1/openapi.json", "/v1/returns"):
        with_origin = await open_gate.client.get(path, headers={"Origin": origin})
        without = await open_gate.client.get(path)
        assert with_origin.status_code == without.status_code
        assert told(with_origin) == told(without) == {}
        assert with_origin.headers["vary"] == without.headers["vary"] == "Origin"


async def test_two_origins_in_one_request_are_none(open_gate: RunningGateway) -> None:
    """S-20: no browser sends two."""
    for second in (SHOP, OTHER, "https://evil.example"):
        headers = [("Origin", SHOP), ("Origin", second)]
        assert told(await open_gate.client.get("/v1/policy", headers=headers)) == {}
        preflight = await open_gate.client.options("/v1/policy", headers=[*headers, *PREFLIGHT.items()])
        assert (preflight.status_code, told(preflight)) == (403, {})


@pytest.mark.parametrize("origin", [SHOP, OTHER])
async def test_every_answer_to_a_listed_origin_can_be_read_by_its_page(open_gate: RunningGateway, origin: str) -> None:
    """S-20: of a service, of the gateway's own operations, and each refusal; never with credentials."""
    staff = await open_gate.sign_in()
    body = {"Idempotency-Key": "key-1", "Content-Type": "application/json"}
    customer = await open_gate.customer()
    client, service = open_gate.client, open_gate.services[Service.REQUESTS]

    async def asked(method: str, path: str, status: int, headers: dict[str, str], content: bytes | None = None) -> None:
        answer = await client.request(method, path, headers=headers | {"Origin": origin}, content=content)
        assert answer.status_code == status, (method, path)
        assert told(answer) == EXPOSED | {"access-control-allow-origin": origin}, (method, path)
        assert answer.headers["vary"] == "Origin"

    await asked("GET", "/v1/returns", 200, customer)
    await asked("HEAD", "/v1/returns", 200, customer)
    await asked("POST", "/v1/returns", 200, customer | body, b"{}")
    await asked("GET", "/v1/me", 200, staff)
    await asked("HEAD", "/v1/me", 200, staff)
    await asked("POST", "/v1/auth/sessions", 401, body, b'{"email": "a@b.example", "password": "no such password"}')
    await asked("POST", "/v1/auth/sessions", 422, body, b"{}")
    await asked("GET", "/v1/returns", 401, {})
    await asked("GET", "/v1/me", 401, {})
    await asked("GET", "/v1/ledger", 403, customer)
    await asked("GET", "/v1/keys", 403, customer)
    await asked("GET", "/v1/nothing", 404, staff)
    await asked("PUT", "/v1/returns", 405, staff)
    await asked("OPTIONS", "/v1/returns", 405, staff)
    await asked("PUT", "/v1/me", 405, staff)
    await asked("OPTIONS", "/v1/nothing", 404, PREFLIGHT)
    await asked("POST", "/v1/returns", 413, customer | body, b" " * 1_000_001)
    await asked("POST", "/v1/returns", 415, customer | body | {"Content-Encoding": "gzip"}, b"{}")
    for status in (304, 409, 422, 500):
        service.status = status
        await asked("GET", "/v1/returns", status, customer)
    service.status = 401
    await asked("GET", "/v1/returns", 503, customer)
    service.status = 200
    for _ in range(10):
        await client.get("/v1/policy")
    await asked("GET", "/v1/policy", 429, {})
    await asked("GET", "/v1/openapi.json", 429, {})


async def test_a_fault_of_our_own_can_be_read_as_well(
    open_gate: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-20: 500 of an own operation, over a real socket."""
    headers = await open_gate.sign_in() | {"Origin": SHOP}

    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(SqlQueries, "keys", broken)
    async with served(open_gate.gateway.app) as address, httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/v1/keys", headers=headers)
    assert answer.status_code == 500
    assert told(answer) == EXPOSED | {"access-control-allow-origin": SHOP}
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    ("named", "together"),
    [
        ("Accept-Language", "Accept-Language, Origin"),
        ("accept-language,Authorization", "accept-language, Authorization, Origin"),
        ("ORIGIN", "ORIGIN"),
        ("Accept-Language, origin", "Accept-Language, origin"),
        ("*", "*"),
        ("", "Origin"),
    ],
)
async def test_what_an_answer_depended_on_before_is_still_named(
    open_gate: RunningGateway, named: str, together: str
) -> None:
    """S-20: `Vary` has `Origin` once beside what the service named, with and without an origin."""
    open_gate.services[Service.REQUESTS].headers = {"vary": named}
    for headers in ({}, {"Origin": SHOP}, {"Origin": "https://evil.example"}):
        answer = await open_gate.client.get("/v1/policy", headers=headers)
        assert answer.headers.get_list("vary") == [together]


async def test_a_download_that_is_passed_on_as_it_comes_can_be_read(open_gate: RunningGateway) -> None:
    """S-20: a long answer of a service, and one without an end but the caller's; over a real socket."""
    app = open_gate.gateway.app
    assert isinstance(app, CrossOrigin)
    assert isinstance(app.inside, Forwarder)
    lists = next(each for each in OPERATIONS if (each.method, each.path) == ("GET", "/v1/returns"))
    headers = await open_gate.customer() | {"Origin": SHOP}
    open_gate.services[Service.REQUESTS].document = {"items": ["x" * 1000] * 3000}
    for streamed in (False, True):
        router = OperationRouter([replace(lists, streamed_answer=streamed)])
        front = replace(app, inside=replace(app.inside, router=router))
        async with served(front) as address, httpx.AsyncClient(base_url=address) as client:
            answer = await client.get("/v1/returns", headers=headers)
        assert (answer.status_code, len(answer.json()["items"])) == (200, 3000)
        assert ("content-security-policy" in answer.headers) is streamed
        assert told(answer) == EXPOSED | {"access-control-allow-origin": SHOP}
        assert answer.headers["vary"] == "Origin"


async def test_pages_and_files_are_for_our_own_origin_only(open_gate: RunningGateway) -> None:
    """S-20: a listed origin is told nothing outside /v1, and the answers do not depend on it."""
    paths = ("/", "/login", "/console", "/docs", "/healthz", "/static/retour.css", "/v1", "/v1x", "/V1/me")
    for path in paths:
        for headers in ({"Origin": SHOP}, {"Origin": SHOP, **PREFLIGHT}):
            method = "OPTIONS" if PREFLIGHT.keys() <= headers.keys() else "GET"
            answer = await open_gate.client.request(method, path, headers=headers)
            assert told(answer) == {}, path
            assert "origin" not in answer.headers.get("vary", "").lower(), path
            assert method == "GET" or answer.status_code in (404, 405), path


async def test_a_cookie_opens_nothing_to_a_listed_origin(open_gate: RunningGateway) -> None:
    """S-20: a person signed in to the pages is nobody under /v1; only the token in the header counts."""
    secret = (await open_gate.sign_in())["Authorization"].removeprefix("Bearer ")
    cookies = "; ".join(f"{name}={secret}" for name in ("session", "__Host-session", "retour", "__Host-retour"))
    answer = await open_gate.client.get("/v1/me", headers={"Origin": SHOP, "Cookie": cookies})
    assert answer.status_code == 401
    assert "access-control-allow-credentials" not in answer.headers


def allowed(preflight: httpx.Response, method: str, headers: set[str], origin: str) -> bool:
    """What a browser makes of a preflight (Fetch 4.8): it may send the request, or not."""
    said = told(preflight)
    methods = {each.strip() for each in said.get("access-control-allow-methods", "").split(",")}
    names = {each.strip().lower() for each in said.get("access-control-allow-headers", "").split(",")}
    return (
        preflight.is_success
        and said.get("access-control-allow-origin") == origin
        and method in methods
        and headers <= names
    )


async def test_a_page_reads_and_asks_as_a_browser_would(open_gate: RunningGateway) -> None:
    """S-20: over a real socket: preflight, the request with its token and key, and what the page may read."""
    headers = await open_gate.customer() | {"Idempotency-Key": "key-1", "Content-Type": "application/json"}
    names = {name.lower() for name in headers}
    asking = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(names)),
    }
    async with served(open_gate.gateway.app) as address, httpx.AsyncClient(base_url=address) as client:
        asked = {
            origin: await client.options("/v1/returns", headers=asking | {"Origin": origin})
            for origin in (SHOP, "https://shop.example.evil")
        }
        assert allowed(asked[SHOP], "POST", names, SHOP)
        assert not allowed(asked[SHOP], "DELETE", names, SHOP)
        assert not allowed(asked[SHOP], "POST", names | {"x-evil"}, SHOP)
        assert not allowed(asked["https://shop.example.evil"], "POST", names, "https://shop.example.evil")
        answer = await client.post("/v1/returns", headers=headers | {"Origin": SHOP}, content=b"{}")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SHOP)
    assert {"RateLimit", "X-Request-Id"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    assert len(open_gate.seen) == 1


def test_pages_may_send_and_read_every_header_that_the_document_names() -> None:
    """S-20, Z34: a header that an operation gets later fails here until a page can use it."""
    shown = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified"}
    sent, read = set(), set()
    for operations in DOCUMENT["paths"].values():
        for operation in operations.values():
            sent |= {
                each["name"].lower()
                for each in map(resolved, operation.get("parameters", ()))
                if each["in"] == "header"
            }
            for answer in operation["responses"].values():
                read |= {name.lower() for name in resolved(answer).get("headers", ())}
    shops = {name for name in sent if name.startswith(("x-shopify-", "x-wc-", "x-retour-"))}
    assert sent
    assert sent - shops <= {name.lower() for name in REQUEST_HEADERS}
    assert read - shown - {"vary"} <= {name.lower() for name in ANSWER_HEADERS}
