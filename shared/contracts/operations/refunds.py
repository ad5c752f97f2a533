"""Operations of `service_refunds`: refunds, the ledger, the finance feed and the payment simulator."""

from typing import Final

from shared.contracts.operations.operation import ADMIN, AGENTS, CUSTOMER, MONEY, Repeat, Service, rows
from shared.kernel.principal import Role

OPERATIONS: Final = rows(
    Service.REFUNDS,
    ("GET", "/v1/refunds", MONEY | AGENTS | CUSTOMER, "refunds:read"),
    ("GET", "/v1/refunds/{refund_id}", MONEY | AGENTS | CUSTOMER, "refunds:read"),
    ("POST", "/v1/refunds/{refund_id}/remainder-closure", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("POST", "/v1/refunds/{refund_id}/attempts", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("POST", "/v1/refunds/{refund_id}/inquiry", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("POST", "/v1/refunds/{refund_id}/resolution", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("POST", "/v1/refunds/{refund_id}/resolution/confirmation", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("POST", "/v1/refunds/{refund_id}/resolution/withdrawal", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("GET", "/v1/ledger/sums", MONEY, "finance:read"),
    ("GET", "/v1/ledger/entries", MONEY, "finance:read"),
    ("GET", "/v1/ledger", MONEY, "finance:read"),
    ("GET", "/v1/finance/events", MONEY | frozenset({Role.STOREFRONT}), "finance:read"),
    ("GET", "/v1/finance/paid-twice", MONEY | AGENTS, "refunds:read"),
    ("POST", "/v1/finance/paid-twice/{entry_id}/closure", MONEY - {Role.AUDITOR}, "refunds:write", Repeat.KEY),
    ("GET", "/v1/payments/simulator/transfers", MONEY, "finance:read"),
    ("PUT", "/v1/payments/simulator/behaviour", ADMIN, "simulator:write", Repeat.NATURAL),
)
