"""The demo's stories: orders that reconcile, known reasons, ends that a return can have."""

import json
from datetime import UTC, datetime

import pytest

from retour.demo import cast, scene
from retour.demo.stories import STORIES, UNKNOWN_RMA, Step, Story
from retour.hosting.data_folder import Administrator
from service_requests.domain.returns import rma
from service_requests.domain.returns.return_status import ReturnStatus
from service_requests.entrypoints.orders.order_shapes import OrderIn

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
by_customer = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.who.id)


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
