"""What this service owes, and the facts that the reconciler compares: one row for each kind (R04, R08)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from service_inspection.adapters.tables import benches, discrepancies, scans
from service_inspection.domain.inspection.discrepancy import DiscrepancyState
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.scan import Kind
from shared.kernel.errors import Said
from shared.web.operators.owed import Fact, Owed

OWED: Final[Sequence[Owed]] = (
    Owed(
        kind="receipt_unidentified",
        says=Said("{n} receipt(s) belong to no known return", "{n} 条收货记录无法对应任何退货"),
        do=Said("List them: GET /v1/receipts?state=unidentified.", "查看 GET /v1/receipts?state=unidentified。"),
        id=scans.c.id,
        since=scans.c.posted_at,
        where=scans.c.state == ScanState.UNIDENTIFIED.value,
    ),
    Owed(
        kind="receipt_in_case",
        says=Said("{n} receipt(s) are kept while the sender is looked for", "{n} 条收货记录立案保管，正在寻找寄件人"),
        do=Said("Find the return, send the goods back or dispose of them.", "请找到对应的退货，或退回、处置商品。"),
        id=scans.c.id,
        since=scans.c.posted_at,
        where=scans.c.state == ScanState.IN_CASE.value,
    ),
    Owed(
        kind="correction_without_post",
        says=Said("{n} correction(s) wait for a post that has not come", "{n} 条更正等待尚未到达的上报"),
        do=Said("Send what the scanner still holds.", "请上传扫描设备中尚未发送的记录。"),
        id=scans.c.id,
        since=scans.c.posted_at,
        where=scans.c.state == ScanState.WAITING.value,
        overdue=scans.c.posted_at,
        patience=timedelta(days=1),
    ),
    Owed(
        kind="discrepancy_open",
        says=Said("{n} discrepancies are open", "{n} 个差异待处理"),
        do=Said("Decide each: GET /v1/discrepancies?state=open.", "逐一处理：GET /v1/discrepancies?state=open。"),
        id=discrepancies.c.id,
        since=discrepancies.c.opened_at,
        where=discrepancies.c.state == DiscrepancyState.OPEN.value,
    ),
    Owed(
        kind="inspection_overdue",
        says=Said("{n} inspection(s) are later than promised", "{n} 个验货已超过承诺时间"),
        do=Said("Inspect or decide: GET /v1/inspections.", "请验货或作出决定：GET /v1/inspections。"),
        id=benches.c.id,
        since=benches.c.inspect_by,
        where=(benches.c.waiting > 0) | (benches.c.held > 0),
        overdue=benches.c.inspect_by,
    ),
)
"""What waits for a person."""

FACTS: Final[Sequence[Fact]] = (
    Fact(kind="expected", table=benches, id=benches.c.id),
    Fact(
        kind="received",
        table=scans,
        id=scans.c.return_id,
        at=scans.c.posted_at,
        where=(scans.c.kind == Kind.RECEIPT.value) & (scans.c.state == ScanState.MATCHED.value),
    ),
)
"""Returns by what the warehouse knows of them."""
