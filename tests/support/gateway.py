"""A gateway for tests: before services that only say what they were sent, in process or over real HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from pydantic_core import to_json
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.adapters.edge.transport import Transport
from gateway.adapters.edge.transport_http import HttpTransport
from gateway.adapters.edge.transport_in_process import InProcessTransport
from gateway.app import Gateway, build
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from gateway.settings import Settings
from shared.contracts.operations import Service
from shared.database.database import Database
from shared.kernel.principal import Principal
from shared.web.http_server import Server, configuration
from shared.web.internal_token import InternalTokens, SealedRequest
from tests.contract.clients.documented import as_documented, place_of

ADMIN: Final = ("admin@retour.example", "correct horse battery staple")
OWN: Final = frozenset((each.method, each.path) for each in GATEWAY_OPERATIONS)
KEYS: Final = {service: f"{service}-key-of-at-least-thirty-two-characters" for service in Service}


@dataclass
class Sent:
    """What a service was sent."""

    service: Service
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    principal: Principal


@dataclass
class Listening:
    """A service that does no work: it notes what it is sent and answers as it was told."""

    service: Service
    status: int = 200
    document: Any = field(default_factory=lambda: {"ok": True})
    documents: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    sleep: float = 0.0
    seen: list[Sent] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        tokens = InternalTokens(self.service, KEYS[self.service])
        call = SealedRequest(scope["method"], scope["raw_path"], scope["query_string"], body)
        principal = tokens.read(headers["authorization"].removeprefix("Bearer "), call)
        path, query = scope["path"], scope["query_string"].decode()
        self.seen.append(Sent(self.service, scope["method"], path, query, headers, body, principal))
        await asyncio.sleep(self.sleep)
        content = to_json(self.documents.get(path, self.document))
        empty = self.status in (204, 304)
        length = {} if empty else {"content-length": str(len(content))}
        answer = {"content-type": "application/json", **length, **self.headers}
        await send(
            {
                "type": "http.response.start",
                "status": self.status,
                "headers": [(name.encode(), value.encode()) for name, value in answer.items()],
            }
        )
        await send({"type": "http.response.body", "body": b"" if empty else content})


@contextlib.asynccontextmanager
async def served(app: ASGIApp, port: int = 0, **more: Any) -> AsyncIterator[str]:
    """The app behind a real socket; its address. It is stopped at once: uvicorn would wait two tenths of a second."""
    server = Server(configuration(app, "127.0.0.1", port, **more))
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        for each in server.servers:
            each.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        for each in server.servers:
            await each.wait_closed()


@dataclass
class RunningGateway:
    """A started gateway, the services behind it, and a client before it."""

    gateway: Gateway
    services: Mapping[Service, Listening]
    client: httpx.AsyncClient
    seen: list[Sent]
    """What all services were sent, in this order."""

    async def sign_in(self, email: str = ADMIN[0], password: str = ADMIN[1]) -> dict[str, str]:
        """Headers of somebody signed in."""
        answer = await self.client.post("/v1/auth/sessions", json={"email": email, "password": password})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    async def staff(self, *roles: str) -> dict[str, str]:
        """Headers of a new member of staff with these roles."""
        admin = await self.sign_in()
        email = f"{'-'.join(roles)}-{len(await self.gateway.queries.accounts())}@retour.example"
        body = {"email": email, "name": "Somebody", "password": ADMIN[1], "roles": list(roles)}
        answer = await self.client.post("/v1/accounts", json=body, headers=admin)
        assert answer.status_code == 201, answer.text
        return await self.sign_in(email)

    async def key(self, **wanted: Any) -> tuple[str, dict[str, str]]:
        """A new key's id, and headers with it."""
        admin = await self.sign_in()
        answer = await self.client.post("/v1/keys", json={"name": "A machine"} | wanted, headers=admin)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"], {"Authorization": f"Bearer {answer.json()['key']}"}

    async def shop(self) -> dict[str, str]:
        """Headers of a storefront."""
        scopes = ["orders:write", "orders:read", "returns:read", "returns:write", "customers:token"]
        return (await self.key(kind="system", scopes=scopes))[1]

    async def customer(self, customer_id: str = "cust_1") -> dict[str, str]:
        """Headers of a storefront's customer."""
        shop = await self.shop()
        answer = await self.client.post("/v1/auth/customer-tokens", json={"customer_id": customer_id}, headers=shop)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}


async def _own_as_documented(answer: httpx.Response) -> None:
    """What the gateway itself answers; the services behind it are not real."""
    place = place_of(answer.request.method, answer.request.url.path)
    if place is not None and (place[0].upper(), place[1]) in OWN:
        await as_documented(answer)


def settings(database_url: str = "sqlite:///unused", **but: Any) -> Settings:
    """Settings of a gateway for tests."""
    return Settings(
        database_url=database_url,
        token_key="a-token-key-of-at-least-thirty-two-characters",
        requests_key=KEYS[Service.REQUESTS],
        inspection_key=KEYS[Service.INSPECTION],
        refunds_key=KEYS[Service.REFUNDS],
        notifications_key=KEYS[Service.NOTIFICATIONS],
        **({"bootstrap_admin": ":".join(ADMIN)} | but),
    )


@contextlib.asynccontextmanager
async def a_gateway(database: Database, *, over_http: bool, **but: Any) -> AsyncIterator[RunningGateway]:
    """A gateway over this database, before services in process or behind sockets."""
    seen: list[Sent] = []
    services = {service: Listening(service, seen=seen) for service in Service}
    async with contextlib.AsyncExitStack() as stack:
        ways: dict[Service, Transport] = {}
        for service, app in services.items():
            if over_http:
                ways[service] = HttpTransport(service, await stack.enter_async_context(served(app)), seconds=2)
            else:
                ways[service] = InProcessTransport(service, app, seconds=2)
        gateway = build(settings(**but), database, ways)
        await gateway.start()
        stack.push_async_callback(gateway.stop)
        transport = httpx.ASGITransport(gateway.app, client=("203.0.113.7", 4711))
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=transport, base_url="http://gate", event_hooks={"response": [_own_as_documented]}
            )
        )
        yield RunningGateway(gateway, services, client, seen)
