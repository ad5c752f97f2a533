"""The row of a post: every field in its place, and the keys by which it is found (F04, Z02)."""

from datetime import timedelta
from typing import Any, cast

import pytest

from service_inspection.adapters.receiving.scan_rows import ScanRows, read
from service_inspection.adapters.tables import scans
from service_inspection.domain.receiving.handling import HandlingAct, OwnCase, ScanState, Verb
from service_inspection.domain.receiving.scan import Outcome, Scan
from shared.database.work import Add, Root, Work
from tests.unit.inspection.builders import AT, a_receipt, inspected_pieces

NO_READER = cast("Any", None)
HANDLED = HandlingAct(verb=Verb.SEND_BACK, by="staff:a", at=AT, note="Not ours.", return_id="ret_1", parcel="JD0146000")
FULL: dict[str, Any] = {
    "rma": "r7kx-2m4q",
    "tracking_number": "jd 01-46",
    "state": ScanState.UNIDENTIFIED,
    "return_id": "ret_1",
    "units": ("u1", "u2"),
    "discrepancies": ("dsc_1",),
    "sender": "dock",
    "corrects": "scan_0",
    "corrected_by": "scan_9",
    "answer_by": AT + timedelta(days=1),
    "own_case": OwnCase(sender="Somebody", notes="A torn label.", photos=("file_1",)),
    "history": (HANDLED,),
    "version": 3,
}


def kept(scan: Scan) -> dict[str, Any]:
    work = Work()
    ScanRows(NO_READER, work).keep(scan)
    [write] = work.writes
    assert isinstance(write, Add)
    assert write.table is scans
    return dict(write.values)


@pytest.mark.parametrize(
    "scan",
    [a_receipt("MUG"), a_receipt("MUG", **FULL), inspected_pieces(("MUG", Outcome.PASSED), **FULL)],
    ids=["least", "whole", "looks"],
)
def test_a_post_is_read_as_it_was_kept(scan: Scan) -> None:
    """Every column of the table has its value, and every field of the post comes back."""
    row = kept(scan)
    assert set(row) == {column.name for column in scans.columns}
    assert read(row) == scan
    assert (row["history"] is None) is (scan.history == ())


@pytest.mark.parametrize(
    ("rma", "tracking", "keys"),
    [
        ("R7KX-2M4Q", None, ("dock\ne", "R7KX2M4Q", "R7KX2M4Q", "R7KX2M4Q")),
        ("r7kx-2m4q", "jd 01-46", ("dock\ne", "R7KX2M4Q", "JD0146", "JD0146")),
    ],
)
def test_a_post_is_found_by_what_was_scanned_however_it_is_written(
    rma: str, tracking: str | None, keys: tuple[str, ...]
) -> None:
    """F04: the four keys, each in the form in which it is compared."""
    scan = a_receipt("MUG", rma=rma, tracking_number=tracking, sender="dock", client_event_id="e")
    row = kept(scan)
    found = row["client_key"], row["rma_key"], row["tracking_key"], row["match_key"]
    assert found == (scan.client_key, scan.rma_key, scan.tracking_key, scan.match_key)
    assert row["client_key"] == keys[0]
    assert (row["rma"], row["tracking_number"]) == (rma, tracking)


@pytest.mark.parametrize("state", ScanState)
def test_a_post_whose_return_nobody_knows_waits_for_its_approval(state: ScanState) -> None:
    """Z21: one of several is enough, in any order."""
    rows = ScanRows(NO_READER, Work())
    assert rows.waits is False
    rows.keep(a_receipt("MUG", state=state))
    assert rows.waits is (state is ScanState.UNIDENTIFIED)
    rows.keep(a_receipt("MUG", state=ScanState.UNIDENTIFIED))
    rows.keep(a_receipt("MUG", state=state))
    assert rows.waits is True


async def test_a_post_that_is_new_is_changed_in_its_row_and_an_older_one_by_its_version() -> None:
    """I09: the row is written only while it has the version that was loaded, and once."""
    work = Work()
    rows = ScanRows(NO_READER, work)
    first, second = a_receipt("MUG", id="scan_a"), a_receipt("MUG", id="scan_b")
    rows.keep(first)
    rows.keep(second)
    matched = a_receipt("MUG", id="scan_b", return_id="ret_1", state=ScanState.MATCHED)
    rows.change(matched)
    assert [write.values["return_id"] for write in work.writes if isinstance(write, Add)] == [None, "ret_1"]
    assert work.roots == []
    assert await rows.get("scan_b") is matched
    for answer in ("ret_2", "ret_3"):
        rows.change(a_receipt("MUG", id="scan_old", version=7, return_id=answer))
    [root] = work.roots
    assert isinstance(root, Root)
    assert (root.table, root.key, root.expected) == (scans, "scan_old", 7)
    assert (root.values["version"], root.values["return_id"]) == (8, "ret_3")
    assert len(work.writes) == 2


class Reading:
    """Gives rows, and notes how they are asked for."""

    def __init__(self, *posts: Scan) -> None:
        self.rows = [kept(each) for each in posts]
        self.asked: list[tuple[str, str]] = []

    async def load(self, table: Any, column: str, key: str) -> list[dict[str, Any]]:
        assert table is scans
        self.asked.append((column, key))
        return self.rows


async def test_posts_are_looked_for_by_their_columns_and_only_unknown_ones_wait_in_order() -> None:
    """Z21."""
    late, early = (a_receipt("MUG", id=name, posted_at=AT + timedelta(hours=n)) for n, name in ((1, "a"), (0, "b")))
    known = a_receipt("MUG", id="c", state=ScanState.MATCHED)
    case = a_receipt("MUG", id="d", state=ScanState.IN_CASE, posted_at=AT + timedelta(hours=1))
    reader = Reading(case, late, known, early)
    rows = ScanRows(cast("Any", reader), Work())
    for found in (await rows.unidentified("R7KX2M4Q"), await rows.unidentified_by_parcel("JD0146")):
        assert [each.id for each in found] == ["b", "a", "d"]
    assert await rows.find("dock\ne") == case
    assert await rows.get("scan_1") == case
    assert reader.asked == [
        ("rma_key", "R7KX2M4Q"),
        ("match_key", "JD0146"),
        ("client_key", "dock\ne"),
        ("id", "scan_1"),
    ]
    nobody = ScanRows(cast("Any", Reading()), Work())
    assert (await nobody.find("x"), await nobody.get("x")) == (None, None)
