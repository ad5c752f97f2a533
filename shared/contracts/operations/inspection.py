"""Operations of `service_inspection`: receipts, inspections and discrepancies."""

from typing import Final

from shared.contracts.operations.operation import AGENTS, DOCK, STAFF, Repeat, Service, rows
from shared.kernel.principal import Role

CORRECTORS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""They may correct what others have posted, and post nothing else (Z01)."""

FINDERS: Final = AGENTS | {Role.WAREHOUSE}
"""They may find out whose goods came without a number (F04)."""

OPERATIONS: Final = rows(
    Service.INSPECTION,
    ("POST", "/v1/receipts", DOCK | CORRECTORS, "receipts:write", Repeat.BODY),
    ("GET", "/v1/receipts", DOCK | STAFF, "receipts:read"),
    ("GET", "/v1/receipts/{receipt_id}", DOCK | STAFF, "receipts:read"),
    ("POST", "/v1/receipts/{receipt_id}/assignment", FINDERS, "inspections:decide", Repeat.NATURAL),
    ("POST", "/v1/receipts/{receipt_id}/case", FINDERS, "inspections:decide", Repeat.NATURAL),
    ("POST", "/v1/receipts/{receipt_id}/resolution", AGENTS, "inspections:decide", Repeat.KEY),
    ("POST", "/v1/receipts/{receipt_id}/reopening", AGENTS, "inspections:decide", Repeat.KEY),
    ("POST", "/v1/inspections", DOCK | CORRECTORS, "inspections:write", Repeat.BODY),
    ("GET", "/v1/inspections", DOCK | STAFF, "inspections:read"),
    ("GET", "/v1/inspections/{return_id}", DOCK | STAFF, "inspections:read"),
    ("POST", "/v1/inspections/{return_id}/decision", AGENTS, "inspections:decide", Repeat.KEY),
    ("POST", "/v1/inspections/{return_id}/extension", AGENTS, "inspections:decide", Repeat.KEY),
    ("POST", "/v1/inspections/{return_id}/reconsideration", AGENTS, "inspections:decide", Repeat.KEY),
    ("GET", "/v1/discrepancies", DOCK | STAFF, "inspections:read"),
    ("POST", "/v1/discrepancies/{discrepancy_id}/resolution", AGENTS, "inspections:decide", Repeat.KEY),
    ("POST", "/v1/discrepancies/{discrepancy_id}/reopening", AGENTS, "inspections:decide", Repeat.KEY),
)
