"""A scanner's post: kept unchanged for ever, then matched with its return (F06)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service_inspection.domain.receiving.handling import HandlingAct, OwnCase, ScanState, Verb, moved
from service_inspection.domain.receiving.rma import is_ours, rma_key, tracking_key
from shared.kernel.errors import Forbidden, Malformed, Said
from shared.kernel.principal import Principal


class Kind(StrEnum):
    """Where it was scanned: at the dock, or at the bench with a verdict."""

    RECEIPT = "receipt"
    INSPECTION = "inspection"


class Outcome(StrEnum):
    """What the inspector says."""

    PASSED = "passed"
    FAILED = "failed"


class Grade(StrEnum):
    """Condition: A as new, B opened, C used, D damaged (G02)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class ClientEventReused(Malformed):
    """The same scanner has used this id for another post."""

    code = "idempotency_key_reused"
    title = Said("client_event_id used for something else", "client_event_id 已用于其他内容")
    detail = Said(
        "{event} was posted before with other contents. A new post needs a new client_event_id.",
        "{event} 此前已以不同内容提交。新的提交请使用新的 client_event_id。",
    )


class OtherWarehouse(Forbidden):
    """A scanner may post only for its own warehouse."""

    code = "other_warehouse"
    title = Said("Not this scanner's warehouse", "非本设备所属仓库")
    detail = Said(
        "This scanner is bound to warehouse {own} and cannot post for {asked}.",
        "该设备绑定仓库 {own}，不能为 {asked} 提交数据。",
    )


@dataclass(frozen=True, slots=True)
class ReceivedPieces:
    """Pieces of one article that were in the parcel."""

    sku: str
    quantity: int

    @property
    def contents(self) -> tuple[object, ...]:
        """What two rows must share to be one row with the sum of their quantities."""
        return (self.sku,)


@dataclass(frozen=True, slots=True)
class ChecklistFinding:
    """One line of the checklist (G01)."""

    check: str
    passed: bool
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedPieces:
    """Pieces of one article that were inspected, with one result for all of them.

    `unit_id` names the unit that was looked at. `again`: the piece was inspected before, so the look is no arrival.
    """

    sku: str
    quantity: int
    outcome: Outcome
    grade: Grade
    findings: tuple[ChecklistFinding, ...] = ()
    unit_id: str | None = None
    again: bool = False

    @property
    def contents(self) -> tuple[object, ...]:
        """What two rows must share to be one row with the sum of their quantities."""
        findings = tuple(sorted((each.check, each.passed, each.note or "") for each in self.findings))
        return (self.sku, self.outcome.value, self.grade.value, findings, self.unit_id or "", self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One post. `scanned_at` is the device's clock, shown and never used for order. `posted_at` is our clock.

    `fingerprint` identifies the contents, so that the same id with other contents is always noticed. `sender` is the
    machine or person whose names of posts these are: a scanner keeps its sender when it gets a new key (Z02). Posts
    from before 0.2 have none; their sender is `posted_by`. `corrects` names the earlier post that this one replaces.
    """

    id: str
    kind: Kind
    posted_by: str
    client_event_id: str
    fingerprint: str
    rma: str
    warehouse: str | None
    tracking_number: str | None
    items: tuple[ReceivedPieces, ...]
    looks: tuple[InspectedPieces, ...]
    scanned_at: datetime
    posted_at: datetime
    state: ScanState = ScanState.UNIDENTIFIED
    return_id: str | None = None
    units: tuple[str, ...] = ()
    """Units that had not arrived before this post."""
    discrepancies: tuple[str, ...] = ()
    sender: str | None = None
    corrects: str | None = None
    corrected_by: str | None = None
    """The later post that replaces this one. Both stay on record."""
    answer_by: datetime | None = None
    """By when a person says whose goods these are; None when nobody has to."""
    own_case: OwnCase | None = None
    """What is known of a sender whom nobody knows."""
    history: tuple[HandlingAct, ...] = ()
    """What people did with a post whose return nobody knew, the oldest first."""
    version: int = 1

    @property
    def client_key(self) -> str:
        """The name under which the scanner can repeat this post."""
        return f"{self.sender or self.posted_by}\n{self.client_event_id}"

    @property
    def rma_key(self) -> str | None:
        """The RMA in the form in which RMA numbers are compared. A scanner may have read it into the other field."""
        key = rma_key(self.rma)
        if key is None and self.tracking_number is not None and is_ours(other := rma_key(self.tracking_number)):
            return other
        return key

    @property
    def tracking_key(self) -> str | None:
        """The tracking number in the form in which these numbers are compared, whichever field it was scanned into."""
        return tracking_key(self.tracking_number or self.rma)

    @property
    def match_key(self) -> str | None:
        """The tracking number by which the return may be found. None beside a right RMA: its approval may still come,
        and the parcel may hold goods of two returns.
        """
        return None if is_ours(self.rma_key) else self.tracking_key

    @property
    def pieces(self) -> Sequence[tuple[str, int]]:
        """The articles and their numbers, wherever they were scanned."""
        return [(i.sku, i.quantity) for i in self.items] + [(look.sku, look.quantity) for look in self.looks]

    def repeats(self, earlier: "Scan") -> None:
        """Check a post with the id of an earlier one. `ClientEventReused` unless the contents are the same (Z02).

        The clock of the device and the order of the rows are no contents: a device that writes a post anew may change
        them.
        """
        if self.fingerprint != earlier.fingerprint and self.contents != earlier.contents:
            raise self.reused()

    @property
    def contents(self) -> tuple[object, ...]:
        """What the post says, independent of the order of its rows and of the device's clock."""
        return (
            self.kind.value,
            self.rma_key or self.rma,
            self.warehouse,
            self.tracking_number,
            self.corrects,
            summed(self.items),
            summed(self.looks),
        )

    def reused(self) -> ClientEventReused:
        """The error for a scanner that has used this id for another post."""
        return ClientEventReused(pointer="/client_event_id", event=self.client_event_id)

    def unmatched(self, answer_by: datetime) -> "Scan":
        """The same post, for a person who says until then whose goods these are."""
        return replace(self, answer_by=answer_by)

    def matched(self, return_id: str, units: tuple[str, ...], discrepancies: tuple[str, ...]) -> "Scan":
        """The same post with its return and the changes that it made."""
        return replace(
            self,
            state=ScanState.MATCHED,
            return_id=return_id,
            units=units,
            discrepancies=discrepancies,
            answer_by=None,
        )

    def handled(
        self,
        verb: Verb,
        *,
        by: str,
        at: datetime,
        note: str | None,
        return_id: str | None = None,
        parcel: str | None = None,
    ) -> "Scan":
        """The post after an act of a person, which stays on record. `IllegalMove`."""
        act = HandlingAct(verb=verb, by=by, at=at, note=note, return_id=return_id, parcel=parcel)
        return replace(self, state=moved(self.state, verb), history=(*self.history, act), answer_by=None)

    @property
    def assigned(self) -> bool:
        """Whether a person has found the return."""
        return self.state is ScanState.MATCHED and bool(self.history) and self.history[-1].verb is Verb.ASSIGN


def summed(rows: Sequence[ReceivedPieces] | Sequence[InspectedPieces]) -> tuple[tuple[object, int], ...]:
    """The rows in one order; rows that differ only in their quantity are one row."""
    sums: dict[tuple[object, ...], int] = {}
    for row in rows:
        sums[row.contents] = sums.get(row.contents, 0) + row.quantity
    return tuple(sorted(sums.items(), key=repr))


def warehouse_for(by: Principal, asked: str | None) -> str | None:
    """The warehouse of the post. `OtherWarehouse` when the scanner belongs to another one; None when none is named."""
    if by.warehouse is not None and asked not in (None, by.warehouse):
        raise OtherWarehouse(pointer="/warehouse", own=by.warehouse, asked=asked)
    return by.warehouse or asked
