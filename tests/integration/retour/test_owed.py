"""What services owe and know: every query runs on both engines, and the comparisons join what there is (R03, R04)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest

from gateway.domain.reconciling.comparison import COMPARISONS
from retour.hosting.recipes import RECIPES
from shared.database.work import Add, Work
from shared.web.operators.owed import Fact, Facts, Ledger, Owed
from tests.conftest import Engines

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def tables_of(name: str) -> tuple[Sequence[Owed], Sequence[Fact]]:
    found = import_module(f"service_{name}.adapters.owed")
    return found.OWED, found.FACTS


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: str(recipe.name))
async def test_nothing_is_owed_by_an_empty_service_and_every_query_runs(engines: Engines, recipe: Any) -> None:
    database = await engines.fresh(recipe.metadata, recipe.tables)
    owed, kinds = tables_of(recipe.name)
    assert list(await Ledger(database.reader, lambda: NOW, owed).owed()) == []
    facts = Facts(database.reader, kinds)
    for kind in facts.listed:
        assert list(await facts.page(kind, since=NOW - timedelta(days=1), until=NOW, after="", limit=10)) == []
    for kind in facts.known:
        assert await facts.lacking(kind, ["ret_1", "ret_2"]) == ["ret_1", "ret_2"]
    for each in owed:
        assert all(said.en and said.zh for said in (each.says, each.do))
        assert "{n}" in each.says.en
        assert "{n}" in each.says.zh
    assert len({each.kind for each in owed}) == len(owed)


async def test_what_waits_for_a_person_is_counted_with_its_oldest(engines: Engines) -> None:
    """R03: patience is kept, and what is not in the state is left out."""
    from service_notifications.adapters.tables import common, messages, metadata  # noqa: PLC0415

    database = await engines.fresh(metadata, common)
    owed, kinds = tables_of("notifications")
    states = ("failed", "failed", "waiting_for_contact", "queued", "sent")
    rows: list[dict[str, Any]] = [
        {
            "id": f"msg_{n}",
            "version": 1,
            "sequence": 1,
            "fact": f"fact_{n}",
            "customer_id": "cus",
            "channel": "email",
            "kind": "refund_settled",
            "tells": "refund",
            "return_id": f"ret_{n}",
            "language": "en",
            "status": state,
            "code": None,
            "content": {},
            "attempts": [],
            "created_at": NOW - timedelta(minutes=n),
            "due_at": None,
            "sent_at": NOW - timedelta(minutes=n) if state == "sent" else None,
        }
        for n, state in enumerate(states)
    ]
    await database.committer.commit(Work(writes=[Add(messages, row) for row in rows]))
    clock = [NOW]
    ledger = Ledger(database.reader, lambda: clock[0], owed)
    found = {each.kind: each for each in await ledger.owed()}
    assert found.keys() == {"message_failed", "message_without_contact"}
    failed = found["message_failed"]
    assert (failed.count, list(failed.ids), failed.since) == (2, ["msg_1", "msg_0"], NOW - timedelta(minutes=1))
    clock[0] += timedelta(hours=2)
    assert {each.kind for each in await ledger.owed()} == {*found, "message_late"}

    facts = Facts(database.reader, kinds)
    page = await facts.page("told", since=NOW - timedelta(hours=1), until=NOW, after="", limit=10)
    assert [(row["id"], row["at"]) for row in page] == [("ret_4", NOW - timedelta(minutes=4))]
    ids = [f"ret_{n}" for n in range(250)]
    assert await facts.lacking("refund", ids) == ids[5:]
    page = await facts.page("refund", since=NOW - timedelta(hours=1), until=NOW, after="ret_1", limit=2)
    assert [row["id"] for row in page] == ["ret_2", "ret_3"]


def test_every_comparison_joins_facts_that_there_are() -> None:
    for each in COMPARISONS:
        listed = {fact.kind for fact in tables_of(each.service)[1] if fact.at is not None}
        assert each.fact in listed, each.name
        assert each.known in {fact.kind for fact in tables_of(each.other)[1]}, each.name
        assert all(said.en and said.zh for said in (each.says, each.do))
