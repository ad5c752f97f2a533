"""An AMQP 0-9-1 connection with one channel for the two hot paths: publishing with confirms, and consuming in batches.

Frames that occur often are packed and read by our own code, all others by pamqp. The connection ends after a refusal,
a cancelled consumer, a silent peer, an unreadable frame or a lost socket. Every waiting call then raises `Unavailable`.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, TypeVar, cast

from pamqp.base import Frame
from pamqp.commands import Basic, Channel, Confirm, Connection
from pamqp.frame import marshal
from pamqp.header import ProtocolHeader
from uuid_utils import uuid7

from shared.kernel.errors import Unavailable
from shared.messaging import amqp_frames as frames
from shared.messaging.amqp_address import Address, NoAmqpServer, Refusal, address_of
from shared.messaging.amqp_confirms import ACKED, REFUSED, Confirms
from shared.messaging.amqp_reader import GARBLED, Delivery, FrameReader
from shared.messaging.bus import EXCHANGE, Message
from shared.runtime.loops import wait_for

HEARTBEAT_SECONDS: Final = 15
ANSWER_SECONDS: Final = 10.0
CONFIRM_SECONDS: Final = 10.0
LINGER_SECONDS: Final = 2.0
HEARTBEAT: Final = frames.FRAME.pack(frames.HEARTBEAT, 0, 0) + bytes((frames.FRAME_END,))
FRAME_MAX: Final = 131_072
CAPABILITIES: Final = (
    "authentication_failure_close",
    "basic.nack",
    "connection.blocked",
    "consumer_cancel_notify",
    "publisher_confirms",
)

Answer = TypeVar("Answer", bound=Frame)


async def connect(
    url: str, *, name: str, purpose: str, heartbeat: float = HEARTBEAT_SECONDS, seconds: float = ANSWER_SECONDS
) -> "AmqpWire":
    """An open connection with its channel.

    `Unavailable` when no connection can be made, `Refusal` when the broker refuses, `NoAmqpServer` when it is no
    broker.
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


class AmqpWire(asyncio.Protocol):
    """One connection, made by `connect`."""

    def __init__(self, name: str, heartbeat: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._app_id = f"retour.{name}"
        self._heartbeat = heartbeat
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._frame_max = FRAME_MAX
        self._last_received = self._loop.time()
        self._over: str | None = None
        self._blocked: str | None = None
        self._gone = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._question: tuple[type[Frame], asyncio.Future[Frame]] | None = None

        self._turn = asyncio.Lock()
        self._next_tag = 0
        self._confirms: Confirms | None = None

        self._queue = ""
        self._prefetch = 0
        self._arrived: deque[Delivery] = deque()
        self._news = asyncio.Event()
        self._reader = FrameReader(self, FRAME_MAX)
        self.opened = False
        self.was_cancelled = False
        """Whether the broker has cancelled the consumer, as it does when the queue is deleted."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be published now, if so."""
        return self._over or self._blocked

    @property
    def is_over(self) -> bool:
        """Whether the connection has ended."""
        return self._over is not None

    async def open(self, address: Address, connection_name: str) -> None:
        """Open the connection and its channel."""
        await self._ask(ProtocolHeader(), Connection.Start)
        capabilities: dict[str, object] = dict.fromkeys(CAPABILITIES, True)
        properties = {"product": "Retour", "connection_name": connection_name, "capabilities": capabilities}
        secret = f"\0{address.user}\0{address.password}"
        tune = await self._ask(Connection.StartOk(properties, "PLAIN", secret), Connection.Tune)  # type: ignore[arg-type]
        self._heartbeat = min(self._heartbeat, tune.heartbeat or self._heartbeat)
        self._frame_max = self._reader.frame_max = min(tune.frame_max or FRAME_MAX, FRAME_MAX)
        self._send(Connection.TuneOk(frames.CHANNEL, self._frame_max, round(self._heartbeat)))
        await self._ask(Connection.Open(address.virtual_host), Connection.OpenOk)
        await self._ask(Channel.Open(), Channel.OpenOk)
        self.opened = True
        self._pulse()

    async def confirm(self) -> None:
        """Ask the broker to confirm all messages from now on."""
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

        A refused or returned message ends the count. Missing confirms after the deadline end the connection too.
        `Unavailable` when the connection is over or blocked by an alarm before any confirm. Call `confirm()` first.
        `sent` is called when the bytes have left this process, before the confirms arrive.
        """
        if not messages:
            return 0
        async with self._turn:
            await self._until_writable(deadline)
            ids = [uuid7().hex for _ in messages]
            packed = self._packed(messages, ids, exchange)
            self._confirms = confirms = Confirms(self._next_tag, ids)
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
        """Start to consume a queue, with at most `prefetch` unacknowledged messages; once per connection."""
        self._queue, self._prefetch = queue, prefetch
        await self._ask(Basic.Qos(prefetch_count=prefetch), Basic.QosOk)
        await self._ask(Basic.Consume(queue=queue), Basic.ConsumeOk)

    async def batch(self, seconds: float) -> list[Delivery]:
        """All messages that have arrived, in order, at most the prefetch; empty when none arrives within `seconds`.

        `Unavailable` when the connection has ended: its deliveries cannot be acknowledged any more.
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
        """Acknowledge a delivery, or all up to it."""
        self._check()
        self._write(frames.acknowledgement(tag, multiple=multiple))

    async def close(self) -> None:
        """Close the connection; after two seconds without an answer, close the socket."""
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
        """End the connection, for the first reason given. Waiting calls raise `error`, if given."""
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
        self._transport = cast("asyncio.Transport", transport)
        if self._over is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.end(f"the connection was lost{f': {exc}' if exc else ''}")
        if self._timer is not None:
            self._timer.cancel()
        self._gone.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Read every complete frame. A malformed frame ends the connection."""
        self._last_received = self._loop.time()
        try:
            self._reader.feed(data)
        except GARBLED as error:
            reason = f"not understood: {type(error).__name__}: {error}"
            self.end(reason, NoAmqpServer(f"broker ({reason})"))

    def delivered(self, delivery: Delivery) -> None:
        if len(self._arrived) >= self._prefetch:
            raise ValueError(f"more than {self._prefetch} deliveries at once")
        self._arrived.append(delivery)
        self._news.set()

    def returned(self, message_id: str) -> None:
        if self._confirms is not None:
            self._confirms.returned(message_id)

    def acknowledged(self, tag: int, *, multiple: bool) -> None:
        self._record(tag, multiple=multiple, verdict=ACKED)

    def _record(self, tag: int, *, multiple: bool, verdict: bytes) -> None:
        if not 0 < tag < self._next_tag:
            raise ValueError(f"a confirm of message {tag}, which was never published")
        if self._confirms is not None:
            self._confirms.record(tag, multiple=multiple, verdict=verdict)

    def received(self, method: Frame) -> None:
        match method:
            case Basic.Nack():
                self._record(method.delivery_tag, multiple=method.multiple, verdict=REFUSED)
            case Basic.Return():
                self._reader.expect(frames.RETURN)
            case Basic.Cancel():
                self.was_cancelled = True
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
            # A late answer would be mistaken for the answer to the next request.
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
        """Fail the call that waits for confirms; after the end, also the call that waits for an answer."""
        if self._confirms is not None and not self._confirms.settled.done():
            self._confirms.settled.set_exception(error)
        if self._over is not None and self._question is not None and not self._question[1].done():
            self._question[1].set_exception(error)

    def _check(self) -> None:
        if self._over is not None:
            raise Unavailable(f"broker ({self._over})")

    def _pulse(self) -> None:
        silent = self._loop.time() - self._last_received
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
