"""An AMQP 0-9-1 connection with one channel for the two hot paths: publish with confirms and consume, in batches.

Frames that are many are packed and read by hand, everything rare goes through pamqp. What ends the connection (a
refusal, a cancelled consumer, a silent or garbled peer, a lost socket) is said as `Unavailable` to whoever waits.
"""

import asyncio
import ssl
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar, cast
from urllib.parse import parse_qs, unquote, urlsplit

from pamqp.base import Frame
from pamqp.commands import Basic, Channel, Confirm, Connection
from pamqp.exceptions import PAMQPException
from pamqp.frame import marshal, unmarshal
from pamqp.header import ContentHeader, ProtocolHeader
from uuid_utils import uuid7

from shared.kernel.errors import Unavailable
from shared.messaging import amqp_frames as frames
from shared.messaging.bus import EXCHANGE, Message
from shared.runtime.loops import wait_for

HEARTBEAT_SECONDS: Final = 15
ANSWER_SECONDS: Final = 10.0
CONFIRM_SECONDS: Final = 10.0
LINGER_SECONDS: Final = 2.0
HEARTBEAT: Final = frames.FRAME.pack(frames.HEARTBEAT, 0, 0) + bytes((frames.FRAME_END,))
FRAME_MAX: Final = 131_072
BODY_LIMIT: Final = 64 * 1024 * 1024
"""Longest body that is taken in; frames are bounded by what was negotiated, deliveries by the prefetch."""
PORTS: Final = {"amqp": 5672, "amqps": 5671}
CAPABILITIES: Final = (
    "authentication_failure_close",
    "basic.nack",
    "connection.blocked",
    "consumer_cancel_notify",
    "publisher_confirms",
)
GARBLED: Final = (PAMQPException, struct.error, ValueError, LookupError, TypeError, ArithmeticError, OSError)
"""What reading a malformed frame raises, here and in pamqp."""
UNKNOWN, ACKED, REFUSED = b"?", b"+", b"-"

Answer = TypeVar("Answer", bound=Frame)


class Refusal(Unavailable):
    """The broker is there and says no; `reply` is AMQP's code: 403 for who asks, 530 for the virtual host."""

    def __init__(self, what: str, reply: int) -> None:
        super().__init__(what)
        self.reply = reply


class NoAmqpServer(Unavailable):
    """What answers does not speak AMQP 0-9-1."""


class Delivery(NamedTuple):
    """One message as it was delivered."""

    body: bytes
    redelivered: bool
    tag: int


class Address(NamedTuple):
    """Where a broker is, and who asks."""

    host: str
    port: int
    user: str
    password: str
    virtual_host: str
    tls: ssl.SSLContext | None


def address_of(url: str) -> Address:
    """The parts of `amqp[s]://user:password@host:port/vhost`; the query may name `cafile`, `certfile`, `keyfile`."""
    parts = urlsplit(url)
    tls = None
    if parts.scheme == "amqps":
        files = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        tls = ssl.create_default_context(cafile=files.get("cafile"))
        if "certfile" in files:
            tls.load_cert_chain(files["certfile"], files.get("keyfile"))
    return Address(
        parts.hostname or "localhost",
        parts.port or PORTS.get(parts.scheme, PORTS["amqp"]),
        unquote(parts.username or "guest"),
        unquote(parts.password or "guest"),
        unquote(parts.path.removeprefix("/")) or "/",
        tls,
    )


async def connect(
    url: str, *, name: str, purpose: str, heartbeat: float = HEARTBEAT_SECONDS, seconds: float = ANSWER_SECONDS
) -> "AmqpWire":
    """An open connection with its channel; `Unavailable` when there is none, `Refusal` with the broker's own words when
    it says no, `NoAmqpServer` when it is no broker.
    """
    wire = AmqpWire(name, heartbeat)
    try:
        async with asyncio.timeout(seconds):
            address = address_of(url)
            await asyncio.get_running_loop().create_connection(
                lambda: wire, address.host, address.port, ssl=address.tls
            )
            await wire.open(address, f"retour {name} {purpose}")
    except (OSError, ValueError) as error:
        raise Unavailable(f"broker ({str(error) or f'no connection within {seconds:g} s'})") from error
    finally:
        if not wire.opened:
            wire.end("the connection was not opened")
    return wire


class _Confirms:
    """What the broker has said about the messages of one batch."""

    def __init__(self, first: int, ids: Sequence[str]) -> None:
        self._first = first
        self._ids = ids
        self._verdicts = UNKNOWN * len(ids)
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def record(self, tag: int, *, multiple: bool, verdict: bytes) -> None:
        """A verdict stands once given: what came back as unroutable is acknowledged afterwards, and stays refused."""
        index = tag - self._first
        if index < 0:
            return
        start, said = 0 if multiple else index, self._verdicts
        heard = said[start : index + 1].replace(UNKNOWN, verdict)
        self._verdicts = said = said[:start] + heard + said[index + 1 :]
        if UNKNOWN not in said and not self.settled.done():
            self.settled.set_result(None)

    def returned(self, message_id: str) -> None:
        """The broker found no queue for this message."""
        if message_id in self._ids:
            self.record(self._first + self._ids.index(message_id), multiple=False, verdict=REFUSED)

    @property
    def certain(self) -> int:
        """How many of the first were acknowledged without a gap."""
        return len(self._verdicts) - len(self._verdicts.lstrip(ACKED))


class AmqpWire(asyncio.Protocol):
    """See the module. Made by `connect`."""

    def __init__(self, name: str, heartbeat: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._app_id = f"retour.{name}"
        self._heartbeat = heartbeat
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._frame_max = FRAME_MAX
        self._heard = self._loop.time()
        self._rest = b""
        self._over: str | None = None
        self._blocked: str | None = None
        self._gone = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._question: tuple[type[Frame], asyncio.Future[Frame]] | None = None

        self._turn = asyncio.Lock()
        self._next_tag = 0
        self._confirms: _Confirms | None = None

        self._queue = ""
        self._prefetch = 0
        self._arrived: deque[Delivery] = deque()
        self._news = asyncio.Event()
        self._content = self._missing = self._tag = self._redelivered = 0
        self._parts: list[bytes] = []
        self._readers: dict[int, Callable[[bytes, int, int], None]] = {
            frames.METHOD: self._read_method,
            frames.HEADER: self._read_header,
            frames.BODY: self._read_body,
            frames.HEARTBEAT: lambda _data, _at, _stop: None,
        }
        self.opened = False

    @property
    def trouble(self) -> str | None:
        """Why nothing can be published right now, if so."""
        return self._over or self._blocked

    @property
    def is_over(self) -> bool:
        """Whether the connection has ended."""
        return self._over is not None

    async def open(self, address: Address, connection_name: str) -> None:
        """Shake hands and open the channel."""
        await self._ask(ProtocolHeader(), Connection.Start)
        capabilities: dict[str, object] = dict.fromkeys(CAPABILITIES, True)
        properties = {"product": "Retour", "connection_name": connection_name, "capabilities": capabilities}
        secret = f"\0{address.user}\0{address.password}"
        tune = await self._ask(Connection.StartOk(properties, "PLAIN", secret), Connection.Tune)  # type: ignore[arg-type]
        self._heartbeat = min(self._heartbeat, tune.heartbeat or self._heartbeat)
        self._frame_max = min(tune.frame_max or FRAME_MAX, FRAME_MAX)
        self._send(Connection.TuneOk(frames.CHANNEL, self._frame_max, round(self._heartbeat)))
        await self._ask(Connection.Open(address.virtual_host), Connection.OpenOk)
        await self._ask(Channel.Open(), Channel.OpenOk)
        self.opened = True
        self._pulse()

    async def confirm(self) -> None:
        """Have the broker confirm what is published from now on."""
        await self._ask(Confirm.Select(), Confirm.SelectOk)
        self._next_tag = 1

    async def publish(
        self,
        messages: Sequence[Message],
        *,
        exchange: str = EXCHANGE,
        deadline: float = CONFIRM_SECONDS,
        sent: Callable[[], None] | None = None,
    ) -> int:
        """Write the messages at once and count confirms: how many of the first are certain to have arrived.

        A refused or returned one ends the count; confirms that do not come within the deadline end the connection too.
        `Unavailable` when it is over, or blocked by an alarm, before anything was confirmed. After `confirm()`.
        `sent` is called when the bytes have left this process, before the confirms are waited for.
        """
        if not messages:
            return 0
        async with self._turn:
            await self._until_writable(deadline)
            ids = [uuid7().hex for _ in messages]
            packed = self._packed(messages, ids, exchange)
            self._confirms = confirms = _Confirms(self._next_tag, ids)
            self._next_tag += len(messages)
            self._write(packed)
            try:
                async with asyncio.timeout(deadline):
                    if sent is not None:
                        await self._until_sent()
                        sent()
                    await confirms.settled
            except TimeoutError:
                self.end(f"no confirm within {deadline:g} s")
            except Unavailable:
                if not confirms.certain:
                    raise
            finally:
                self._confirms = None
            return confirms.certain

    async def consume(self, queue: str, prefetch: int) -> None:
        """Have a queue delivered, with so many unacknowledged at most; once a connection."""
        self._queue, self._prefetch = queue, prefetch
        await self._ask(Basic.Qos(prefetch_count=prefetch), Basic.QosOk)
        await self._ask(Basic.Consume(queue=queue), Basic.ConsumeOk)

    async def batch(self, seconds: float) -> list[Delivery]:
        """Everything that has arrived, in order, at most the prefetch; empty when nothing does within these seconds.

        `Unavailable` when the connection has ended: what it had delivered cannot be acknowledged any more.
        """
        self._check()
        if not self._arrived:
            await wait_for(self._news, seconds)
            self._check()
        self._news.clear()
        batch = list(self._arrived)
        self._arrived.clear()
        return batch

    def ack(self, tag: int, *, multiple: bool = False) -> None:
        """Settle a delivery, or all up to it."""
        self._check()
        self._write(frames.acknowledgement(tag, multiple=multiple))

    async def close(self) -> None:
        """Say goodbye; after two seconds without an answer, hang up."""
        try:
            if self._over is None:
                async with asyncio.timeout(LINGER_SECONDS):
                    await self._ask(Connection.Close(200, "goodbye", 0, 0), Connection.CloseOk)
        except (Unavailable, TimeoutError):
            pass
        finally:
            self.end("closed")
        await wait_for(self._gone, 2 * LINGER_SECONDS)

    def end(self, reason: str, error: Unavailable | None = None) -> None:
        """End the connection, for the first reason given, and tell whoever waits, with a more exact error if given."""
        if self._over is not None:
            return
        self._over = reason
        self._tell(error or Unavailable(f"broker ({reason})"))
        self._news.set()
        self._writable.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is None:
            self._gone.set()
        else:
            self._transport.close()
            self._timer = self._loop.call_later(LINGER_SECONDS, self._transport.abort)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast("asyncio.Transport", transport)
        if self._over is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._transport = None
        self.end(f"the connection was lost{f': {exc}' if exc else ''}")
        if self._timer is not None:
            self._timer.cancel()
        self._gone.set()

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Read every whole frame; of the last one its beginning is kept."""
        self._heard = self._loop.time()
        data = self._rest + data
        at, end = 0, len(data)
        try:
            while end - at >= frames.FRAME_OVERHEAD and self._over is None:
                kind, _channel, size = frames.FRAME.unpack_from(data, at)
                read = self._readers.get(kind)
                if read is None or size > self._frame_max - frames.FRAME_OVERHEAD:
                    raise ValueError(f"a frame of kind {kind} and {size} bytes")
                start = at + frames.FRAME.size
                stop = start + size
                if stop >= end:
                    break
                if data[stop] != frames.FRAME_END:
                    raise ValueError("a frame that does not end")
                read(data, start, stop)
                at = stop + 1
        except GARBLED as error:
            reason = f"not understood: {type(error).__name__}: {error}"
            self.end(reason, NoAmqpServer(f"broker ({reason})"))
        self._rest = data[at:] if self._over is None else b""

    def _read_method(self, data: bytes, at: int, stop: int) -> None:
        (index,) = frames.INDEX.unpack_from(data, at)
        if index == frames.DELIVER:
            tag_at = at + frames.INDEX.size + 1 + data[at + frames.INDEX.size]
            if tag_at + frames.TAG.size > stop:
                raise ValueError("a delivery that is cut short")
            self._expect(frames.DELIVER)
            self._tag, self._redelivered = frames.TAG.unpack_from(data, tag_at)
        elif index == frames.ACK:
            if at + frames.INDEX.size + frames.TAG.size > stop:
                raise ValueError("an acknowledgement that is cut short")
            tag, multiple = frames.TAG.unpack_from(data, at + frames.INDEX.size)
            self._record(tag, multiple=bool(multiple & 1), verdict=ACKED)
        else:
            method = unmarshal(data[at - frames.FRAME.size : stop + 1])[2]
            if isinstance(method, Frame):
                self._hear(method)

    def _read_header(self, data: bytes, at: int, stop: int) -> None:
        if at + frames.CONTENT.size > stop:
            raise ValueError("a content header that is cut short")
        _class, _weight, self._missing = frames.CONTENT.unpack_from(data, at)
        if not self._content or self._parts or self._missing > BODY_LIMIT:
            raise ValueError(f"a content header out of place, for {self._missing} bytes")
        if self._content == frames.RETURN and self._confirms is not None:
            header = unmarshal(data[at - frames.FRAME.size : stop + 1])[2]
            if isinstance(header, ContentHeader):
                self._confirms.returned(str(header.properties.message_id))
        if not self._missing:
            self._complete(b"")

    def _read_body(self, data: bytes, at: int, stop: int) -> None:
        self._missing -= stop - at
        if not self._content or self._missing < 0:
            raise ValueError("a body out of place")
        self._parts.append(data[at:stop])
        if not self._missing:
            self._complete(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))

    def _expect(self, content: int) -> None:
        if self._content:
            raise ValueError("a message inside a message")
        self._content = content

    def _complete(self, body: bytes) -> None:
        if self._content == frames.DELIVER:
            if len(self._arrived) >= self._prefetch:
                raise ValueError(f"more than {self._prefetch} deliveries at once")
            self._arrived.append(Delivery(body, bool(self._redelivered & 1), self._tag))
            self._news.set()
        self._content = 0
        self._parts = []

    def _record(self, tag: int, *, multiple: bool, verdict: bytes) -> None:
        if not 0 < tag < self._next_tag:
            raise ValueError(f"a confirm of message {tag}, which was never published")
        if self._confirms is not None:
            self._confirms.record(tag, multiple=multiple, verdict=verdict)

    def _hear(self, method: Frame) -> None:
        """Deal with a method that is rare."""
        match method:
            case Basic.Nack():
                self._record(method.delivery_tag, multiple=method.multiple, verdict=REFUSED)
            case Basic.Return():
                self._expect(frames.RETURN)
            case Basic.Cancel():
                self.end(f"consumer of {self._queue} was cancelled")
            case Connection.Close():
                self._send(Connection.CloseOk())
                reason = f"{method.reply_code} {method.reply_text}"
                self.end(reason, Refusal(f"broker ({reason})", method.reply_code or 0))
            case Channel.Close():
                self._send(Channel.CloseOk())
                self.end(f"{method.reply_code} {method.reply_text}")
            case Connection.Blocked():
                self._blocked = f"blocked: {method.reason}"
                self._tell(Unavailable(f"broker ({self._blocked})"))
            case Connection.Unblocked():
                self._blocked = None
            case _ if self._question is not None and isinstance(method, self._question[0]):
                answer, self._question = self._question[1], None
                if not answer.done():
                    answer.set_result(method)
            case _:
                raise ValueError(f"{method.name} out of place")

    async def _ask(self, request: Frame | ProtocolHeader, answer: type[Answer]) -> Answer:
        self._check()
        future: asyncio.Future[Frame] = self._loop.create_future()
        self._question = answer, future
        self._send(request)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return cast("Answer", await future)
        except asyncio.CancelledError:
            # An answer that comes later would be taken for the answer to another question.
            self.end(f"no answer to {request.name} was waited for")
            raise
        except TimeoutError as error:
            self.end(f"no answer to {request.name} within {ANSWER_SECONDS:g} s")
            raise Unavailable(f"broker ({self._over})") from error

    async def _until_writable(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._writable.wait()
        except TimeoutError:
            self.end(f"nothing could be written within {seconds:g} s")
        if self.trouble is not None:
            raise Unavailable(f"broker ({self.trouble})")

    async def _until_sent(self) -> None:
        while self._transport is not None and self._transport.get_write_buffer_size():  # noqa: ASYNC110 (tells nobody)
            await asyncio.sleep(0)

    def _packed(self, messages: Sequence[Message], ids: Sequence[str], exchange: str) -> bytes:
        now, parts = int(time.time()), list[bytes]()
        for message, message_id in zip(messages, ids, strict=True):
            parts += frames.publication(
                message.body,
                exchange=exchange,
                type_=message.type,
                id_=message.id,
                message_id=message_id,
                app_id=self._app_id,
                at=now,
                frame_max=self._frame_max,
            )
        return b"".join(parts)

    def _tell(self, error: Unavailable) -> None:
        """Whoever waits for a confirm need not wait longer; when all is over, nor whoever waits for an answer."""
        if self._confirms is not None and not self._confirms.settled.done():
            self._confirms.settled.set_exception(error)
        if self._over is not None and self._question is not None and not self._question[1].done():
            self._question[1].set_exception(error)

    def _check(self) -> None:
        if self._over is not None:
            raise Unavailable(f"broker ({self._over})")

    def _pulse(self) -> None:
        silent = self._loop.time() - self._heard
        if silent > 2 * self._heartbeat:
            self.end(f"silent for {silent:.0f} s")
        else:
            self._write(HEARTBEAT)
            self._timer = self._loop.call_later(self._heartbeat / 2, self._pulse)

    def _send(self, frame: Frame | ProtocolHeader) -> None:
        channel = 0 if isinstance(frame, ProtocolHeader) or frame.name.startswith("Connection.") else frames.CHANNEL
        self._write(marshal(frame, channel))

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)
