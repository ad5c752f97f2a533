"""Operations of `service_notifications`: contacts and messages."""

from typing import Final

from shared.contracts.operations.operation import AGENTS, CUSTOMER, SHOP, Repeat, Service, VersionNeeded, rows
from shared.kernel.principal import Role

OPERATIONS: Final = rows(
    Service.NOTIFICATIONS,
    (
        "PUT",
        "/v1/contacts/{customer_id}",
        SHOP | AGENTS | CUSTOMER,
        "contacts:write",
        Repeat.NATURAL,
        VersionNeeded.BY_STAFF,
    ),
    ("GET", "/v1/contacts/{customer_id}", SHOP | AGENTS | CUSTOMER, "contacts:read"),
    ("GET", "/v1/message-counts", AGENTS | frozenset({Role.AUDITOR, Role.OPERATOR}), "messages:read"),
    ("POST", "/v1/messages/sending-again", AGENTS, "messages:write", Repeat.KEY),
    ("POST", "/v1/messages/{message_id}/sending-again", AGENTS, "messages:write", Repeat.KEY),
    ("POST", "/v1/messages/{message_id}/told-otherwise", AGENTS, "messages:write", Repeat.KEY),
    ("POST", "/v1/messages/{message_id}/discard", AGENTS, "messages:write", Repeat.KEY),
    ("GET", "/v1/messages", AGENTS | CUSTOMER | frozenset({Role.AUDITOR}), "messages:read"),
    (
        "GET",
        "/v1/messages/{message_id}",
        AGENTS | CUSTOMER | frozenset({Role.AUDITOR}),
        "messages:read",
    ),
)
