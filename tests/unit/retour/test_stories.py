"""The demo's stories: orders that reconcile, known reasons, ends that a return can have."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from retour.demo import cast, scene
from retour.demo.stories import STORIES, TAXES, UNKNOWN_RMA, Item, Step, Story, Tax, Want
from retour.hosting.data_folder import Administrator
from service_requests.domain.returns import rma
from service_requests.domain.returns.return_status import ReturnStatus
from service_requests.entrypoints.orders.order_shapes import OrderIn

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WRITTEN: Final = Path(__file__).parents[2] / "data/demo_stories.txt"
by_customer = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.who.id)


def told(story: Story) -> list[str]:
    """A story in a few lines."""
    order = scene.order_of(story, "DEMO-001-01", NOW)
    later = ", told later" if story.told_later else ""
    return [
        story.what.en,
        f"  {story.who.id} {story.who.name} {story.who.language} {story.regime} {story.currency}",
        f"  delivered {story.delivered_days_ago} days ago{later}, ends {story.ends}",
        *(f"  {_bought(each)}" for each in story.items),
        f"  freight {story.freight_minor}, wrap {story.wrap_minor}, whole {order['total_minor']}, paid by "
        + ", ".join(f"{each['kind']} {each['captured_minor']}" for each in order["tenders"]),
        *(f"  back: {_wanted(each)}" for each in story.wants),
        f"  then: {' '.join(story.steps) or '-'}",
    ]


def _bought(item: Item) -> str:
    goods = " ".join(item.goods)
    return f"{item.sku} {item.name}: {item.quantity} x {item.unit_minor} - {item.discount_minor} {goods}".rstrip()


def _wanted(want: Want) -> str:
    return f"{want.quantity} of line {want.line}, {want.reason}, {want.condition} {want.comment or ''}".rstrip()


def test_the_stories_are_those_that_are_written_down() -> None:
    """Q01: the page of the demo and its readers know them; a cent more and the refund is another one."""
    written = WRITTEN.read_text(encoding="utf-8").partition("\n\n")[2].split("\n\n")
    assert [story.rstrip().splitlines() for story in written] == [told(story) for story in STORIES]


def test_the_taxes_of_the_demo_are_those_of_its_regimes() -> None:
    """A17: inside the price, but on top of it in the United States."""
    expected = {
        "CN": Tax(130, inside=True),
        "EU": Tax(190, inside=True),
        "UK": Tax(200, inside=True),
        "US": Tax(80, inside=False),
    }
    assert expected == TAXES


def test_an_order_of_a_story_is_exact_to_the_last_field() -> None:
    """A17: the gift wrap has its tax inside, the delivery is told later, the tenders make the whole."""
    [anna] = [story for story in STORIES if story.who.id == "anna-rossi"]
    assert scene.order_of(anna, "DEMO-001-12", NOW) == {
        "number": "DEMO-001-12",
        "storefront": "demo",
        "customer_id": "anna-rossi",
        "language": "en",
        "regime": "EU",
        "currency": "EUR",
        "prices_include_tax": True,
        "ordered_at": "2026-11-17T09:00:00+00:00",
        "delivered_at": None,
        "lines": [
            {
                "line_id": "1",
                "sku": "SCARF-SILK",
                "name": "Silk scarf",
                "quantity": 1,
                "unit_price_minor": 7900,
                "discount_minor": 0,
                "paid_minor": 7900,
                "taxes": [{"rate": "0.19", "amount_minor": 1261}],
                "goods": [],
            }
        ],
        "charges": [
            {
                "charge_id": "wrap",
                "kind": "wrap",
                "name": "Gift wrap",
                "paid_minor": 350,
                "taxes": [{"rate": "0.19", "amount_minor": 56}],
            }
        ],
        "freight": {"paid_minor": 495, "standard_minor": 495, "taxes": []},
        "tenders": [
            {"tender_id": "2", "kind": "card", "captured_minor": 8745, "reference": "DEMO-001-12-card"},
        ],
        "total_minor": 8745,
    }
    [emma] = [story for story in STORIES if story.who.id == "emma-clarke"]
    order = scene.order_of(emma, "DEMO-001-02", NOW)
    assert order["delivered_at"] == "2026-11-15T09:00:00+00:00"
    assert [each["tender_id"] for each in order["tenders"]] == ["1", "2"]
    [james] = [story for story in STORIES if story.who.id == "james-wilson"]
    line = scene.order_of(james, "DEMO-001-07", NOW)["lines"][0]
    assert (line["paid_minor"], line["taxes"]) == (140292, [{"rate": "0.08", "amount_minor": 10392}])
    assert emma.who.email == "emma-clarke@customer.example"


@by_customer
def test_every_order_reconciles(story: Story) -> None:
    OrderIn.model_validate_json(json.dumps(scene.order_of(story, "DEMO-001-01", NOW))).snapshot(
        "order_1", NOW
    ).reconcile()


@by_customer
def test_every_story_is_told_in_both_languages_and_ends_in_a_status(story: Story) -> None:
    assert story.what.en != story.what.zh
    assert story.ends in set(ReturnStatus)


def test_the_set_shows_what_it_promises() -> None:
    assert {story.currency for story in STORIES} == {"CNY", "EUR", "GBP", "USD", "JPY"}
    assert {story.who.language for story in STORIES} == {"en", "zh-CN"}
    assert {story.ends for story in STORIES} >= {"closed", "refused", "awaiting_person", "in_review", "cancelled"}
    assert {step for story in STORIES for step in story.steps} == set(Step)
    assert any(story.gift_card_minor for story in STORIES)


def test_every_step_can_be_played() -> None:
    assert set(scene.STEPS) == set(Step)


def test_nobody_has_the_unknown_number_and_its_check_character_is_right() -> None:
    assert rma.read(UNKNOWN_RMA) == UNKNOWN_RMA


def test_a_demo_password_follows_from_the_administrators_and_from_nothing_else() -> None:
    mine, other = Administrator("a@b.example", "one"), Administrator("a@b.example", "two")
    assert cast.password_of("agent@x.example", mine) == cast.password_of("agent@x.example", mine)
    assert cast.password_of("agent@x.example", mine) != cast.password_of("agent@x.example", other)
