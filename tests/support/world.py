"""A whole Retour as its users meet it: the command started as a process, and callers who speak HTTP with it."""

import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2

from tests.contract.clients.documented import as_documented
from tests.support import servers
from tests.support.processes.slow_bus import SETTING as SLOW_EVENTS
from tests.support.waiting import eventually

Json = dict[str, Any]


def free_port(block: int = 1) -> int:
    """The first of so many neighbouring ports that nobody listens on, below those the system hands out.

    Each worker has a range of its own and takes every port of it once: what is handed out may be bound only later.
    """
    while True:
        first = next(PORTS)
        if any(next(PORTS) != first + further for further in range(1, block)):
            continue  # the range began anew within the block
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + block):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def _ports(worker: int) -> Iterator[int]:
    """The ports of a worker, in a circle that begins anywhere: another run may be going on beside this one."""
    first, size = 20_000 + worker % 12 * 1_000, 1_000
    start = random.randrange(size)
    return itertools.cycle(first + (start + each) % size for each in range(size))


PORTS: Final = _ports(int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]))


@dataclass(slots=True)
class Caller:
    """Somebody with a token or a key. Unsafe calls carry a fresh idempotency key unless one is given."""

    http: httpx2.AsyncClient
    token: str
    language: str = "en"

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """One request."""
        sent = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, **headers}
        if method in ("POST", "PUT", "PATCH"):
            sent["Idempotency-Key"] = key or uuid4().hex
        return await self.http.request(method, path, json=body, headers=sent)

    async def get(self, path: str) -> Any:
        """What a 200 holds."""
        return good(await self.call("GET", path))

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """What a 2xx holds."""
        return good(await self.call("POST", path, body or {}, key=key))

    async def refused(self, path: str, body: Any = None, *, status: int) -> Json:
        """The problem document of a call that must fail with this status."""
        answer = await self.call("POST", path, body or {})
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        assert answer.headers["content-type"].startswith("application/problem+json")
        document: Json = answer.json()
        return document


def good(answer: httpx2.Response) -> Any:
    """The JSON of an answer that went well; `AssertionError` shows what it says otherwise."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


@dataclass
class World:
    """A running Retour and the people around it."""

    mode: str
    http: httpx2.AsyncClient
    admin: Caller
    shop: Caller
    agent: Caller
    supervisor: Caller
    scanner: Caller
    finance: Caller
    warehouse: str = "WH-1"
    folder: Path = Path()
    vhost_url: str | None = None
    orders: int = field(default=0)

    async def customer(self, customer_id: str | None = None, language: str = "en") -> tuple[str, Caller]:
        """A customer whom the shop has sent, with her address on file."""
        known = customer_id or f"cus-{uuid4().hex[:10]}"
        answer = await self.shop.post("/v1/auth/customer-tokens", {"customer_id": known})
        contact = {"name": "Ming Li", "email": f"{known}@customers.example", "language": language}
        good(await self.shop.call("PUT", f"/v1/contacts/{known}", contact))
        return known, Caller(self.http, answer["token"], language)

    async def order(self, customer_id: str, **but: Any) -> Json:
        """An order the shop has pushed; two lines unless told otherwise."""
        body = an_order(customer_id, **but)
        pushed: Json = await self.shop.post("/v1/orders", body)
        return pushed

    async def request(self, customer: Caller, order: Json, **but: Any) -> Json:
        """A return request for one unit of the first line, for a change of mind."""
        line = {
            "line_id": order["lines"][0]["line_id"],
            "quantity": 1,
            "reason": "changed_mind",
            "condition": "unopened",
        }
        found: Json = await customer.post("/v1/returns", {"order_id": order["id"], "lines": [{**line, **but}]})
        return found

    async def scan(self, rma: str, sku: str, quantity: int = 1, *, event: str | None = None) -> Json:
        """The dock scans a parcel in."""
        body = {
            "client_event_id": event or f"scan-{uuid4().hex}",
            "rma": rma,
            "items": [{"sku": sku, "quantity": quantity}],
            "scanned_at": "2026-11-24T09:30:00+08:00",
        }
        found: Json = await self.scanner.post("/v1/receipts", body)
        return found

    async def inspect(self, rma: str, sku: str, quantity: int = 1, *, passed: bool = True) -> Json:
        """The bench looks at what came in."""
        body = {
            "client_event_id": f"look-{uuid4().hex}",
            "rma": rma,
            "units": [
                {
                    "sku": sku,
                    "quantity": quantity,
                    "outcome": "passed" if passed else "failed",
                    "grade": "A" if passed else "C",
                    "findings": [{"check": "seal", "passed": passed}],
                }
            ],
            "scanned_at": "2026-11-24T10:30:00+08:00",
        }
        found: Json = await self.scanner.post("/v1/inspections", body)
        return found

    async def inspection(self, return_id: str, *, units: str | None = None) -> Json:
        """The inspection of a return, once its service knows it; with `units`, once one of them is in this state."""

        async def look() -> Json | None:
            answer = await self.agent.call("GET", f"/v1/inspections/{return_id}")
            if answer.status_code == 404:
                return None
            found: Json = good(answer)
            return found if units is None or units in [unit["state"] for unit in found["units"]] else None

        return await eventually(look)

    async def until(self, return_id: str, *statuses: str, seconds: float = 120) -> Json:
        """The return once it is in one of these states."""

        async def look() -> Json | None:
            found: Json = await self.agent.get(f"/v1/returns/{return_id}")
            return found if found["status"] in statuses else None

        try:
            return await eventually(look, seconds=seconds)
        except AssertionError as error:
            found = await self.agent.get(f"/v1/returns/{return_id}")
            raise AssertionError(f"{statuses} wanted: {json.dumps(found, ensure_ascii=False)}") from error

    async def messages(self, return_id: str) -> list[Json]:
        """What the customer was told about a return."""
        found: list[Json] = (await self.agent.get(f"/v1/messages?return_id={return_id}"))["items"]
        return found

    async def refunds(self, return_id: str) -> list[Json]:
        """The refunds of a return."""
        found: list[Json] = (await self.finance.get(f"/v1/refunds?return_id={return_id}"))["items"]
        return found


def days_ago(days: int) -> str:
    """A moment as a storefront sends it."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


def an_order(customer_id: str, **but: Any) -> Json:
    """An order that reconciles: 2 × 100.00 and 1 × 60.00 with a coupon of 20.00, freight 10.00, two tenders.

    It was delivered ten days ago by the system's clock.
    """
    return {
        "number": f"N-{uuid4().hex[:12]}",
        "storefront": "shop",
        "customer_id": customer_id,
        "language": "en",
        "regime": "EU",
        "currency": "EUR",
        "ordered_at": days_ago(12),
        "delivered_at": days_ago(10),
        "lines": [
            {
                "line_id": "L1", "sku": "COAT-M", "name": "Wool coat M", "category": "clothing", "quantity": 2,
                "unit_price_minor": 10000, "discount_minor": 1538, "paid_minor": 18462,
            },
            {
                "line_id": "L2", "sku": "SCARF", "name": "Scarf", "category": "clothing", "quantity": 1,
                "unit_price_minor": 6000, "discount_minor": 462, "paid_minor": 5538,
            },
        ],
        "freight": {"paid_minor": 1000, "standard_minor": 1000},
        "tenders": [
            {"tender_id": "T1", "kind": "gift_card", "captured_minor": 5000, "reference": f"gc_{uuid4().hex[:8]}"},
            {"tender_id": "T2", "kind": "card", "captured_minor": 20000, "reference": f"ch_{uuid4().hex[:8]}"},
        ],
        "total_minor": 25000,
        **but,
    }  # fmt: skip


@contextlib.asynccontextmanager
async def running(
    mode: str, folder: Path, vhost_url: str | None, *, forked: bool = False, broker_prefix: str | None = "retour"
) -> AsyncIterator[World]:
    """Start Retour as its user would, sign everybody in, and stop it in the end.

    `broker_prefix` is None: the names at the broker begin as those of the databases do.
    `forked`: the processes of the distributed mode are forks of one interpreter, for a test that is not about a start.
    """
    slow = SLOW_EVENTS in os.environ
    module = "tests.support.processes.forked_children" if slow or (forked and mode == "distributed") else "retour"
    port, first = free_port(), free_port(4)
    command = [sys.executable, "-m", module, "up", "--data", str(folder), "--port", str(port)]
    prefix = servers.unique("world")
    environment: Mapping[str, str] = {**os.environ, "GATEWAY_RATE_PER_MINUTE": "1000000"}
    if mode == "distributed":
        command += ["--distributed", "--service-port", str(first)]
        environment = {
            **environment,
            "RETOUR_POSTGRES_URL": servers.POSTGRES,
            "RETOUR_BROKER_URL": vhost_url or servers.BROKER,
            "RETOUR_DATABASE_PREFIX": prefix,
            **({} if broker_prefix is None else {"RETOUR_BROKER_PREFIX": broker_prefix}),
        }
    log = folder / "retour.log"
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)
    try:
        told = {"response": [as_documented]}
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, event_hooks=told) as http:

            async def ready() -> bool:
                assert process.poll() is None, f"retour up ended: {log.read_text()[-3000:]}"
                if f"http://127.0.0.1:{port}" not in log.read_text():
                    return False  # the address is printed when every service is ready, not only the gateway
                try:
                    return (await http.get("/readyz")).status_code == 200
                except httpx2.TransportError:
                    return False

            try:
                await eventually(ready, seconds=240, every=0.1)
            except AssertionError as error:
                raise AssertionError(log.read_text()[-5000:]) from error
            world = await _sign_in(mode, http, folder)
            world.vhost_url = vhost_url
            yield world
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        if mode == "distributed":
            for name in ("gateway", "requests", "inspection", "refunds", "notifications"):
                await servers.drop_database(f"{prefix}_{name}")
                await servers.execute(f"DROP ROLE IF EXISTS {prefix}_{name}")


async def _sign_in(mode: str, http: httpx2.AsyncClient, folder: Path) -> World:
    password = json.loads((folder / "secrets.json").read_text())["admin_password"]
    return await sign_everybody_in(mode, http, folder, password)


async def sign_everybody_in(mode: str, http: httpx2.AsyncClient, folder: Path, password: str) -> World:
    """The people and machines around a Retour, signed in at its gateway."""
    credentials = {"email": "admin@retour.example", "password": password}
    admin = Caller(http, good(await http.post("/v1/auth/sessions", json=credentials))["token"])

    async def key(kind: str, scopes: list[str], **more: str) -> Caller:
        made = await admin.post("/v1/keys", {"kind": kind, "name": f"test {kind}", "scopes": scopes, **more})
        return Caller(http, made["key"])

    async def staff(*roles: str) -> Caller:
        email, word = f"{uuid4().hex[:10]}@staff.example", f"Pass-{uuid4().hex}"
        await admin.post("/v1/accounts", {"email": email, "name": "Lin", "password": word, "roles": list(roles)})
        return Caller(
            http, good(await http.post("/v1/auth/sessions", json={"email": email, "password": word}))["token"]
        )

    shop = await key(
        "system",
        ["orders:write", "orders:read", "returns:write", "returns:read", "contacts:write", "contacts:read",
         "customers:token", "policy:read"],
    )  # fmt: skip
    return World(
        mode,
        http,
        admin,
        shop,
        await staff("agent"),
        await staff("supervisor"),
        await key("device", [], warehouse="WH-1"),
        await staff("finance"),
        folder=folder,
    )
