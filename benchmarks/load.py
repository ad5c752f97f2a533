"""Whole lifecycles through the gateway, by as many hands as wanted: the load of `lifecycle.py` and of `faults.py`.

A lifecycle is request (approved by policy), parcel announced, received, inspected; then the refund settles, the
customer is told and the return closes by itself. The client is deliberately bare: one connection a hand, so that the
generator takes little of the machine it measures.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import aio_pika

Json = dict[str, Any]
RETRY_SECONDS: Final = 120.0


class Refused(Exception):
    """An answer that is neither good nor worth repeating."""


class Hand:
    """One keep-alive connection. With `stubborn`, what fails for want of an answer is repeated with the same key."""

    def __init__(self, port: int, *, stubborn: bool = False) -> None:
        self._port = port
        self._stubborn = stubborn
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.repeated = 0

    async def call(self, method: str, path: str, token: str, body: Json | None = None, *, key: str = "") -> Json:
        """One request; its JSON."""
        data = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: retour\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            + (f"Idempotency-Key: {key}\r\n" if key else "")
            + "\r\n"
        )
        deadline = time.monotonic() + (RETRY_SECONDS if self._stubborn else 0)
        while True:
            try:
                async with asyncio.timeout(30):
                    status, found = await self._once(head.encode() + data)
            except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError) as error:
                self.close()
                if time.monotonic() > deadline:
                    raise Refused(f"{method} {path}: {error!r}") from error
            else:
                if status < 300:
                    return found
                if status < 500 or time.monotonic() > deadline:
                    raise Refused(f"{method} {path}: {status} {found}")
            self.repeated += 1
            await asyncio.sleep(0.2)

    async def _once(self, request: bytes) -> tuple[int, Json]:
        if self._writer is None or self._reader is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            body = await self._chunks()
        else:
            at = lower.find(b"content-length:")
            length = int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
            body = await self._reader.readexactly(length)
        if b"connection: close" in lower:
            self.close()
        return status, json.loads(body) if body else {}

    async def _chunks(self) -> bytes:
        if self._reader is None:
            raise EOFError
        parts = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        """Let the connection go."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


@dataclass(slots=True)
class Tokens:
    """Who speaks."""

    shop: str
    scanner: str
    admin: str


@dataclass(slots=True)
class Lifecycle:
    """What was asked for and what became of it."""

    order_id: str
    key: str = field(default_factory=lambda: uuid4().hex)
    return_id: str = ""
    rma: str = ""
    started: float = 0.0
    inspected: float = 0.0
    told: float = 0.0
    closed: float = 0.0
    failed: str = ""


PRICE: Final = 9_99
QUANTITY: Final = 3
PAID: Final = 10_00
REFUND: Final = 3_33
"""Three for 10.00: the first unit's share is 3.33, never 3.34."""


def an_order(customer: str) -> Json:
    """Three of one thing for 10.00, by card."""
    return {
        "number": f"B-{uuid4().hex}",
        "storefront": "bench",
        "customer_id": customer,
        "regime": "EU",
        "currency": "EUR",
        "ordered_at": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 4 * 86400)),
        "delivered_at": time.strftime("%Y-%m-%dT12:00:00Z", time.gmtime(time.time() - 2 * 86400)),
        "lines": [
            {"line_id": "L1", "sku": "MUG", "name": "Mug", "quantity": QUANTITY, "unit_price_minor": PRICE,
             "discount_minor": PRICE * QUANTITY - PAID, "paid_minor": PAID}
        ],
        "freight": {"paid_minor": 500, "standard_minor": 500},
        "tenders": [{"tender_id": "T1", "kind": "card", "captured_minor": 1500, "reference": f"ch_{uuid4().hex[:16]}"}],
        "total_minor": 1500,
    }  # fmt: skip


async def sign_in(port: int, email: str, password: str) -> Tokens:
    """The keys a benchmark needs."""
    hand = Hand(port, stubborn=True)
    session = await hand.call("POST", "/v1/auth/sessions", "", {"email": email, "password": password})
    admin = session["token"]
    scopes = ["orders:write", "orders:read", "returns:write", "returns:read", "contacts:write", "customers:token"]
    shop = await hand.call(
        "POST", "/v1/keys", admin, {"kind": "system", "name": "bench", "scopes": scopes}, key=uuid4().hex
    )
    device = {"kind": "device", "name": "dock", "scopes": [], "warehouse": "WH-1"}
    scanner = await hand.call("POST", "/v1/keys", admin, device, key=uuid4().hex)
    hand.close()
    return Tokens(shop["key"], scanner["key"], admin)


async def push_orders(port: int, tokens: Tokens, count: int) -> list[Lifecycle]:
    """Orders for `count` lifecycles, and the address of the customer who bought them."""
    customer = f"bench-{uuid4().hex[:8]}"
    first = Hand(port, stubborn=True)
    contact = {"name": "Bench", "email": "bench@customers.example", "language": "en"}
    await first.call("PUT", f"/v1/contacts/{customer}", tokens.shop, contact, key=uuid4().hex)
    waiting = list(range(count))
    made: list[Lifecycle] = []

    async def push() -> None:
        hand = Hand(port, stubborn=True)
        while waiting:
            waiting.pop()
            pushed = await hand.call("POST", "/v1/orders", tokens.shop, an_order(customer), key=uuid4().hex)
            made.append(Lifecycle(pushed["id"]))
        hand.close()

    await asyncio.gather(*(push() for _ in range(min(16, count))))
    first.close()
    return made


async def live(hand: Hand, tokens: Tokens, one: Lifecycle) -> None:
    """The four calls of one lifecycle; each keeps its key, so that a repetition is harmless."""
    one.started = time.perf_counter()
    line = {"line_id": "L1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    asked = await hand.call(
        "POST", "/v1/returns", tokens.shop, {"order_id": one.order_id, "lines": [line]}, key=f"{one.key}-r"
    )
    one.return_id, one.rma = asked["id"], asked["rma"]
    if asked["status"] != "approved":
        raise Refused(f"not approved: {asked}")
    parcel = {"carrier": "dhl", "tracking_number": f"JD{one.key[:12]}"}
    await hand.call("POST", f"/v1/returns/{one.return_id}/shipments", tokens.shop, parcel, key=f"{one.key}-s")
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    scan = {
        "client_event_id": f"{one.key}-scan",
        "rma": one.rma,
        "items": [{"sku": "MUG", "quantity": 1}],
        "scanned_at": moment,
    }
    await hand.call("POST", "/v1/receipts", tokens.scanner, scan)
    look = {
        "client_event_id": f"{one.key}-look",
        "rma": one.rma,
        "units": [{"sku": "MUG", "quantity": 1, "outcome": "passed", "grade": "A", "findings": []}],
        "scanned_at": moment,
    }
    await hand.call("POST", "/v1/inspections", tokens.scanner, look)
    one.inspected = time.perf_counter()


class Witness:
    """An outside system with a queue of its own: hears when a customer was told and when a return closed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.lifecycles: dict[str, Lifecycle] = {}
        self.early: dict[str, Mapping[str, float]] = {}
        self.events: dict[str, int] = {}
        self._connection: aio_pika.abc.AbstractConnection | None = None
        self._all_closed = asyncio.Event()

    async def start(self, *types: str) -> None:
        """Bind and listen."""
        self._connection = await aio_pika.connect_robust(self._url)
        channel = await self._connection.channel()
        await channel.set_qos(prefetch_count=500)
        queue = await channel.declare_queue(f"bench.{uuid4().hex}", durable=True, arguments={"x-expires": 600_000})
        for type_ in types:
            await queue.bind("retour.events", type_)
        await queue.consume(self._see, no_ack=True)

    async def stop(self) -> None:
        """Leave."""
        if self._connection is not None:
            await self._connection.close()

    def expect(self, one: Lifecycle) -> None:
        """From now on this return's events are noted on it."""
        self.lifecycles[one.return_id] = one
        for kind, at in self.early.pop(one.return_id, {}).items():
            setattr(one, kind, at)

    async def _see(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        at = time.perf_counter()
        event = json.loads(message.body)
        self.events[event["id"]] = self.events.get(event["id"], 0) + 1
        told = event["type"].startswith("message.sent") and event["data"]["kind"] == "refund_settled"
        kind = "told" if told else "closed" if event["type"].startswith("return.closed") else ""
        if not kind:
            return
        return_id = event["correlationid"]
        one = self.lifecycles.get(return_id)
        if one is None:
            self.early[return_id] = {**self.early.get(return_id, {}), kind: at}
        elif not getattr(one, kind):
            setattr(one, kind, at)


@dataclass(slots=True)
class Proof:
    """What the ledger and the messages say of a lifecycle."""

    refunded: int
    refunds: int
    messages: int
    status: str

    @property
    def right(self) -> bool:
        """Exactly one refund of exactly the right amount, one word about it, and an end."""
        return (self.refunded, self.refunds, self.messages, self.status) == (REFUND, 1, 1, "closed")


async def prove(port: int, tokens: Tokens, lifecycles: list[Lifecycle]) -> dict[str, Proof]:
    """Read back every return that got a number, its refunds and its messages."""
    waiting = [one for one in lifecycles if one.return_id]
    found: dict[str, Proof] = {}

    async def read() -> None:
        hand = Hand(port, stubborn=True)
        while waiting:
            one = waiting.pop()
            refunds = (await hand.call("GET", f"/v1/refunds?return_id={one.return_id}", tokens.admin))["items"]
            messages = (await hand.call("GET", f"/v1/messages?return_id={one.return_id}", tokens.admin))["items"]
            state = await hand.call("GET", f"/v1/returns/{one.return_id}", tokens.admin)
            paid = [refund for refund in refunds if refund["state"] == "settled"]
            found[one.return_id] = Proof(
                sum(refund["amount"]["amount_minor"] for refund in paid),
                len(refunds),
                sum(message["kind"] == "refund_settled" and message["status"] == "sent" for message in messages),
                state["status"],
            )
        hand.close()

    await asyncio.gather(*(read() for _ in range(8)))
    return found


async def transfers(port: int, tokens: Tokens) -> list[Json]:
    """Everything the payment provider has paid, page by page."""
    hand = Hand(port, stubborn=True)
    items: list[Json] = []
    path = "/v1/payments/simulator/transfers?limit=200"
    while True:
        page = await hand.call("GET", path, tokens.admin)
        items += page["items"]
        if not page.get("next"):
            hand.close()
            return items
        path = f"/v1/payments/simulator/transfers?limit=200&cursor={page['next']}"
