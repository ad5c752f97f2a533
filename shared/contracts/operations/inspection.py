"""Operations of `service_inspection`: receipts, inspections and discrepancies."""

from typing import Final

from shared.contracts.operations.operation import AGENTS, DOCK, STAFF, Repeat, Service, rows

OPERATIONS: Final = rows(
    Service.INSPECTION,
    ("POST", "/v1/receipts", DOCK, "receipts:write", Repeat.BODY),
    ("GET", "/v1/receipts", DOCK | STAFF, "receipts:read"),
    ("GET", "/v1/receipts/{receipt_id}", DOCK | STAFF, "receipts:read"),
    ("POST", "/v1/inspections", DOCK, "inspections:write", Repeat.BODY),
    ("GET", "/v1/inspections", DOCK | STAFF, "inspections:read"),
    ("GET", "/v1/inspections/{return_id}", DOCK | STAFF, "inspections:read"),
    ("POST", "/v1/inspections/{return_id}/decision", AGENTS, "inspections:decide", Repeat.KEY),
    ("GET", "/v1/discrepancies", DOCK | STAFF, "inspections:read"),
    ("POST", "/v1/discrepancies/{discrepancy_id}/resolution", AGENTS, "inspections:decide", Repeat.KEY),
)
