"""Pieces of a discrepancy that belong to another return, as a receipt of that return (Z23)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from service_inspection.domain.inspection.discrepancy import Discrepancy
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.scan import Kind, ReceivedPieces, Scan
from shared.kernel.errors import Malformed, Said

SENDER: Final = "service:inspection"
"""The sender of receipts that no scanner has posted."""


class MatchesItself(Malformed):
    """The goods were found in the parcel of this return; they can only belong to another one."""

    code = "matches_itself"
    title = Said("The goods came with this return", "商品即随此退货单到达")
    detail = Said("Name another return than the one of the discrepancy.", "请指明差异所属退货单以外的退货单。")


def match_receipt(discrepancy: Discrepancy, origin: Scan | None, *, scan_id: str, by: str, at: datetime) -> Scan:
    """The receipt by which the pieces count in the other return. They arrived with the post that found them."""
    arrived_at = discrepancy.opened_at if origin is None else origin.posted_at
    return Scan(
        id=scan_id,
        kind=Kind.RECEIPT,
        posted_by=by,
        sender=SENDER,
        client_event_id=f"{discrepancy.id}:{scan_id}",
        fingerprint="",
        rma="",
        warehouse=discrepancy.warehouse,
        tracking_number=None if origin is None else origin.tracking_number,
        items=(ReceivedPieces(discrepancy.sku, discrepancy.quantity),),
        looks=(),
        scanned_at=at if origin is None else origin.scanned_at,
        posted_at=arrived_at,
    )


def without_return(scan: Scan) -> Scan:
    """The receipt of a match that a person has taken back. It says nothing any more."""
    return replace(scan, state=ScanState.WITHDRAWN, return_id=None, units=(), discrepancies=())
