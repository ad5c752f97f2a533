"""One suite for both engines: every unit of work gets its own answer, and none pays for a neighbour."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from shared.database.database import Database, open_database
from shared.database.work import (
    Add,
    Adjust,
    Claim,
    ConstraintBroken,
    IdempotentAnswer,
    OutboxRow,
    Outcome,
    Put,
    Remove,
    Root,
    Work,
)
from shared.kernel.errors import Malformed, Unavailable
from tests.conftest import Engines
from tests.support.things import balances, common, marks, metadata, things

MOMENT = datetime(2026, 11, 2, 16, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
async def database(engines: Engines) -> Database:
    return await engines.fresh(metadata, common)


def a_thing(key: str, *, expected: int = 0, **but: Any) -> Root:
    values = {"id": key, "version": expected + 1, "document": {"word": "退货"}, "at": MOMENT, **but}
    return Root(things, key, expected, values)


def an_event(key: str, sequence: int = 1) -> OutboxRow:
    return OutboxRow(f"evt_{key}_{sequence}", "thing.made.v1", key, sequence, "{}")


async def rows(database: Database, table: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await database.reader.rows(select(table))]


async def test_what_was_committed_is_read_back_in_its_own_types(database: Database) -> None:
    assert (
        await database.committer.commit(Work(roots=[a_thing("a", document={"n": [1, None, "é"]})])) is Outcome.COMMITTED
    )
    (row,) = await database.reader.load(things, "id", "a")
    assert dict(row) == {"id": "a", "version": 1, "document": {"n": [1, None, "é"]}, "at": MOMENT}
    query = select(things).where(things.c.at == bindparam("at"))
    assert len(await database.reader.rows(query, at=MOMENT)) == 1


async def test_of_two_that_loaded_the_same_version_one_is_stale(database: Database) -> None:
    await database.committer.commit(Work(roots=[a_thing("a")]))
    rivals = [Work(roots=[a_thing("a", expected=1)], outbox=[an_event("a", n)]) for n in (2, 3)]
    outcomes = await asyncio.gather(*(database.committer.commit(work) for work in rivals))
    assert sorted(outcome.name for outcome in outcomes) == ["COMMITTED", "STALE"]
    assert len(await rows(database, common.outbox)) == 1


async def test_a_stale_unit_of_work_leaves_nothing_of_itself(database: Database) -> None:
    await database.committer.commit(Work(roots=[a_thing("a")]))
    work = Work(
        roots=[a_thing("b"), a_thing("a", expected=7)],
        writes=[Put(marks, {"thing": "a", "name": "x", "n": 1})],
        outbox=[an_event("a")],
        claim=Claim("c", "a", 0, 1),
    )
    assert await database.committer.commit(work) is Outcome.STALE
    assert [row["id"] for row in await rows(database, things)] == ["a"]
    for table in (marks, common.outbox, common.inbox):
        assert await rows(database, table) == []


async def test_one_that_breaks_a_rule_does_not_take_its_neighbours_along(database: Database) -> None:
    await database.committer.commit(Work(writes=[Add(balances, {"id": "x", "cap": 100, "used": 0})]))
    works = [Work(roots=[a_thing(f"t{n}")], outbox=[an_event(f"t{n}")]) for n in range(20)]
    works.insert(7, Work(roots=[a_thing("bad")], writes=[Adjust(balances, {"id": "x"}, {"used": 101})]))
    answers = await asyncio.gather(*(database.committer.commit(work) for work in works), return_exceptions=True)
    broken = [answer for answer in answers if isinstance(answer, ConstraintBroken)]
    assert [error.constraint for error in broken] == ["ck_balances_cap"]
    assert len(await rows(database, things)) == 20
    assert len(await rows(database, common.outbox)) == 20


async def test_twenty_that_want_forty_of_a_hundred_get_eighty_between_them(database: Database) -> None:
    """The over-refund race (I-01): a sum read before would pay 800."""
    await database.committer.commit(Work(writes=[Add(balances, {"id": "x", "cap": 100, "used": 0})]))
    works = [Work(writes=[Adjust(balances, {"id": "x"}, {"used": 40})]) for _ in range(20)]
    answers = await asyncio.gather(*(database.committer.commit(work) for work in works), return_exceptions=True)
    assert sum(answer is Outcome.COMMITTED for answer in answers) == 2
    assert sum(isinstance(answer, ConstraintBroken) for answer in answers) == 18
    assert (await rows(database, balances))[0]["used"] == 80


async def test_adjusting_a_row_that_is_not_there_is_an_error(database: Database) -> None:
    work = Work(roots=[a_thing("a")], writes=[Adjust(balances, {"id": "none"}, {"used": 1})])
    with pytest.raises(ConstraintBroken) as caught:
        await database.committer.commit(work)
    assert caught.value.constraint == "balances_missing"
    assert await rows(database, things) == []


async def test_a_second_row_where_only_one_may_be_names_the_table(database: Database) -> None:
    mark = Add(marks, {"thing": "a", "name": "x", "n": 1})
    await database.committer.commit(Work(writes=[mark]))
    with pytest.raises(ConstraintBroken) as caught:
        await database.committer.commit(Work(writes=[mark]))
    assert caught.value.constraint == "marks_unique"


async def test_rows_are_put_again_and_removed(database: Database) -> None:
    await database.committer.commit(Work(writes=[Put(marks, {"thing": "a", "name": "x", "n": 1})]))
    await database.committer.commit(Work(writes=[Put(marks, {"thing": "a", "name": "x", "n": 2})]))
    assert [row["n"] for row in await rows(database, marks)] == [2]
    await database.committer.commit(Work(writes=[Remove(marks, {"thing": "a", "name": "x"})]))
    assert await rows(database, marks) == []


@pytest.mark.parametrize(
    ("previous", "sequence", "outcome"),
    [(0, 1, Outcome.TAKEN), (2, 3, Outcome.COMMITTED), (1, 3, Outcome.TAKEN), (3, 4, Outcome.TAKEN)],
)
async def test_a_claim_holds_only_from_the_last_number_taken(
    database: Database, previous: int, sequence: int, outcome: Outcome
) -> None:
    """I-13: the claim is the last number taken, so it never forgets."""
    assert await database.committer.commit(Work(claim=Claim("c", "s", 0, 2))) is Outcome.COMMITTED
    work = Work(roots=[a_thing("a")], claim=Claim("c", "s", previous, sequence))
    assert await database.committer.commit(work) is outcome
    assert len(await rows(database, things)) == (outcome is Outcome.COMMITTED)


async def test_of_twins_with_one_key_one_is_kept(database: Database) -> None:
    works = [Work(roots=[a_thing(f"t{n}")], answer=IdempotentAnswer("key", "hash", 201, "{}")) for n in range(5)]
    outcomes = await asyncio.gather(*(database.committer.commit(work) for work in works))
    assert sorted(outcome.name for outcome in outcomes) == ["COMMITTED", *["TAKEN"] * 4]
    assert len(await rows(database, things)) == 1


@pytest.mark.parametrize("value", [2**63, 10**22, "text"])
async def test_a_value_that_does_not_fit_is_refused_and_the_neighbour_is_kept(database: Database, value: Any) -> None:
    odd = Work(writes=[Put(marks, {"thing": "a", "name": "x", "n": value})])
    good = Work(roots=[a_thing("a")])
    answers = await asyncio.gather(
        database.committer.commit(odd), database.committer.commit(good), return_exceptions=True
    )
    if not (isinstance(value, str) and answers[0] is Outcome.COMMITTED):
        assert isinstance(answers[0], Malformed)
        assert [answers[0].say("en").isascii(), answers[0].say("zh-CN").isascii()] == [True, False]
    assert answers[1] is Outcome.COMMITTED


async def test_a_value_that_cannot_be_looked_for_is_refused_in_both_languages(database: Database) -> None:
    """Q01, DESIGN 8."""
    with pytest.raises(Malformed) as refused:
        await database.reader.rows(select(marks).where(marks.c.n == 10**22))
    assert [refused.value.say("en").isascii(), refused.value.say("zh-CN").isascii()] == [True, False]


async def test_a_file_that_somebody_else_uses_is_named_in_both_languages(tmp_path: Path) -> None:
    """Q01: what `retour up` says when it runs already."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    first = open_database(url, common)
    with pytest.raises(Unavailable) as refused:
        open_database(url, common)
    await first.close()
    said = [refused.value.say("en"), refused.value.say("zh-CN")]
    assert all(str(tmp_path) in each for each in said)
    assert ["another process" in said[0], "另一个进程" in said[1]] == [True, True]


async def test_the_outbox_keeps_the_order_of_an_aggregates_events(database: Database) -> None:
    for start in (1, 3, 5):
        work = Work(outbox=[an_event("a", start), an_event("a", start + 1)])
        await database.committer.commit(work)
    query = select(common.outbox).order_by(common.outbox.c.position)
    assert [row["sequence"] for row in await database.reader.rows(query)] == [1, 2, 3, 4, 5, 6]


async def test_loads_that_wait_together_share_one_query_and_get_their_own_rows(database: Database) -> None:
    await database.committer.commit(Work(roots=[a_thing("a"), a_thing("b")]))
    found = await asyncio.gather(*(database.reader.load(things, "id", key) for key in ("a", "none", "b", "a")))
    assert [[row["id"] for row in rows] for rows in found] == [["a"], [], ["b"], ["a"]]


async def test_whoever_waits_for_a_table_is_woken_by_the_commit(database: Database) -> None:
    signal = database.signals.when("things")
    await database.committer.commit(Work(writes=[Put(marks, {"thing": "a", "name": "x", "n": 1})]))
    assert not signal.is_set()
    await database.committer.commit(Work(roots=[a_thing("a")]))
    assert signal.is_set()


async def test_of_a_batch_the_overtaken_are_left_out_and_the_others_are_written(database: Database) -> None:
    """One batch with a stale version, a claim and a key that were taken, a broken rule, and good ones."""
    await database.committer.commit(Work(roots=[a_thing("old")], claim=Claim("c", "s", 0, 4)))
    await database.committer.commit(Work(answer=IdempotentAnswer("key", "hash", 200, "{}")))
    await database.committer.commit(Work(writes=[Add(balances, {"id": "x", "cap": 1, "used": 0})]))
    works = {
        "stale": Work(roots=[a_thing("old", expected=3), a_thing("n1")], outbox=[an_event("n1")]),
        "claimed": Work(roots=[a_thing("n2")], claim=Claim("c", "s", 3, 4)),
        "answered": Work(roots=[a_thing("n3")], answer=IdempotentAnswer("key", "hash", 200, "{}")),
        "broken": Work(roots=[a_thing("n4")], writes=[Adjust(balances, {"id": "x"}, {"used": 2})]),
        "good": Work(roots=[a_thing("old", expected=1), a_thing("n5")], claim=Claim("c", "other", 0, 1)),
        "better": Work(roots=[a_thing("n6")], writes=[Adjust(balances, {"id": "x"}, {"used": 1})]),
    }
    # the good one is not in the way of the stale one: both name the same aggregate and go in different batches
    answers = dict(
        zip(
            works,
            await asyncio.gather(*map(database.committer.commit, works.values()), return_exceptions=True),
            strict=True,
        )
    )
    assert isinstance(answers.pop("broken"), ConstraintBroken)
    assert answers == {
        "stale": Outcome.STALE,
        "claimed": Outcome.TAKEN,
        "answered": Outcome.TAKEN,
        "good": Outcome.COMMITTED,
        "better": Outcome.COMMITTED,
    }
    assert {row["id"]: row["version"] for row in await rows(database, things)} == {"old": 2, "n5": 1, "n6": 1}
    assert await rows(database, common.outbox) == []


async def test_piggy_backed_work_is_committed_with_the_next_batch_or_by_itself(database: Database) -> None:
    mark = Put(marks, {"thing": "a", "name": "x", "n": 1})
    batches = database.committer.batches
    piggy_backed = database.committer.piggy_back(Work(writes=[mark]))
    assert await database.committer.commit(Work(roots=[a_thing("a")])) is Outcome.COMMITTED
    assert await piggy_backed is Outcome.COMMITTED
    assert database.committer.batches == batches + 1
    assert (
        await database.committer.piggy_back(Work(writes=[Remove(marks, {"thing": "a", "name": "x"})]))
        is Outcome.COMMITTED
    )
    assert database.committer.batches == batches + 2


async def test_piggy_backed_work_that_is_refused_keeps_no_other_from_being_committed(database: Database) -> None:
    piggy_backed = database.committer.piggy_back(Work(writes=[Adjust(balances, {"id": "none"}, {"used": 1})]))
    assert await database.committer.commit(Work(roots=[a_thing("a")])) is Outcome.COMMITTED
    with pytest.raises(ConstraintBroken):
        await piggy_backed
