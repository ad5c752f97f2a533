"""`retour doctor` on the broker: the exchange, every queue and what waits in it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPException, ChannelNotFoundEntity, ChannelPreconditionFailed

from retour.hosting.data_folder import PREFIX
from retour.operating.doctor.finding import Notebook
from shared.contracts.operations import Service
from shared.database.database import open_database
from shared.kernel.errors import Said
from shared.messaging.broker_topology import (
    DEAD_ARGUMENTS,
    STREAM_ARGUMENTS,
    UNROUTED_ARGUMENTS,
    Arguments,
    BrokerNames,
)
from shared.messaging.bus import Message, NoteUnrouted, Subscription
from shared.messaging.bus_rabbitmq import broker_address, open_connection
from shared.telemetry.logging import silence_repeated_logs

SECONDS: Final = 5.0
"""How long the broker may take to answer."""
DEEP: Final = 10_000
"""Messages in a queue that are more than a busy hour's delay."""
AWAY: Final = (AMQPException, OSError, TimeoutError, RuntimeError)


class QueueList:
    """A bus that keeps the names of subscribed queues and does nothing else."""

    patience = 0.0

    def __init__(self) -> None:
        self.queues: list[str] = []

    async def publish(self, messages: Sequence[Message]) -> int:
        """A service that is only built publishes nothing, so a call is a mistake of this module."""
        raise AssertionError(f"{len(messages)} messages for a list of queues")

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        """As `publish`."""
        raise AssertionError(f"{len(messages)} messages to {service} for a list of queues")

    async def missing(self, queues: Sequence[str]) -> Sequence[str]:
        """Nobody asks: the queues are only listed here."""
        raise AssertionError(f"{len(queues)} queues are looked for in a list of queues")

    def collect_unrouted(self, known: Collection[str], note: NoteUnrouted) -> None:
        """Nothing is collected."""

    def subscribe(self, subscription: Subscription) -> None:
        """Add the queue's name."""
        self.queues.append(subscription.queue)

    async def check(self) -> None:
        """Never fails."""


def queues_of(recipe: Any, made: Mapping[str, Any]) -> Sequence[str]:
    """The queues that a service reads; its parts are built over a bus that only lists them."""
    own = made[PREFIX[recipe.name]]
    listing = QueueList()
    recipe.build(own, open_database(own.database_url, recipe.tables), listing)
    return listing.queues


async def check_broker(
    notebook: Notebook, service: Service, url: str, names: BrokerNames, queues: Sequence[str]
) -> None:
    """Whether a service's account can use the broker, and whether its queues are as they were declared."""
    about = f"broker {service}"
    silence_repeated_logs()
    try:
        connection = await open_connection(url, name="retour doctor", seconds=SECONDS)
    except AWAY as error:
        notebook.wrong(
            about,
            Said("{where} cannot be used: {why}", "无法使用 {where}：{why}"),
            Said(
                "Start RabbitMQ; check user, password and virtual host in {setting}.",
                "请启动 RabbitMQ，并检查 {setting} 中的用户、密码和虚拟主机。",
            ),
            where=broker_address(url),
            why=str(error) or type(error).__name__,
            setting=f"{PREFIX[service]}_BROKER_URL",
        )
        return
    async with connection:
        notebook.good(about, Said("{where} answers", "{where} 可用"), where=broker_address(url))
        if service is Service.REQUESTS:
            await _exchange(notebook, connection, names)
            await _queue(notebook, connection, names, names.unrouted, UNROUTED_ARGUMENTS, read=False)
            for stream in names.streams:
                await _queue(notebook, connection, names, stream, STREAM_ARGUMENTS, read=False)
        for queue in queues:
            own, dead = names.queue(queue), names.dead_letters_of(queue)
            await _queue(notebook, connection, names, own, names.queue_arguments(queue), read=True)
            await _queue(notebook, connection, names, dead, DEAD_ARGUMENTS, read=True)


async def _exchange(notebook: Notebook, connection: AbstractConnection, names: BrokerNames) -> None:
    about = f"exchange {names.events}"

    async def passive(channel: Any) -> Any:
        return await channel.declare_exchange(names.events, passive=True)

    async def active(channel: Any) -> Any:
        return await channel.declare_exchange(
            names.events, aio_pika.ExchangeType.TOPIC, durable=True, arguments=names.exchange_arguments()
        )

    if not await _exists(notebook, about, lambda: _on_a_channel(connection, passive)):
        return
    if await _fits(notebook, about, lambda: _on_a_channel(connection, active)):
        notebook.good(about, Said("there", "存在"))


async def _queue(
    notebook: Notebook,
    connection: AbstractConnection,
    names: BrokerNames,
    name: str,
    arguments: Arguments,
    *,
    read: bool,
) -> None:
    """Declare passively first, which creates nothing; then with arguments, which the broker compares."""
    about = f"queue {name}"

    async def passive(channel: Any) -> Any:
        return (await channel.declare_queue(name, passive=True)).declaration_result

    async def active(channel: Any) -> Any:
        return await channel.declare_queue(name, durable=True, arguments=arguments)

    found = await _exists(notebook, about, lambda: _on_a_channel(connection, passive))
    if not found or not await _fits(notebook, about, lambda: _on_a_channel(connection, active)):
        return
    deep, readers = found.message_count or 0, found.consumer_count or 0
    facts = {"deep": deep, "readers": readers, "exchange": names.events}
    if read and not readers:
        notebook.wrong(
            about,
            Said("nobody reads it; {deep} wait", "没有消费者；{deep} 条消息等待中"),
            Said(
                "Start its service; if it runs, see its loops (/livez) and its log.",
                "请启动对应服务；若已运行，请查看其循环任务（/livez）和日志。",
            ),
            **facts,
        )
    elif name.endswith(".dead") and deep:
        notebook.note(
            about,
            Said("{deep} messages crashed their consumer", "{deep} 条消息使消费者崩溃"),
            Said(
                "The service keeps them: see `retour dead-letters list`.",
                "服务会留存它们：见 `retour dead-letters list`。",
            ),
            **facts,
        )
    elif name == names.unrouted and deep:
        notebook.wrong(
            about,
            Said("{deep} events found no queue", "{deep} 个事件没有匹配的队列"),
            Said(
                "Within a minute the services collect their own and give them again. What stays was published to "
                "{exchange} by somebody else: look at it, then purge this queue.",
                "各服务会在一分钟内收回自己的事件并重发。仍留下的是他人发布到 {exchange} 的事件：请查看后清空此队列。",
            ),
            **facts,
        )
    elif deep > DEEP and name not in names.streams:
        notebook.note(
            about,
            Said("{deep} wait for {readers} consumer(s)", "{deep} 条等待中，{readers} 个消费者"),
            Said("See why its service is slow: its log, its database.", "请查看服务变慢的原因：日志与数据库。"),
            **facts,
        )
    else:
        notebook.good(about, Said("{deep} wait, {readers} consumer(s)", "{deep} 条等待中，{readers} 个消费者"), **facts)


async def _on_a_channel(connection: AbstractConnection, ask: Callable[[Any], Any]) -> Any:
    """Ask on a new channel, because the broker closes a channel after a refusal."""
    channel = await connection.channel(publisher_confirms=False)
    try:
        async with asyncio.timeout(SECONDS):
            return await ask(channel)
    finally:
        await channel.close()


async def _exists(notebook: Notebook, about: str, ask: Callable[[], Any]) -> Any:
    try:
        return await ask()
    except ChannelNotFoundEntity:
        notebook.wrong(
            about,
            Said("it does not exist", "不存在"),
            Said("Run `retour migrate --distributed`.", "请运行 `retour migrate --distributed`。"),
        )
    except AWAY as error:
        notebook.wrong(
            about,
            Said("it cannot be looked at: {why}", "无法查看：{why}"),
            Said("Check this user's permissions at the broker.", "请检查该用户在消息代理上的权限。"),
            why=str(error) or type(error).__name__,
        )
    return None


async def _fits(notebook: Notebook, about: str, ask: Callable[[], Any]) -> bool:
    try:
        await ask()
    except ChannelPreconditionFailed as error:
        notebook.wrong(
            about,
            Said("it was made otherwise than we need it: {why}", "其参数与要求不符：{why}"),
            Said(
                "Stop the services, delete it when it is empty, run `retour migrate --distributed`.",
                "停止服务，待其为空后删除，再运行 `retour migrate --distributed`。",
            ),
            why=error,
        )
        return False
    except AWAY as error:
        notebook.wrong(
            about,
            Said("its arguments cannot be compared: {why}", "无法比对其参数：{why}"),
            Said("Check this user's permissions at the broker.", "请检查该用户在消息代理上的权限。"),
            why=str(error) or type(error).__name__,
        )
        return False
    return True
