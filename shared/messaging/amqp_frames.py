"""AMQP 0-9-1 frames that are packed by hand because there are many of them: a publication and an acknowledgement."""

from functools import lru_cache
from struct import Struct
from typing import Final

FRAME: Final = Struct(">BHI")
"""Kind, channel and payload size; the payload and one end byte follow."""
FRAME_END: Final = 0xCE
FRAME_OVERHEAD: Final = FRAME.size + 1
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
CHANNEL: Final = 1

INDEX: Final = Struct(">I")
"""Class and method of a method frame, as one number."""
DELIVER, RETURN, ACK = 60 << 16 | 60, 60 << 16 | 50, 60 << 16 | 80
TAG: Final = Struct(">QB")
"""A delivery tag and the bits behind it: `redelivered` of a delivery, `multiple` of an acknowledgement."""
CONTENT: Final = Struct(">HHQ")
"""Class, weight and body size of a content header; the properties follow."""

_PUBLISH: Final = b"\x00\x3c\x00\x28\x00\x00"
_MANDATORY: Final = b"\x01"
_ACK: Final = Struct(">BHIIQBB")
_BASIC: Final = 60
_STRING: Final = Struct(">cI")
_MOMENT: Final = Struct(">Q")
_LENGTH: Final = Struct(">I")
_PERSISTENT: Final = b"\x02"
_END: Final = bytes((FRAME_END,))


def publication(
    body: bytes, *, exchange: str, type_: str, id_: str, message_id: str, app_id: str, at: int, frame_max: int
) -> list[bytes]:
    """The frames of one mandatory, persistent message, in parts to be joined; its routing key is its type.

    `ValueError` when a name is longer than the 255 bytes that AMQP has for it.
    """
    publish, before, after = _named(exchange, type_, app_id)
    id_bytes, message = id_.encode(), _short(message_id)
    table = b"\x05ce-id" + _STRING.pack(b"S", len(id_bytes)) + id_bytes + before[1]
    properties = b"".join(
        (before[0], _LENGTH.pack(len(table)), table, _PERSISTENT, message, _MOMENT.pack(at), after),
    )
    parts = [
        publish,
        FRAME.pack(HEADER, CHANNEL, CONTENT.size + len(properties)),
        CONTENT.pack(_BASIC, 0, len(body)),
        properties,
        _END,
    ]
    room = frame_max - FRAME_OVERHEAD
    for start in range(0, len(body), room):
        part = body[start : start + room]
        parts += (FRAME.pack(BODY, CHANNEL, len(part)), part, _END)
    return parts


def acknowledgement(tag: int, *, multiple: bool) -> bytes:
    """The frame that settles one delivery, or all up to it."""
    return _ACK.pack(METHOD, CHANNEL, INDEX.size + TAG.size, ACK, tag, multiple, FRAME_END)


@lru_cache(maxsize=1024)
def _named(exchange: str, type_: str, app_id: str) -> tuple[bytes, tuple[bytes, bytes], bytes]:
    """What is the same for every message of a type: the method frame, properties before and after the changing ones."""
    method = b"".join((_PUBLISH, _short(exchange), _short(type_), _MANDATORY))
    type_bytes = type_.encode()
    # Flags: content type, content encoding, headers, delivery mode, message id, timestamp, type, application id.
    start = b"".join((b"\xf0\xe8", _short("application/cloudevents+json"), _short("utf-8")))
    ce_type = b"".join((b"\x07ce-type", _STRING.pack(b"S", len(type_bytes)), type_bytes))
    frame = FRAME.pack(METHOD, CHANNEL, len(method)) + method + _END
    return frame, (start, ce_type), _short(type_) + _short(app_id)


def _short(text: str) -> bytes:
    encoded = text.encode()
    return bytes((len(encoded),)) + encoded
