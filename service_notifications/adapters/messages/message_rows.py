"""The mapping of a message to its row: columns for the fields that queries use, documents for content and attempts."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_notifications.adapters.tables import messages
from service_notifications.domain.messages.content import CONTENTS, Content, MessageKind
from service_notifications.domain.messages.message import Channel, DeliveryAttempt, Message, MessageEnding, Status
from shared.database.reader import Reader, Row
from shared.database.work import Root, Write

_CONTENTS: Final[dict[MessageKind, TypeAdapter[Any]]] = {
    kind: TypeAdapter(content) for kind, content in CONTENTS.items()
}
_ATTEMPTS: Final = TypeAdapter(tuple[DeliveryAttempt, ...])
_ENDING: Final = TypeAdapter(MessageEnding)


class MessageRows:
    thing = "message"

    async def load(self, reader: Reader, key: str) -> Message | None:
        rows = await reader.load(messages, "id", key)
        return message_of_row(rows[0]) if rows else None

    def save(self, aggregate: Message) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "fact": aggregate.fact,
            "customer_id": aggregate.customer_id,
            "channel": aggregate.channel.value,
            "kind": aggregate.kind.value,
            "tells": aggregate.tells,
            "return_id": aggregate.return_id,
            "language": aggregate.language,
            "status": aggregate.status.value,
            "code": aggregate.code,
            "content": _CONTENTS[aggregate.kind].dump_python(aggregate.content, mode="json"),
            "attempts": _ATTEMPTS.dump_python(aggregate.attempts, mode="json"),
            "created_at": aggregate.created_at,
            "due_at": aggregate.due_at,
            "resume_at": aggregate.resume_at,
            "sent_at": aggregate.sent_at,
            "place": aggregate.place,
            "units": list(aggregate.units),
            "collected": list(aggregate.collected),
            "tries": aggregate.tries,
            "followed": aggregate.followed,
            "ending": None if aggregate.ending is None else _ENDING.dump_python(aggregate.ending, mode="json"),
        }
        return Root(messages, aggregate.id, aggregate.version, values), ()


def message_of_row(row: Row) -> Message:
    """The message in a row."""
    content: Content = _CONTENTS[MessageKind(row["kind"])].validate_python(row["content"])
    return Message(
        id=row["id"],
        fact=row["fact"],
        tells=row["tells"],
        return_id=row["return_id"],
        customer_id=row["customer_id"],
        language=row["language"],
        content=content,
        created_at=row["created_at"],
        channel=Channel(row["channel"]),
        status=Status(row["status"]),
        due_at=row["due_at"],
        resume_at=row["resume_at"],
        sent_at=row["sent_at"],
        code=row["code"],
        attempts=_ATTEMPTS.validate_python(row["attempts"]),
        place=row["place"],
        units=tuple(row["units"] or ()),
        collected=tuple(row["collected"] or ()),
        tries=row["tries"] or 0,
        followed=bool(row["followed"]),
        ending=None if row["ending"] is None else _ENDING.validate_python(row["ending"]),
        version=row["version"],
        sequence=row["sequence"],
    )
