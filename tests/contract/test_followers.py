"""The table of followers names every queue that a service reads, by the noun that it follows (Z38)."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from retour.hosting.recipes import RECIPES
from retour.operating.doctor.broker import QueueList
from shared.contracts.events import FOLLOWERS, PUBLISHERS
from shared.database.database import open_database
from shared.messaging.bus import Subscription


class Listing(QueueList):
    """Keeps whole subscriptions."""

    def __init__(self) -> None:
        super().__init__()
        self.subscriptions: list[Subscription] = []

    def subscribe(self, subscription: Subscription) -> None:
        self.subscriptions.append(subscription)


def test_publishers_know_every_queue_of_those_who_follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATIONS_MAIL_URL", f"file://{tmp_path}/mail")
    found: dict[str, set[str]] = defaultdict(set)
    for recipe in RECIPES:
        make: Any = recipe.settings
        settings = make(database_url=f"sqlite:///{tmp_path / recipe.name}.db", internal_key="k" * 32)
        listing = Listing()
        recipe.build(settings, open_database(settings.database_url, recipe.tables), listing)
        for subscription in listing.subscriptions:
            assert subscription.queue.partition(".")[0] == recipe.name
            assert len(subscription.nouns) == 1, "the queue of one noun has one publisher"
            found[subscription.nouns[0]].add(subscription.queue)
    assert found == {noun: set(queues) for noun, queues in FOLLOWERS.items()}
    assert FOLLOWERS.keys() == PUBLISHERS.keys()
