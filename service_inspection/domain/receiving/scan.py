"""What a scanner has posted: kept for ever as it was said, then matched with the return it speaks of (F06)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service_inspection.domain.receiving.rma import rma_key
from shared.kernel.errors import Forbidden, Malformed, Said
from shared.kernel.principal import Principal


class Kind(StrEnum):
    """Where it was scanned: at the dock, or at the bench with a verdict."""

    RECEIPT = "receipt"
    INSPECTION = "inspection"


class ScanState(StrEnum):
    """Whether we know whose goods these are."""

    UNIDENTIFIED = "unidentified"
    MATCHED = "matched"


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
    """The same scanner has used this id for something else."""

    code = "idempotency_key_reused"
    title = Said("client_event_id used for something else", "client_event_id 已用于其他内容")
    detail = Said(
        "{event} was posted before with other contents. A new post needs a new client_event_id.",
        "{event} 此前已以不同内容提交。新的提交请使用新的 client_event_id。",
    )


class OtherWarehouse(Forbidden):
    """A scanner speaks only for the warehouse it is bound to."""

    code = "other_warehouse"
    title = Said("Not this scanner's warehouse", "非本设备所属仓库")
    detail = Said(
        "This scanner is bound to warehouse {own} and cannot post for {asked}.",
        "该设备绑定仓库 {own}，不能为 {asked} 提交数据。",
    )


@dataclass(frozen=True, slots=True)
class ReceivedPieces:
    """Pieces of one article that came out of the parcel."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ChecklistFinding:
    """One line of the checklist (G01)."""

    check: str
    passed: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class InspectedPieces:
    """Pieces of one article that were looked at, with one verdict for all of them."""

    sku: str
    quantity: int
    outcome: Outcome
    grade: Grade
    findings: tuple[ChecklistFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One post. `scanned_at` is the device's own clock: shown, never used for order. `posted_at` is ours.

    `fingerprint` stands for the contents, so that the same id with other contents is noticed for ever.
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
    """Units that were on their way until this post."""
    discrepancies: tuple[str, ...] = ()

    @property
    def client_key(self) -> str:
        """The name under which its scanner can repeat it: one post, whatever happens."""
        return f"{self.posted_by}\n{self.client_event_id}"

    @property
    def rma_key(self) -> str | None:
        """The RMA as it is compared."""
        return rma_key(self.rma)

    @property
    def pieces(self) -> Sequence[tuple[str, int]]:
        """Articles and how many of each, wherever they were scanned."""
        return [(i.sku, i.quantity) for i in self.items] + [(look.sku, look.quantity) for look in self.looks]

    def repeats(self, earlier: "Scan") -> None:
        """This post has the id of an earlier one; `ClientEventReused` unless it says the same."""
        if self.fingerprint != earlier.fingerprint:
            raise self.reused()

    def reused(self) -> ClientEventReused:
        """What the scanner is told when it has used this id for something else."""
        return ClientEventReused(pointer="/client_event_id", event=self.client_event_id)

    def matched(self, return_id: str, units: tuple[str, ...], discrepancies: tuple[str, ...]) -> "Scan":
        """The same post, now that we know whose goods these are and what it has changed."""
        return replace(self, state=ScanState.MATCHED, return_id=return_id, units=units, discrepancies=discrepancies)


def warehouse_for(by: Principal, asked: str | None) -> str | None:
    """Where the post was made; `OtherWarehouse` when the scanner is bound elsewhere, None when nobody has said."""
    if by.warehouse is not None and asked not in (None, by.warehouse):
        raise OtherWarehouse(pointer="/warehouse", own=by.warehouse, asked=asked)
    return by.warehouse or asked
