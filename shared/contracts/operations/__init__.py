"""Every operation of every service, who may use it, and whether it needs an idempotency key (O01).

The gateway admits callers by this table and forwards them. Each service checks again, and refuses to start when its
routes differ from the table. Whether an object belongs to the caller is for the service to check.
"""

from collections.abc import Iterable
from typing import Final

from shared.contracts.operations import inspection, notifications, refunds, requests
from shared.contracts.operations.operation import Operation, Repeat, Service, VersionNeeded
from shared.contracts.operations.operators import operator_operations

__all__ = ["OPERATIONS", "Operation", "Repeat", "Service", "VersionNeeded", "operations_of"]

OPERATIONS: Final[tuple[Operation, ...]] = (
    *requests.OPERATIONS,
    *requests.SHOP_WEBHOOKS,
    *inspection.OPERATIONS,
    *refunds.OPERATIONS,
    *notifications.OPERATIONS,
    *(operation for service in Service for operation in operator_operations(service)),
)


def operations_of(service: Service, table: Iterable[Operation] = OPERATIONS) -> dict[tuple[str, str], Operation]:
    """A service's operations by method and path."""
    return {(each.method, each.path): each for each in table if each.service is service}
