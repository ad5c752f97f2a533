"""Which messages are meant: of a list, or of a call that sends many again."""

from dataclasses import dataclass
from datetime import datetime

from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Every part that is given must hold; of several statuses one must. `code` says why an attempt did not succeed."""

    status: tuple[Status, ...] = ()
    kind: MessageKind | None = None
    customer_id: str | None = None
    return_id: str | None = None
    code: str | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None
