"""Z12: a policy written by following the documentation; page, form, answer, letter and refund agree to the cent."""

import re
from email import message_from_bytes, policy as mail_policy
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from retour.offline.policy_command import app as policy_command
from tests.conftest import Engines
from tests.support.dated import Dated, dated
from tests.support.servers import VirtualHost
from tests.support.waiting import eventually
from tests.support.world import Json

TREE: Final = Path(__file__).parents[3]
PAGES: Final = ("docs/how-to/publish-a-policy.md", "docs/zh/how-to/publish-a-policy.md")
TODAY: Final = "2026-12-01"
AN_ORDER: Final[Json] = {
    "regime": "US",
    "currency": "USD",
    "ship_to": {"country": "US", "subdivision": "US-IL"},
    "lines": [
        {"line_id": "L1", "sku": "COAT-M", "name": "Headphones", "category": "electronics", "quantity": 1,
         "unit_price_minor": 10000, "paid_minor": 10000},
        {"line_id": "L2", "sku": "MUG", "name": "Mug", "quantity": 1, "unit_price_minor": 6000, "paid_minor": 6000},
        {"line_id": "L3", "sku": "APP", "name": "App", "category": "software", "quantity": 1,
         "unit_price_minor": 4000, "paid_minor": 4000},
    ],
    "freight": {"paid_minor": 1000, "standard_minor": 1000},
    "tenders": [
        {"tender_id": "T1", "kind": "gift_card", "captured_minor": 15000, "reference": "gc_1"},
        {"tender_id": "T2", "kind": "card", "captured_minor": 6000, "reference": "ch_1"},
    ],
    "total_minor": 21000,
}  # fmt: skip


def written(page: str) -> str:
    """The document that the page tells to save, with today's date in the line that the page names."""
    text = (TREE / page).read_text("utf-8")
    document = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert document is not None
    return re.sub(r"(?m)^effective_from: .*$", f"effective_from: {TODAY}", document[1])


def test_both_pages_show_the_same_document() -> None:
    assert written(PAGES[0]) == written(PAGES[1])


async def test_z12_a_policy_from_the_documentation_is_kept_to_the_cent(
    mode: str, engines: Engines, own_vhost: VirtualHost, tmp_path: Path
) -> None:
    """Z12, H04, H05, I02, R1.2: 10 % of 100.00, half of the delivery by share, the card before the gift card."""
    document = written(PAGES[0])
    (tmp_path / "policy.yaml").write_text(document, "utf-8")
    checked = CliRunner().invoke(policy_command, ["publish-check", str(tmp_path / "policy.yaml"), "--on", TODAY])
    assert "my-shop@1 may be published" in checked.output
    async with dated(mode, engines, own_vhost.url, tmp_path, f"{TODAY}T09:00-05:00") as retour:
        await published(retour, document)
        await shown(retour)
        await sold_and_refunded(retour, tmp_path)


async def published(retour: Dated, document: str) -> None:
    """It begins today, and not a day earlier."""
    early = document.replace(TODAY, "2026-11-30").replace('"1"', '"0"')
    refused = await retour.world.admin.refused("/v1/policies", {"document": early}, status=422)
    assert refused["errors"][0]["pointer"] == "/effective_from"
    made = await retour.world.admin.post("/v1/policies", {"document": document})
    assert made["name"] == "my-shop@1"


async def shown(retour: Dated) -> None:
    """The page for people and the form for programs say what the table of the documentation says."""
    http = retour.world.http

    async def in_force() -> Json | None:
        found: Json = (await http.get("/v1/policy")).json()
        return found if found["version"] == "my-shop@1" else None

    found = await eventually(in_force)
    for sentence in (
        "In every case you have 30 days after delivery for a refund.",
        "For software, there is no return without a reason.",
        "For electronics, we keep 10 % of the price.",
        "with a part of the order its share by price",
        "we refund cards and other money first",
    ):
        assert sentence in found["text"], sentence
    answer = await http.get("/v1/policy/machine-form?regime=US")
    form = {each["category"]: each for each in answer.json()["policies"]}
    assert form["electronics"]["restocking_fee"] == {"percentage_bps": 1000}
    assert form["*"]["restocking_fee"] == {"percentage_bps": 0}
    assert form["software"]["final_sale"] is True
    assert form["electronics"]["outbound_freight"] == {"whole": "full", "part": "proportional"}
    assert form["electronics"]["tender_order"] == "card_first"


async def sold_and_refunded(retour: Dated, folder: Path) -> None:
    """The headphones come back: 100.00, less 10.00, and 5.00 of the delivery; the card first, then the gift card."""
    world = retour.world
    customer_id, customer = await world.customer()
    moments = {"ordered_at": f"{TODAY}T10:00:00-05:00", "delivered_at": "2026-12-03T10:00:00-06:00"}
    retour.clock.set("2026-12-05T10:00-06:00")
    order = await world.order(customer_id, **AN_ORDER, **moments)
    assert order["policy"] == "my-shop@1"
    line = {"line_id": "L1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    answer = await customer.post("/v1/eligibility", {"order_id": order["id"], "lines": [line]})
    told = {each["rule"]: each for each in answer["money"]}
    assert answer["outcome"] == "accept"
    assert told["restocking_fee"]["says"]["en"] == "We keep 10 % of the price without tax: USD 10.00."
    assert told["restocking_fee"]["says"]["zh-CN"] == "我们收取不含税价款的10%：USD 10.00。"
    assert set(told) == {"restocking_fee", "outbound_freight", "tender_order"}
    software = await customer.post("/v1/eligibility", {"order_id": order["id"], "lines": [{**line, "line_id": "L3"}]})
    assert software["outcome"] == "refuse"
    assert {each["clause"] for each in software["reasons"]} == {"my-shop@1 exclusions/no-software"}
    asked = await world.request(customer, order)
    assert asked["status"] == "approved"
    assert asked["instructions"]["money"] == answer["money"]
    await world.scan(asked["rma"], "COAT-M")
    await world.until(asked["id"], "received")
    await world.inspect(asked["rma"], "COAT-M")
    done = await world.until(asked["id"], "closed")
    [refund] = done["refunds"]
    assert refund["amount"] == {"amount_minor": 9500, "currency": "USD"}
    [paid] = await world.refunds(asked["id"])
    shares = {each["tender_id"]: each["amount_minor"] for each in paid["payouts"]}
    assert shares == {"T2": 6000, "T1": 3500}
    letters = [letter for letter in mails(folder) if asked["rma"] in letter and "approved" in letter]
    assert any("We keep 10 % of the price without tax: USD 10.00." in letter for letter in letters)


def mails(folder: Path) -> list[str]:
    """The texts of all letters that have left."""
    found = []
    for file in sorted((folder / "outbox").rglob("*")):
        if file.is_file():
            message = message_from_bytes(file.read_bytes(), policy=mail_policy.default)
            body = message.get_body(("plain",))
            found.append(f"{message['Subject']}\n{body.get_content() if body is not None else ''}")
    return found
