"""One story while it is played: each step is a call that a shop, a customer, a scanner or an agent would make."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from retour.client import Client, Document
from retour.demo.cast import Cast, Slow, Told
from retour.demo.stories import TAXES, UNKNOWN_RMA, Item, Step, Story, Tax
from retour.exit_status import ExitStatus, Trouble
from shared.kernel.errors import Said
from shared.kernel.money import Money, half_up

PATIENCE_SECONDS: Final = 60.0
SLOW_SECONDS: Final = 10.0
"""A wait of so many seconds is printed; then one of twice as many, and so on."""
PAUSE_SECONDS: Final = 0.1
QUIET_SECONDS: Final = 0.5


@dataclass(slots=True, kw_only=True)
class Scene:
    """One story while it is played."""

    cast: Cast
    told: Told
    mark: str
    customer: Client
    path: str
    now: Document

    @property
    def story(self) -> Story:
        """The story."""
        return self.told.story

    @property
    def return_id(self) -> str:
        """The return."""
        return str(self.now["id"])

    @property
    def wanted(self) -> Sequence[tuple[Item, int]]:
        """What comes back: each item with its quantity."""
        return [(self.story.items[want.line - 1], want.quantity) for want in self.story.wants]

    async def until(self, *statuses: str) -> None:
        """Wait for one of these statuses. `Trouble` when none of them comes."""

        async def look() -> bool:
            await self.look()
            return self.now["status"] in statuses

        await self.wait(look, lambda: f"{self.mark}: {self.now['status']}, not {' / '.join(statuses)}")

    async def look(self) -> None:
        """Read the return, and note its state."""
        self.now = await self.customer.get(self.path)
        self.told.status, self.told.rma = self.now["status"], self.now["rma"]
        if self.now.get("refund"):
            amount = self.now["refund"]["amount"]
            self.told.refund = str(Money(amount["amount_minor"], amount["currency"]))

    async def wait(self, holds: Callable[[], Awaitable[bool]], instead: Callable[[], str]) -> None:
        await _until(holds, instead, self.cast.slow)


async def play_story(cast: Cast, number: int, told: Told) -> None:
    """Play one story and note in `told` how far it went. Raises `Trouble`."""
    mark = cast.mark(number)
    story = told.story
    who = story.who
    contact = {"name": who.name, "email": who.email, "language": who.language}
    await cast.shop.put(f"/v1/contacts/{who.id}", contact)
    now = datetime.now(UTC)
    order = await cast.shop.post("/v1/orders", order_of(story, mark, now))
    if story.told_later:
        parcel = {"id": f"{mark}-out", "delivered_at": _delivered_at(story, now), "carrier": "DHL"}
        await cast.shop.post(f"/v1/orders/{order['id']}/parcels", {"parcels": [parcel]})
    token = await cast.shop.post("/v1/auth/customer-tokens", {"customer_id": who.id, "language": who.language})
    customer = cast.anonymous.known_as(token["token"])
    lines = [
        {
            "line_id": str(want.line),
            "quantity": want.quantity,
            "reason": want.reason,
            "condition": want.condition,
            **({"comment": want.comment} if want.comment else {}),
        }
        for want in story.wants
    ]
    asked = await customer.post("/v1/returns", {"order_id": order["id"], "lines": lines})
    told.return_id = asked["id"]
    scene = Scene(cast=cast, told=told, mark=mark, customer=customer, path=f"/v1/returns/{asked['id']}", now=asked)
    for step in story.steps:
        await STEPS[step](scene)
    await scene.until(story.ends)


async def count_messages(cast: Cast, told: Sequence[Told]) -> None:
    """How many messages each customer got, once no more come for a while."""

    async def settled() -> bool:
        before = [each.messages for each in told]
        await asyncio.sleep(QUIET_SECONDS)
        for each in told:
            each.messages = len((await cast.agent.get("/v1/messages", return_id=each.return_id))["items"])
        return all(before) and before == [each.messages for each in told]

    await _until(settled, lambda: "messages are still being written", cast.slow)


async def _approve(scene: Scene) -> None:
    await scene.until("in_review")
    await scene.cast.agent.post(f"{scene.path}/approval", {"note": "Long-standing customer."})


async def _cancel(scene: Scene) -> None:
    await scene.customer.post(f"{scene.path}/cancellation", {})


async def _ship(scene: Scene) -> None:
    await scene.until("approved")
    await _announce(scene, 1, {})


async def _ship_apart(scene: Scene) -> None:
    """Send one parcel for each line."""
    await scene.until("approved")
    units = scene.now["units"]
    for number, want in enumerate(scene.story.wants, 1):
        mine = [unit["id"] for unit in units if unit["line_id"] == str(want.line)]
        await _announce(scene, number, {"unit_ids": mine})


async def _announce(scene: Scene, number: int, more: Document) -> None:
    parcel = {"carrier": "sf-express", "tracking_number": f"{scene.mark}-{number}", **more}
    await scene.customer.post(f"{scene.path}/shipments", parcel)


async def _receive(scene: Scene) -> None:
    """Receive each parcel, once the warehouse knows the return."""
    await scene.look()
    expected = f"/v1/inspections/{scene.return_id}"

    async def is_expected() -> bool:
        return await scene.cast.scanner.find(expected) is not None

    await scene.wait(is_expected, lambda: f"{scene.mark}: the warehouse does not expect it")
    parcels = [parcel["tracking_number"] for parcel in scene.now["shipments"]]
    contents = [[each] for each in scene.wanted] if len(parcels) > 1 else [list(scene.wanted)]
    for number, (tracking, items) in enumerate(zip(parcels, contents, strict=True), 1):
        await scene.cast.scanner.post(
            "/v1/receipts",
            {
                "client_event_id": f"{scene.mark}-dock-{number}",
                "rma": scene.now["rma"],
                "tracking_number": tracking,
                "items": [{"sku": item.sku, "quantity": quantity} for item, quantity in items],
                "scanned_at": datetime.now(UTC).isoformat(),
            },
        )


async def _pass(scene: Scene) -> None:
    await _inspect(scene, {"outcome": "passed", "grade": "A", "findings": [{"check": "complete", "passed": True}]})


async def _fail(scene: Scene) -> None:
    worn = {"check": "unworn", "passed": False, "note": "stains at the seam / 接缝处有污渍"}
    await _inspect(scene, {"outcome": "failed", "grade": "C", "findings": [worn]})


async def _correct(scene: Scene) -> None:
    """The inspector finds that the stain was dust on the lens, and replaces his own post."""
    await scene.until("awaiting_person")
    clean = {"check": "unworn", "passed": True, "note": "dust on the lens / 镜头上有灰尘"}
    await _inspect(scene, {"outcome": "passed", "grade": "A", "findings": [clean]}, corrects=f"{scene.mark}-bench")


async def _inspect(scene: Scene, verdict: Document, corrects: str | None = None) -> None:
    looks = [{"sku": item.sku, "quantity": quantity, **verdict} for item, quantity in scene.wanted]
    await scene.cast.scanner.post(
        "/v1/inspections",
        {
            "client_event_id": f"{scene.mark}-bench{'' if corrects is None else '-2'}",
            "rma": scene.now["rma"],
            "units": looks,
            "scanned_at": datetime.now(UTC).isoformat(),
            **({} if corrects is None else {"corrects": corrects}),
        },
    )


async def _accept(scene: Scene) -> None:
    """The agent decides in favour of the customer."""
    await scene.until("awaiting_person")
    units = [{"unit_id": unit["id"], "decision": "accept"} for unit in scene.now["units"]]
    reason = "The photographs of the offer show the same stain."
    await scene.cast.agent.post(f"/v1/inspections/{scene.return_id}/decision", {"units": units, "reason": reason})


STEPS: Final[Mapping[Step, Callable[[Scene], Awaitable[None]]]] = {
    Step.APPROVE: _approve,
    Step.CANCEL: _cancel,
    Step.SHIP: _ship,
    Step.SHIP_APART: _ship_apart,
    Step.RECEIVE: _receive,
    Step.PASS: _pass,
    Step.FAIL: _fail,
    Step.CORRECT: _correct,
    Step.ACCEPT: _accept,
}


async def scan_unknown(cast: Cast) -> None:
    """Scan a parcel with a number that no return has."""
    await cast.scanner.post(
        "/v1/receipts",
        {
            "client_event_id": f"{cast.mark(0)}-dock-1",
            "rma": UNKNOWN_RMA,
            "tracking_number": cast.mark(0),
            "items": [{"sku": "UMBRELLA-RED", "quantity": 1}],
            "scanned_at": datetime.now(UTC).isoformat(),
        },
    )


def order_of(story: Story, mark: str, now: datetime) -> Document:
    """The order as its shop sends it: every sum is exact."""
    lines = [_line(item, number, story.regime) for number, item in enumerate(story.items, 1)]
    wrap = _wrap(story)
    total = sum(each["paid_minor"] for each in (*lines, *wrap)) + story.freight_minor
    tenders = [
        {"tender_id": str(number), "kind": kind, "captured_minor": minor, "reference": f"{mark}-{kind}"}
        for number, (kind, minor) in enumerate(
            (("gift_card", story.gift_card_minor), (story.paid_by, total - story.gift_card_minor)), 1
        )
        if minor
    ]
    return {
        "number": mark,
        "storefront": "demo",
        "customer_id": story.who.id,
        "language": story.who.language,
        "regime": story.regime,
        "currency": story.currency,
        "prices_include_tax": TAXES[story.regime].inside,
        "ordered_at": (now - timedelta(days=story.delivered_days_ago + 3)).isoformat(),
        "delivered_at": None if story.told_later else _delivered_at(story, now),
        "lines": lines,
        "charges": wrap,
        "freight": {"paid_minor": story.freight_minor, "standard_minor": story.freight_minor, "taxes": []},
        "tenders": tenders,
        "total_minor": total,
    }


def _delivered_at(story: Story, now: datetime) -> str:
    return (now - timedelta(days=story.delivered_days_ago)).isoformat()


def _wrap(story: Story) -> list[Document]:
    """The gift wrap; its tax is in the price."""
    if not story.wrap_minor:
        return []
    tax = TAXES[story.regime]
    taxes = [_tax(tax, half_up(story.wrap_minor * tax.per_mille, 1000 + tax.per_mille))]
    return [{"charge_id": "wrap", "kind": "wrap", "name": "Gift wrap", "paid_minor": story.wrap_minor, "taxes": taxes}]


def _tax(tax: Tax, charged: int) -> Document:
    return {"rate": f"0.{tax.per_mille:03}".rstrip("0"), "amount_minor": charged}


def _line(item: Item, number: int, regime: str) -> Document:
    tax = TAXES[regime]
    shown = item.quantity * item.unit_minor - item.discount_minor
    base = 1000 + tax.per_mille if tax.inside else 1000
    charged = half_up(shown * tax.per_mille, base)
    return {
        "line_id": str(number),
        "sku": item.sku,
        "name": item.name,
        "quantity": item.quantity,
        "unit_price_minor": item.unit_minor,
        "discount_minor": item.discount_minor,
        "paid_minor": shown if tax.inside else shown + charged,
        "taxes": [_tax(tax, charged)],
        "goods": list(item.goods),
    }


async def _until(holds: Callable[[], Awaitable[bool]], instead: Callable[[], str], slow: Slow) -> None:
    """Ask until the condition holds, and say when that takes long. `Trouble` after `PATIENCE_SECONDS`."""
    begun = monotonic()
    said = SLOW_SECONDS
    while not await holds():
        waited = monotonic() - begun
        if waited > PATIENCE_SECONDS:
            raise Trouble(
                Said("The demo waited {seconds} s in vain: {why}", "演示等待 {seconds} 秒仍未完成：{why}"),
                ExitStatus.WRONG,
                seconds=int(waited),
                why=instead(),
            )
        if waited > said:
            slow.say(waited, instead())
            said *= 2
        await asyncio.sleep(PAUSE_SECONDS)
