"""Posts late, twice, in any order end in the same state, and never in more units than were announced (I-21, I-24)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st

from service_inspection.application.inspection.expectation import expect
from service_inspection.application.inspection.scan_count import CountingRules, post_scan
from service_inspection.domain.inspection.discrepancy import Discrepancy, DiscrepancyKind, DiscrepancyState
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import UnitState
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.parcel import AnnouncedParcel
from service_inspection.domain.receiving.scan import Kind, Outcome, Scan
from shared.documents.calendars import load_calendars
from shared.kernel.principal import Kind as Kind_, Principal, Role
from tests.unit.inspection.builders import AT, a_receipt, an_inspection, inspected_pieces, outcome

DOCK = Principal(Kind_.DEVICE, "dock1", frozenset({Role.DEVICE}), warehouse="SHA1")
SKUS = st.sampled_from(["X", "Y", "Z"])
VERDICTS = st.tuples(SKUS, st.sampled_from(Outcome))
EXPECTED = ("X", "X", "X", "Y", "Y")


class Memory:
    """The unit of work over plain dictionaries: what is kept, is kept."""

    def __init__(self) -> None:
        self.kept: dict[str, Scan] = {}
        self.known: dict[str, ReturnInspection] = {}
        self.quarantine: list[Discrepancy] = []

    @property
    def inspections(self) -> "Memory":
        return self

    @property
    def discrepancies(self) -> "Quarantine":
        return Quarantine(self.quarantine)

    @property
    def scans(self) -> "Posts":
        return Posts(self.kept)

    @property
    def parcels(self) -> "NoParcels":
        return NoParcels()

    async def get(self, key: str) -> ReturnInspection:
        return self.known[key]

    async def find(self, key: str) -> ReturnInspection | None:
        return self.known.get(key)

    def add(self, aggregate: ReturnInspection) -> None:
        self.known[aggregate.id] = aggregate

    async def inspection_for(self, rma_key: str | None) -> ReturnInspection | None:
        return next(iter(self.known.values()), None)


class Quarantine:
    """Discrepancies in a list."""

    def __init__(self, found: list[Discrepancy]) -> None:
        self._found = found

    async def get(self, key: str) -> Discrepancy:
        return next(each for each in self._found if each.id == key)

    def add(self, aggregate: Discrepancy) -> None:
        self._found.append(aggregate)


class NoParcels:
    """Nobody has announced a parcel."""

    async def with_number(self, tracking_key: str) -> Sequence[AnnouncedParcel]:
        return ()

    async def of_return(self, return_id: str) -> Sequence[AnnouncedParcel]:
        return ()

    def keep(self, parcel: AnnouncedParcel) -> None:
        raise AssertionError(parcel)


class Posts:
    """Posts in a dictionary."""

    def __init__(self, kept: dict[str, Scan]) -> None:
        self._kept = kept

    async def find(self, client_key: str) -> Scan | None:
        return self._kept.get(client_key)

    async def get(self, scan_id: str) -> Scan | None:
        return next((scan for scan in self._kept.values() if scan.id == scan_id), None)

    async def unidentified(self, rma_key: str) -> Sequence[Scan]:
        return [scan for scan in self._kept.values() if scan.state is ScanState.UNIDENTIFIED]

    async def unidentified_by_parcel(self, tracking_key: str) -> Sequence[Scan]:
        return ()

    def keep(self, scan: Scan) -> None:
        assert scan.client_key not in self._kept
        self._kept[scan.client_key] = scan

    def change(self, scan: Scan) -> None:
        self._kept[scan.client_key] = scan


def the_end(scans: Sequence[Scan], approved_after: int = 0) -> Memory:
    """What there is when these posts have come in this order, the approval after so many of them."""
    memory = Memory()
    numbers = iter(range(10_000))
    counting = CountingRules(load_calendars(), "CN", lambda kind: f"{kind}_{next(numbers)}")

    async def run() -> None:
        for place, scan in enumerate(scans):
            if place == approved_after:
                await expect(memory, an_inspection(*EXPECTED), counting)
            await post_scan(memory, scan, DOCK, counting)
        if approved_after >= len(scans):
            await expect(memory, an_inspection(*EXPECTED), counting)

    asyncio.run(run())
    return memory


def goods_apart(memory: Memory) -> list[Discrepancy]:
    """Questions about goods that no later post has answered."""
    own = {DiscrepancyKind.LOOKS, DiscrepancyKind.MONEY}
    return [each for each in memory.quarantine if each.kind not in own and each.state is not DiscrepancyState.WITHDRAWN]


def reached(memory: Memory) -> tuple[Counter[Any], Counter[Any]]:
    [inspection] = memory.known.values()
    open_now = [each for each in memory.quarantine if each.state is DiscrepancyState.OPEN]
    return outcome(inspection, [each for each in open_now if each.kind is not DiscrepancyKind.MONEY])


@st.composite
def posts(draw: st.DrawFn) -> list[Scan]:
    """What a warehouse posts about one return, devices' clocks being wrong by up to a day."""
    receipts = draw(st.lists(st.lists(SKUS, min_size=1, max_size=3), max_size=4))
    looks = draw(st.lists(st.lists(VERDICTS, min_size=1, max_size=3), max_size=4))
    scans = [a_receipt(*skus) for skus in receipts] + [inspected_pieces(*verdicts) for verdicts in looks]
    return draw(st.permutations(scans))


@st.composite
def posts_within_what_is_expected(draw: st.DrawFn) -> list[Scan]:
    """The same, with a verdict at the most for each piece that was announced."""
    scans = draw(posts())
    left = Counter(EXPECTED)
    kept = []
    for scan in scans:
        wanted = Counter(look.sku for look in scan.looks)
        if all(left[sku] >= number for sku, number in wanted.items()):
            left -= wanted
            kept.append(scan)
    return kept


@st.composite
def upset(draw: st.DrawFn, scans: Sequence[Scan]) -> list[Scan]:
    """The same posts one to five times each, shuffled, with other device clocks in the order of arrival."""
    times = [draw(st.integers(1, 5)) for _ in scans]
    repeated = [scan for scan, number in zip(scans, times, strict=True) for _ in range(number)]
    return draw(st.permutations(repeated))


@given(st.data())
def test_any_shuffle_and_repetition_ends_as_the_run_in_order(data: st.DataObject) -> None:
    """I-21: also when the return is approved in the middle of it, or after everything. Money that has left before is
    a question of its own, because it depends on what was known at that time (Z01).
    """
    scans = data.draw(posts_within_what_is_expected())
    late = data.draw(upset(scans))
    approved = data.draw(st.integers(0, len(late)))
    assert reached(the_end(late, approved)) == reached(the_end(scans))


@given(st.data())
def test_with_more_verdicts_than_pieces_the_quantities_are_still_the_same(data: st.DataObject) -> None:
    """I-21: which of the verdicts the announced pieces get is then nobody's to say, how many they are is."""
    scans = data.draw(posts())
    late = data.draw(upset(scans))

    def quantities(memory: Memory) -> tuple[Counter[Any], Counter[Any]]:
        [inspection] = memory.known.values()
        inspected = {UnitState.PASSED, UnitState.FAILED}
        units = Counter((unit.sku, "inspected" if unit.state in inspected else unit.state) for unit in inspection.units)
        return units, reached(memory)[1]

    assert quantities(the_end(late)) == quantities(the_end(scans))


@given(posts(), st.integers(0, 8))
def test_no_more_units_arrive_than_were_announced_and_every_piece_is_accounted_for(
    scans: list[Scan], approved: int
) -> None:
    """I-24, W1: arrived = units here + quarantine, for each article."""
    memory = the_end(scans, approved)
    [inspection] = memory.known.values()
    for sku in "XYZ":
        docked = sum(n for scan in scans if scan.kind is Kind.RECEIPT for s, n in scan.pieces if s == sku)
        looked = sum(n for scan in scans if scan.kind is Kind.INSPECTION for s, n in scan.pieces if s == sku)
        here = sum(unit.sku == sku and unit.state is not UnitState.EXPECTED for unit in inspection.units)
        apart = sum(each.quantity for each in goods_apart(memory) if each.sku == sku)
        assert here <= EXPECTED.count(sku)
        assert here + apart == (docked or looked)


@given(posts_within_what_is_expected(), st.lists(st.integers(-24, 24), min_size=8, max_size=8))
def test_the_devices_clocks_change_nothing(scans: list[Scan], hours: list[int]) -> None:
    """F06, I-21: `scanned_at` is shown, never used."""
    wrong = [replace(scan, scanned_at=AT + timedelta(hours=by)) for scan, by in zip(scans, hours, strict=False)]
    assert reached(the_end(wrong)) == reached(the_end(scans))
