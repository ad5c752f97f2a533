"""Operations of `service_inspection`: receipts, inspections and discrepancies."""

from typing import Final

from shared.contracts.operations.operation import AGENTS, DOCK, STAFF, Operation, Repeat, Service

INSPECTION: Final = Service.INSPECTION

OPERATIONS: Final = (
    Operation("POST", "/v1/receipts", INSPECTION, DOCK, "receipts:write", Repeat.BODY),
    Operation("GET", "/v1/receipts", INSPECTION, DOCK | STAFF, "receipts:read"),
    Operation("GET", "/v1/receipts/{receipt_id}", INSPECTION, DOCK | STAFF, "receipts:read"),
    Operation("POST", "/v1/inspections", INSPECTION, DOCK, "inspections:write", Repeat.BODY),
    Operation("GET", "/v1/inspections", INSPECTION, DOCK | STAFF, "inspections:read"),
    Operation("GET", "/v1/inspections/{return_id}", INSPECTION, DOCK | STAFF, "inspections:read"),
    Operation("POST", "/v1/inspections/{return_id}/decision", INSPECTION, AGENTS, "inspections:decide", Repeat.KEY),
    Operation("GET", "/v1/discrepancies", INSPECTION, DOCK | STAFF, "inspections:read"),
    Operation(
        "POST", "/v1/discrepancies/{discrepancy_id}/resolution", INSPECTION, AGENTS, "inspections:decide", Repeat.KEY
    ),
)
