"""Operations of `service_refunds`: refunds, the ledger, the finance feed and the payment simulator."""

from typing import Final

from shared.contracts.operations.operation import ADMIN, AGENTS, CUSTOMER, MONEY, Operation, Repeat, Service
from shared.kernel.principal import Role

REFUNDS: Final = Service.REFUNDS

OPERATIONS: Final = (
    Operation("GET", "/v1/refunds", REFUNDS, MONEY | AGENTS | CUSTOMER, "refunds:read"),
    Operation("GET", "/v1/refunds/{refund_id}", REFUNDS, MONEY | AGENTS | CUSTOMER, "refunds:read"),
    Operation("GET", "/v1/ledger", REFUNDS, MONEY, "finance:read"),
    Operation("GET", "/v1/finance/events", REFUNDS, MONEY | frozenset({Role.STOREFRONT}), "finance:read"),
    Operation("GET", "/v1/payments/simulator/transfers", REFUNDS, MONEY, "finance:read"),
    Operation("PUT", "/v1/payments/simulator/behaviour", REFUNDS, ADMIN, "simulator:write", Repeat.NATURAL),
)
