"""One return of a walk: its order, the people around it, and what they can look at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Final

import httpx2

from shared.kernel.principal import Kind, Principal, Role
from tests.support.walks.product import Json, Product

REASONS: Final = ("changed_mind",) * 4 + ("defective", "damaged_in_transit", "unsafe", "other")
SKUS: Final = ("COAT-M", "SCARF", "MUG")


@dataclass
class Journey:
    """A return with its order. It has no return until the customer has asked for one that was not refused at once."""

    product: Product
    order: Json
    customer: Principal
    return_id: str | None = None
    rma: str | None = None
    scans: list[Json] = field(default_factory=list)
    """Every post of the dock and of the bench, with its answer's id under `id`."""
    captured: int = 0
    elsewhere: int = 0
    """What the shop has said it paid back itself."""
    by_hand: int = 0
    numbers: int = 0

    @property
    def lines(self) -> Sequence[Json]:
        found: Sequence[Json] = self.order["lines"]
        return found

    @property
    def path(self) -> str:
        return f"/v1/returns/{self.return_id}"

    def name(self, kind: str) -> str:
        """A name that nobody has used."""
        self.numbers += 1
        return f"{kind}-{self.customer.id}-{self.numbers}"

    def at(self, **later: float) -> str:
        return (self.product.moment + timedelta(**later)).isoformat()

    async def do(self, who: str | Principal, path: str, body: Any = None, *, method: str = "POST") -> httpx2.Response:
        return await self.product.call(who, method, path, body if body is not None else {})

    async def seen(self) -> Json:
        """The return as an agent sees it."""
        found: Json = await self.product.get("agent", self.path)
        return found

    async def bench(self) -> Json:
        """The inspection; empty when its service knows of none."""
        found: Json | None = await self.product.get("agent", f"/v1/inspections/{self.return_id}")
        return found or {"units": [], "discrepancies": [], "scans": []}

    async def refunds(self) -> Sequence[Json]:
        """Every refund of the order, whole."""
        return await self._items("finance", f"/v1/refunds?return_id={self.return_id}&limit=200")

    async def messages(self) -> Sequence[Json]:
        """Every message of the return, the oldest first."""
        found = await self._items("agent", f"/v1/messages?return_id={self.return_id}&limit=200")
        return sorted(found, key=lambda each: each["id"])

    async def receipts(self) -> Sequence[Json]:
        """The posts of this walk for which nobody knows the return."""
        known = {each["id"] for each in self.scans if each.get("id")}
        found = [
            await self.product.get("agent", f"/v1/receipts/{each}") for each in sorted(known) if each.startswith("rcp_")
        ]
        return [each for each in found if each is not None]

    async def paid_twice(self) -> Sequence[Json]:
        """Entries of this order that finance has not closed."""
        found = await self._items("finance", f"/v1/finance/paid-twice?order_id={self.order['id']}&limit=200")
        return [each for each in found if each["order_id"] == self.order["id"] and each["closed"] is None]

    async def _items(self, who: str, path: str) -> Sequence[Json]:
        found: Sequence[Json] = (await self.product.get(who, path))["items"]
        return found


async def an_order(product: Product, number: int, chance: Random) -> Journey:
    """An order of one to three lines that the shop pushes, mostly delivered some days ago."""
    customer = Principal(Kind.CUSTOMER, f"cus-{number}", frozenset({Role.CUSTOMER}))
    lines, total = [], 0
    for place in range(chance.randint(1, 3)):
        quantity, price = chance.randint(1, 4), chance.choice((999, 4000, 10_000))
        if chance.random() < 0.1:
            quantity = chance.randint(50, 300)
        total += quantity * price
        lines.append(
            {"line_id": f"L{place + 1}", "sku": SKUS[place], "name": SKUS[place].title(), "category": "clothing",
             "quantity": quantity, "unit_price_minor": price, "paid_minor": quantity * price}
        )  # fmt: skip
    freight = chance.choice((0, 500))
    total += freight
    card = total if chance.random() < 0.6 else total - total // 3
    parts = [("card", card), ("gift_card", total - card)]
    tenders = [
        {"tender_id": f"T{place}", "kind": kind, "captured_minor": minor, "reference": f"{kind}-{number}"}
        for place, (kind, minor) in enumerate(parts)
        if minor
    ]
    moment = product.moment
    times = {"ordered_at": (moment - timedelta(days=5)).isoformat()}
    if chance.random() < 0.85:
        times["delivered_at"] = (moment - timedelta(days=chance.choice((1, 3, 3, 20)))).isoformat()
        times["ordered_at"] = (moment - timedelta(days=25)).isoformat()
    body = {
        "number": f"N-{number}", "storefront": "shop", "customer_id": customer.id, "language": "en",
        "regime": chance.choice(("EU", "EU", "EU", "CN", "US", "UK")), "currency": "EUR", "lines": lines, **times,
        "freight": {"paid_minor": freight, "standard_minor": freight}, "tenders": tenders, "total_minor": total,
    }  # fmt: skip
    answer = await product.call("shop", "POST", "/v1/orders", body)
    assert answer.is_success, answer.text
    journey = Journey(product, {**body, "id": answer.json()["id"]}, customer, captured=total)
    if chance.random() < 0.9:
        contact = {"name": "Ming Li", "email": f"{customer.id}@customers.example", "language": "en"}
        await product.call("shop", "PUT", f"/v1/contacts/{customer.id}", contact)
    return journey


async def ask(journey: Journey, chance: Random) -> None:
    """The customer asks for some lines; the first return that is not refused at once is the walk's return."""
    chosen = chance.sample(journey.lines, chance.randint(1, len(journey.lines)))
    lines = [
        {"line_id": line["line_id"], "quantity": chance.randint(1, line["quantity"]),
         "reason": chance.choice(REASONS), "condition": chance.choice(("unopened", "unopened", "opened"))}
        for line in chosen
    ]  # fmt: skip
    answer = await journey.do(journey.customer, "/v1/returns", {"order_id": journey.order["id"], "lines": lines})
    if answer.is_success and journey.return_id is None:
        journey.return_id, journey.rma = answer.json()["id"], answer.json()["rma"]
