"""Reads AMQP 0-9-1 frames as bytes arrive: our own code reads deliveries and acknowledgements, pamqp all others."""

import struct
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from pamqp.base import Frame
from pamqp.exceptions import PAMQPException
from pamqp.frame import unmarshal
from pamqp.header import ContentHeader

from shared.messaging import amqp_frames as frames

BODY_LIMIT: Final = 64 * 1024 * 1024
"""Longest body that is accepted. Frames have the negotiated limit, deliveries the prefetch."""
GARBLED: Final = (PAMQPException, struct.error, ValueError, LookupError, TypeError, ArithmeticError, OSError)
"""What reading a malformed frame raises, here and in pamqp."""


class Delivery(NamedTuple):
    """One delivered message."""

    body: bytes
    redelivered: bool
    tag: int


class Receiver(Protocol):
    """The owner of a reader, called for everything that was read. `ValueError`: the peer broke the protocol."""

    @property
    def is_over(self) -> bool:
        """Whether reading has ended."""
        ...

    def delivered(self, delivery: Delivery) -> None:
        """A complete message for our consumer has arrived."""
        ...

    def returned(self, message_id: str) -> None:
        """The broker found no queue for a message of ours."""
        ...

    def acknowledged(self, tag: int, *, multiple: bool) -> None:
        """The broker confirms one publication, or all up to it."""
        ...

    def received(self, method: Frame) -> None:
        """Any other method has arrived."""
        ...


class FrameReader:
    """Cuts the bytes of one connection into frames. `frame_max` is the longest frame that was agreed, in bytes."""

    def __init__(self, receiver: Receiver, frame_max: int) -> None:
        self._receiver = receiver
        self.frame_max = frame_max
        self._begun = b""
        self._content = self._missing = self._tag = self._redelivered = 0
        self._parts: list[bytes] = []
        self._readers: dict[int, Callable[[bytes, int, int], None]] = {
            frames.METHOD: self._read_method,
            frames.HEADER: self._read_header,
            frames.BODY: self._read_body,
            frames.HEARTBEAT: lambda _data, _at, _stop: None,
        }

    def feed(self, data: bytes) -> None:
        """Read every whole frame and keep the beginning of the last one. Raises one of `GARBLED`."""
        data = self._begun + data
        self._begun = b""
        at, end = 0, len(data)
        while end - at >= frames.FRAME_OVERHEAD and not self._receiver.is_over:
            kind, _channel, size = frames.FRAME.unpack_from(data, at)
            read = self._readers.get(kind)
            if read is None or size > self.frame_max - frames.FRAME_OVERHEAD:
                raise ValueError(f"a frame of kind {kind} and {size} bytes")
            start = at + frames.FRAME.size
            stop = start + size
            if stop >= end:
                break
            if data[stop] != frames.FRAME_END:
                raise ValueError("a frame that does not end")
            read(data, start, stop)
            at = stop + 1
        if not self._receiver.is_over:
            self._begun = data[at:]

    def expect(self, content: int) -> None:
        """A header and bodies come next, for a delivery or a returned message."""
        if self._content:
            raise ValueError("a message inside a message")
        self._content = content

    def _read_method(self, data: bytes, at: int, stop: int) -> None:
        (index,) = frames.INDEX.unpack_from(data, at)
        if index == frames.DELIVER:
            tag_at = at + frames.INDEX.size + 1 + data[at + frames.INDEX.size]
            if tag_at + frames.TAG.size > stop:
                raise ValueError("a delivery that is cut short")
            self.expect(frames.DELIVER)
            self._tag, self._redelivered = frames.TAG.unpack_from(data, tag_at)
        elif index == frames.ACK:
            if at + frames.INDEX.size + frames.TAG.size > stop:
                raise ValueError("an acknowledgement that is cut short")
            tag, multiple = frames.TAG.unpack_from(data, at + frames.INDEX.size)
            self._receiver.acknowledged(tag, multiple=bool(multiple & 1))
        else:
            method = unmarshal(data[at - frames.FRAME.size : stop + 1])[2]
            if isinstance(method, Frame):
                self._receiver.received(method)

    def _read_header(self, data: bytes, at: int, stop: int) -> None:
        if at + frames.CONTENT.size > stop:
            raise ValueError("a content header that is cut short")
        _class, _weight, self._missing = frames.CONTENT.unpack_from(data, at)
        if not self._content or self._parts or self._missing > BODY_LIMIT:
            raise ValueError(f"a content header out of place, for {self._missing} bytes")
        if self._content == frames.RETURN:
            header = unmarshal(data[at - frames.FRAME.size : stop + 1])[2]
            if isinstance(header, ContentHeader):
                self._receiver.returned(str(header.properties.message_id))
        if not self._missing:
            self._complete(b"")

    def _read_body(self, data: bytes, at: int, stop: int) -> None:
        self._missing -= stop - at
        if not self._content or self._missing < 0:
            raise ValueError("a body out of place")
        self._parts.append(data[at:stop])
        if not self._missing:
            self._complete(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))

    def _complete(self, body: bytes) -> None:
        if self._content == frames.DELIVER:
            self._receiver.delivered(Delivery(body, bool(self._redelivered & 1), self._tag))
        self._content = 0
        self._parts = []
