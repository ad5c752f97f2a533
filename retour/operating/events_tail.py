"""`retour events tail`: one coloured line for each event, from the broker or from the feeds of the server."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from retour.access import Access, signed_in
from retour.exit_status import ExitStatus, Trouble
from shared.kernel.errors import Language, Said
from shared.messaging.broker_topology import BrokerNames
from shared.messaging.bus import PREFIX
from shared.messaging.bus_rabbitmq import AWAY, broker_address, open_connection
from shared.telemetry.logging import silence_repeated_logs

if TYPE_CHECKING:
    from retour.client import Client

NO_BROKER: Final = Said(
    "--broker is no address of a broker: amqp://user:password@host:port/virtual-host is wanted.",
    "--broker 不是消息代理的地址，应为 amqp://用户:密码@主机:端口/虚拟主机。",
)
QUIET_SECONDS: Final = 2.0
POLL_SECONDS: Final = 0.5
PAGE: Final = 200
COLOURS: Final[Mapping[str, str]] = {
    "order": "blue",
    "return": "cyan",
    "inspection": "magenta",
    "refund": "green",
    "message": "yellow",
}
TOLD: Final = (
    "rma",
    "outcome",
    "amount",
    "complete",
    "automatic",
    "carrier",
    "tracking_number",
    "kind",
    "channel",
    "code",
)
"""Facts worth a word in the summary."""

NOTHING_CAME: Final = Said(
    "Nothing came within {seconds} seconds: a broker gives this command what is published while it runs, nothing "
    "older. Leave --no-follow away to wait; --feed all shows the events of refunds and returns there have been.",
    "{seconds} 秒内没有新事件：消息代理只提供本命令运行期间发布的事件，不补发此前的。"
    "去掉 --no-follow 可持续等待；--feed all 可查看以往的退款与退货事件。",
)
NOTHING_YET: Final = Said("There is no such event yet.", "尚无此类事件。")
NONE_FITS: Final = Said(
    "None of {seen} events is of a type like {pattern}.", "共 {seen} 个事件，没有类型符合 {pattern} 的。"
)


class Feed(StrEnum):
    """The feeds of a server."""

    REFUNDS = "refunds"
    RETURNS = "returns"
    ALL = "all"


PATHS: Final[Mapping[Feed, tuple[str, ...]]] = {
    Feed.REFUNDS: ("/v1/finance/events",),
    Feed.RETURNS: ("/v1/return-events",),
    Feed.ALL: ("/v1/return-events", "/v1/finance/events"),
}


class Shown:
    """Prints the events whose type, with or without its version, matches a pattern."""

    def __init__(self, pattern: str, console: Console, *, as_json: bool) -> None:
        self._pattern = pattern
        self._console = console
        self._as_json = as_json
        self._seen = 0
        self._printed = 0

    def show(self, event: Mapping[str, Any]) -> None:
        """Print one line."""
        self._seen += 1
        type_ = str(event.get("type", "?"))
        if not any(fnmatchcase(name, self._pattern) for name in (type_, type_.rpartition(".v")[0])):
            return
        self._printed += 1
        if self._as_json:
            print(json.dumps(event, ensure_ascii=False), flush=True)
            return
        self._console.print(summary(event), soft_wrap=True)

    def why_nothing(self, language: Language, otherwise: Said) -> str | None:
        """Why nothing was printed, so that a person does not look at an empty screen; None if something was."""
        if self._printed:
            return None
        if self._seen:
            return NONE_FITS.to(language, seen=self._seen, pattern=self._pattern)
        return otherwise.to(language, seconds=f"{QUIET_SECONDS:g}")


def summary(event: Mapping[str, Any]) -> Text:
    """Time, type, subject, and facts."""
    type_ = str(event.get("type", "?"))
    data = event.get("data") or {}
    told = (f"{name}={_brief(data[name])}" for name in TOLD if data.get(name) is not None)
    return Text.assemble(
        (str(event.get("time", ""))[:23], "dim"),
        " ",
        (f"{type_:<26}", COLOURS.get(type_.partition(".")[0], "red")),
        f" {event.get('subject', '?')}#{event.get('sequence', '?')}",
        (
            f" ({event['correlationid']})" if event.get("correlationid") not in {None, event.get("subject")} else "",
            "dim",
        ),
        " ",
        " ".join(told),
    )


async def of_broker(url: str, shown: Shown, *, follow: bool, prefix: str = PREFIX) -> None:
    """Every event from now on, by an exclusive queue that the broker deletes afterwards."""
    silence_repeated_logs()
    try:
        async with await open_connection(url, name="retour events tail") as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(
                f"{prefix}.operating.events_tail.{uuid4().hex[:12]}", exclusive=True, auto_delete=True
            )
            await queue.bind(await channel.get_exchange(BrokerNames(prefix).events, ensure=False), "#")
            async with queue.iterator(no_ack=True, timeout=None if follow else QUIET_SECONDS) as arriving:
                with contextlib.suppress(TimeoutError):
                    async for message in arriving:
                        shown.show(_event(message.body))
                    raise ConnectionError("it has closed the connection")
    except ValueError as error:
        raise Trouble(NO_BROKER, ExitStatus.SETTINGS) from error
    except AWAY as error:
        raise Trouble(
            Said("The broker at {where} cannot be used: {why}", "无法使用消息代理 {where}：{why}"),
            ExitStatus.AWAY,
            where=broker_address(url),
            why=str(error) or type(error).__name__,
        ) from error


@dataclass(slots=True)
class _Reading:
    """How far one feed has been read: its cursor, the events that are not shown yet, and whether there are more."""

    path: str
    after: str | None = None
    more: bool = True
    waiting: deque[Mapping[str, Any]] = field(default_factory=deque)

    async def fill(self, server: "Client") -> None:
        """Read on until an event waits, or to the end."""
        while self.more and not self.waiting:
            page = await server.get(self.path, after=self.after, limit=PAGE)
            self.waiting.extend(page["items"])
            self.after = page["next"] or self.after
            self.more = page["more"]


async def of_feed(access: Access, shown: Shown, language: Language, *, follow: bool, feed: Feed = Feed.REFUNDS) -> None:
    """The events of a server from the first one on, by the cursors of its feeds, in the order of their times."""
    readings = [_Reading(path) for path in PATHS[feed]]
    async with signed_in(access, language) as server:
        while True:
            for each in readings:
                await each.fill(server)
            waiting = [each.waiting for each in readings if each.waiting]
            if waiting:
                shown.show(min(waiting, key=lambda events: str(events[0].get("time", ""))).popleft())
                continue
            if not follow:
                return
            await asyncio.sleep(POLL_SECONDS)
            for each in readings:
                each.more = True


def _event(body: bytes) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except ValueError:
        event = None
    return event if isinstance(event, dict) else {"type": "unreadable", "subject": body[:80].decode("utf-8", "replace")}


def _brief(value: Any) -> str:
    if isinstance(value, dict) and {"amount_minor", "currency"} <= value.keys():
        from shared.kernel.money import Money

        return str(Money(value["amount_minor"], value["currency"]))
    return str(value).lower() if isinstance(value, bool) else str(value)
