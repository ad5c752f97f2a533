"""`retour demo`: plays the stories through the public API, as a shop, its customers, a scanner and an agent would.

Nothing in it is drawn by lot: the same run has the same orders, and the next run has the next numbers.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from retour.client import Client, Document, Refusal, client
from retour.demo.stories import STORIES, TAXES, UNKNOWN_RMA, Item, Step, Story
from retour.exit_status import ExitStatus, Trouble
from retour.hosting.data_folder import Administrator
from shared.kernel.errors import Language, Said
from shared.kernel.money import Money, half_up

PATIENCE_SECONDS: Final = 60.0
SLOW_SECONDS: Final = 10.0
"""A wait of so many seconds is said; one of twice as many again, and so on."""
PAUSE_SECONDS: Final = 0.1
TRIES: Final = 12
"""Calls while a server is away: about 40 s, for a machine that has just started everything has much to do."""
QUIET_SECONDS: Final = 0.5
AT_ONCE: Final = 4
SHOP_SCOPES: Final = ("orders:write", "orders:read", "customers:token", "contacts:write")
WAREHOUSE: Final = "main"
STAFF: Final[Mapping[str, tuple[str, ...]]] = {
    "agent@retour.example": ("agent",),
    "supervisor@retour.example": ("agent", "supervisor"),
    "warehouse@retour.example": ("warehouse",),
    "finance@retour.example": ("finance",),
}
"""Who works in the demo, besides the administrator."""

STATUS_COLOURS: Final[Mapping[str, str]] = {
    "closed": "green",
    "refused": "red",
    "cancelled": "dim",
    "awaiting_person": "yellow",
    "in_review": "yellow",
}


def password_of(email: str, administrator: Administrator) -> str:
    """A demo account's password: only who knows the administrator's can know it, and it is the same every time."""
    digest = hmac.new(administrator.password.encode(), email.encode(), hashlib.sha256).hexdigest()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8, 12))


def introduce(administrator: Administrator, console: Console, language: Language) -> None:
    """Who may sign in, with which password."""
    table = Table(title=Said("Demo accounts", "演示账号").to(language), title_justify="left")
    for heading in (Said("e-mail", "邮箱"), Said("password", "密码"), Said("roles", "角色")):
        table.add_column(heading.to(language), no_wrap=True)
    table.add_row(administrator.email, administrator.password, "admin")
    for email, roles in STAFF.items():
        table.add_row(email, password_of(email, administrator), ", ".join(roles))
    console.print(table)


@dataclass(slots=True)
class Told:
    """What became of a story, as far as it went."""

    story: Story
    return_id: str = ""
    rma: str | None = None
    status: str = ""
    refund: str = ""
    messages: int = 0
    trouble: Trouble | None = None

    @property
    def as_told(self) -> bool:
        """Whether it ended as it ought to."""
        return self.trouble is None and self.status == self.story.ends


@dataclass(slots=True)
class Cast:
    """Everybody who takes part in one run."""

    nobody: Client
    admin: Client
    agent: Client
    shop: Client
    scanner: Client
    run: int
    keys: list[str]
    slow: "Slow"

    def mark(self, number: int) -> str:
        """This run's name for its story with this number."""
        return f"DEMO-{self.run:03}-{number:02}"


class Slow:
    """Says what is waited for when it takes long, so that nobody wonders whether anything still happens."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._language = language

    def say(self, seconds: float, why: str) -> None:
        """One line, above the progress bar where there is one."""
        line = Said("The demo has waited {seconds} s: {why}", "演示已等待 {seconds} 秒：{why}")
        self._console.print(line.to(self._language, seconds=int(seconds), why=why), style="yellow", highlight=False)


async def play(url: str, administrator: Administrator, console: Console, language: Language) -> bool:
    """All stories, some beside each other; whether each ended as it ought to. `Trouble` when the server says no.

    A story that gets stuck keeps no other from being told: the table shows all of them, and below it what was wrong.
    """
    async with client(url, language, tries=TRIES) as nobody:
        cast = await _gather(nobody, administrator, Slow(console, language))
        troubles: list[Trouble] = []
        try:
            with _progress(console) as progress:
                task = progress.add_task(Said("Playing the demo", "正在演示").to(language), total=len(STORIES) + 1)
                turn = asyncio.Semaphore(AT_ONCE)

                async def tell(number: int, story: Story) -> Told:
                    async with turn:
                        told = Told(story)
                        try:
                            await _tell(cast, number, told)
                        except Trouble as trouble:
                            told.trouble = trouble
                        progress.advance(task)
                        return told

                await _scan_unknown(cast)
                progress.advance(task)
                told = await asyncio.gather(*(tell(number, story) for number, story in enumerate(STORIES, 1)))
                try:
                    await _count_messages(cast, [each for each in told if each.trouble is None])
                except Trouble as trouble:
                    troubles.append(trouble)
        finally:
            for key in cast.keys:
                await cast.admin.delete(f"/v1/keys/{key}")
    show(told, console, language)
    troubles += [each.trouble for each in told if each.trouble is not None]
    _complain(troubles, console, language)
    return not troubles and all(each.as_told for each in told)


def _complain(troubles: Sequence[Trouble], console: Console, language: Language) -> None:
    for trouble in troubles:
        console.print(trouble.say(language), style="red", highlight=False, markup=False)
    if troubles:
        advice = Said(
            "`retour doctor` says what is wrong; then `retour demo` plays it again.",
            "`retour doctor` 会说明问题所在；之后可用 `retour demo` 重新演示。",
        )
        console.print(advice.to(language), style="red", highlight=False)


def show(told: Sequence[Told], console: Console, language: Language) -> None:
    """The table of what happened."""
    table = Table(title=Said("What happened", "演示结果").to(language), title_justify="left", box=SIMPLE_HEAD)
    for heading, whole in (
        (Said("RMA", "退货编号"), True),
        (Said("customer, and what", "客户与事由"), False),
        (Said("status", "状态"), True),
        (Said("refund", "退款"), True),
        (Said("mails", "通知"), True),
    ):
        table.add_column(heading.to(language), overflow="fold", no_wrap=whole)
    for each in told:
        colour = STATUS_COLOURS.get(each.status, "cyan")
        odd = "" if each.as_told else f" ≠ {each.story.ends}"
        table.add_row(
            each.rma or "–",
            f"{each.story.who.name}\n[dim]{each.story.what.to(language)}[/dim]",
            f"[{colour}]{each.status or '–'}[/{colour}]" + (f"[bold red]{odd}[/bold red]" if odd else ""),
            each.refund or "–",
            str(each.messages),
        )
    console.print(table)
    scan = Said(
        "At the dock: a parcel with the unknown number {rma} was kept and waits for a person (GET /v1/receipts).",
        "收货处：包裹编号 {rma} 无法识别，已留存并等待人工处理（GET /v1/receipts）。",
    )
    console.print(scan.to(language, rma=UNKNOWN_RMA), highlight=False)


def _progress(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)


async def _gather(nobody: Client, administrator: Administrator, slow: Slow) -> Cast:
    """Sign in, open accounts where they are missing, make this run's keys, find its number."""
    admin = await nobody.sign_in(administrator.email, administrator.password)
    for email, roles in STAFF.items():
        name = email.partition("@")[0].capitalize()
        account = {"email": email, "name": name, "password": password_of(email, administrator), "roles": list(roles)}
        try:
            await admin.post("/v1/accounts", account)
        except Refusal as refusal:
            if refusal.code != "email_taken":
                raise
    agent = await nobody.sign_in("supervisor@retour.example", password_of("supervisor@retour.example", administrator))
    shop = await admin.post("/v1/keys", {"kind": "system", "name": "Demo shop", "scopes": list(SHOP_SCOPES)})
    scanner = await admin.post("/v1/keys", {"kind": "device", "name": "Demo scanner", "warehouse": WAREHOUSE})
    cast = Cast(
        nobody,
        admin,
        agent,
        nobody.known_as(shop["key"]),
        nobody.known_as(scanner["key"]),
        run=1,
        keys=[shop["id"], scanner["id"]],
        slow=slow,
    )
    while (await cast.shop.get("/v1/orders", number=cast.mark(1)))["items"]:
        cast.run += 1
    return cast


@dataclass(slots=True)
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
        """What is played."""
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
        """Wait for one of these statuses. `Trouble` when it does not come."""

        async def look() -> bool:
            await self.look()
            return self.now["status"] in statuses

        await self.wait(look, lambda: f"{self.mark}: {self.now['status']}, not {' / '.join(statuses)}")

    async def look(self) -> None:
        """See the return as it is now, and note it."""
        self.now = await self.customer.get(self.path)
        self.told.status, self.told.rma = self.now["status"], self.now["rma"]
        if self.now.get("refund"):
            amount = self.now["refund"]["amount"]
            self.told.refund = str(Money(amount["amount_minor"], amount["currency"]))

    async def wait(self, holds: Callable[[], Awaitable[bool]], instead: Callable[[], str]) -> None:
        """See `_until`."""
        await _until(holds, instead, self.cast.slow)


async def _tell(cast: Cast, number: int, told: Told) -> None:
    mark = cast.mark(number)
    story = told.story
    who = story.who
    contact = {"name": who.name, "email": who.email, "language": who.language}
    await cast.shop.put(f"/v1/contacts/{who.id}", contact)
    order = await cast.shop.post("/v1/orders", order_of(story, mark, datetime.now(UTC)))
    token = await cast.shop.post("/v1/auth/customer-tokens", {"customer_id": who.id, "language": who.language})
    customer = cast.nobody.known_as(token["token"])
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
    scene = Scene(cast, told, mark, customer, f"/v1/returns/{asked['id']}", asked)
    for step in story.steps:
        await STEPS[step](scene)
    await scene.until(story.ends)


async def _count_messages(cast: Cast, told: Sequence[Told]) -> None:
    """How often each customer was written to, once nothing more comes for a while."""

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
    """A parcel for each line."""
    await scene.until("approved")
    units = scene.now["units"]
    for number, want in enumerate(scene.story.wants, 1):
        mine = [unit["id"] for unit in units if unit["line_id"] == str(want.line)]
        await _announce(scene, number, {"unit_ids": mine})


async def _announce(scene: Scene, number: int, more: Document) -> None:
    parcel = {"carrier": "sf-express", "tracking_number": f"{scene.mark}-{number}", **more}
    await scene.customer.post(f"{scene.path}/shipments", parcel)


async def _receive(scene: Scene) -> None:
    """Every parcel by itself, once the warehouse has heard of the return."""
    await scene.look()
    expected = f"/v1/inspections/{scene.return_id}"

    async def heard() -> bool:
        return await scene.cast.scanner.find(expected) is not None

    await scene.wait(heard, lambda: f"{scene.mark}: the warehouse does not expect it")
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


async def _inspect(scene: Scene, verdict: Document) -> None:
    looks = [{"sku": item.sku, "quantity": quantity, **verdict} for item, quantity in scene.wanted]
    await scene.cast.scanner.post(
        "/v1/inspections",
        {
            "client_event_id": f"{scene.mark}-bench",
            "rma": scene.now["rma"],
            "units": looks,
            "scanned_at": datetime.now(UTC).isoformat(),
        },
    )


async def _accept(scene: Scene) -> None:
    """The agent decides for the customer."""
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
    Step.ACCEPT: _accept,
}


async def _scan_unknown(cast: Cast) -> None:
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
    """The order as its shop pushes it: every sum holds to the last minor unit."""
    lines = [_line(item, number, story.regime) for number, item in enumerate(story.items, 1)]
    total = sum(line["paid_minor"] for line in lines) + story.freight_minor
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
        "delivered_at": (now - timedelta(days=story.delivered_days_ago)).isoformat(),
        "lines": lines,
        "freight": {"paid_minor": story.freight_minor, "standard_minor": story.freight_minor, "taxes": []},
        "tenders": tenders,
        "total_minor": total,
    }


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
        "taxes": [{"rate": f"0.{tax.per_mille:03}".rstrip("0"), "amount_minor": charged}],
        "goods": list(item.goods),
    }


async def _until(holds: Callable[[], Awaitable[bool]], instead: Callable[[], str], slow: Slow) -> None:
    """Ask until it holds, and say so when that takes long. `Trouble` after `PATIENCE_SECONDS`."""
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
