"""Operations of `service_notifications`: contacts and messages."""

from typing import Final

from shared.contracts.operations.operation import AGENTS, CUSTOMER, SHOP, Operation, Repeat, Service
from shared.kernel.principal import Role

NOTIFICATIONS: Final = Service.NOTIFICATIONS

OPERATIONS: Final = (
    Operation(
        "PUT", "/v1/contacts/{customer_id}", NOTIFICATIONS, SHOP | AGENTS | CUSTOMER, "contacts:write", Repeat.NATURAL
    ),
    Operation("GET", "/v1/contacts/{customer_id}", NOTIFICATIONS, SHOP | AGENTS | CUSTOMER, "contacts:read"),
    Operation("GET", "/v1/messages", NOTIFICATIONS, AGENTS | CUSTOMER | frozenset({Role.AUDITOR}), "messages:read"),
    Operation(
        "GET",
        "/v1/messages/{message_id}",
        NOTIFICATIONS,
        AGENTS | CUSTOMER | frozenset({Role.AUDITOR}),
        "messages:read",
    ),
)
