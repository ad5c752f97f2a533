"""Checks the servers of the distributed mode before anything is changed: they answer, and they accept us.

Each error is one line: what, where, and what to do. A server that refuses, or is of another kind, is a wrong setting. A
server that does not answer is an outage.

Sources: PostgreSQL 15 manual, appendix A (classes 28, 3D, 42); AMQP 0-9-1, 1.2 "AMQP-defined constants".
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from retour.exit_status import ExitStatus, Trouble
from retour.hosting import provisioning, settings
from retour.hosting.data_folder import DataFolder
from shared.kernel.errors import Said, Unavailable
from shared.messaging import amqp_address, amqp_wire
from shared.messaging.bus_rabbitmq import broker_address

SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a server cannot be used."""

    says: Said
    ending: ExitStatus

    def trouble(self, where: str, why: str, names: Sequence[str]) -> Trouble:
        """The line for a person; `names` are the settings that hold the address."""
        return Trouble(self.says, self.ending, where=where, why=why, setting=", ".join(names))


NO_POSTGRES: Final = Reason(
    Said(
        "PostgreSQL at {where} does not answer: {why}. Start it, or correct {setting}.",
        "{where} 的 PostgreSQL 无响应：{why}。请启动它，或更正 {setting}。",
    ),
    ExitStatus.AWAY,
)
NO_SUCH_USER: Final = Reason(
    Said(
        "PostgreSQL at {where} does not let this user in: {why}. Check user and password in {setting}.",
        "{where} 的 PostgreSQL 拒绝该用户登录：{why}。请检查 {setting} 中的用户和密码。",
    ),
    ExitStatus.SETTINGS,
)
NO_SUCH_DATABASE: Final = Reason(
    Said(
        "PostgreSQL at {where} has no such database: {why}. Check the name at the end of {setting}.",
        "{where} 的 PostgreSQL 没有该数据库：{why}。请检查 {setting} 末尾的名称。",
    ),
    ExitStatus.SETTINGS,
)
NO_RIGHT: Final = Reason(
    Said(
        "PostgreSQL at {where} does not allow this user what is needed: {why}. Give the role CREATEDB and CREATEROLE, "
        "or name another user in {setting}.",
        "{where} 的 PostgreSQL 不允许该用户执行所需操作：{why}。请授予该角色 CREATEDB 和 CREATEROLE，"
        "或在 {setting} 中使用其他用户。",
    ),
    ExitStatus.SETTINGS,
)
NO_POSTGRES_THERE: Final = Reason(
    Said(
        "What answers at {where} is not PostgreSQL, or speaks TLS otherwise than asked: {why}. Correct {setting}.",
        "{where} 响应的不是 PostgreSQL，或其 TLS 与要求不符：{why}。请更正 {setting}。",
    ),
    ExitStatus.SETTINGS,
)
NO_ADDRESS: Final = Reason(
    Said(
        "PostgreSQL at {where} cannot be asked like this: {why}. Correct {setting}.",
        "无法以此方式访问 {where} 的 PostgreSQL：{why}。请更正 {setting}。",
    ),
    ExitStatus.SETTINGS,
)
NO_BROKER: Final = Reason(
    Said(
        "RabbitMQ at {where} does not answer: {why}. Start it, or correct {setting}.",
        "{where} 的 RabbitMQ 无响应：{why}。请启动它，或更正 {setting}。",
    ),
    ExitStatus.AWAY,
)
NO_BROKER_THERE: Final = Reason(
    Said(
        "What answers at {where} is not RabbitMQ, or speaks TLS otherwise than asked: {why}. Correct {setting}.",
        "{where} 响应的不是 RabbitMQ，或其 TLS 与要求不符：{why}。请更正 {setting}。",
    ),
    ExitStatus.SETTINGS,
)
NO_BROKER_ADDRESS: Final = Reason(
    Said(
        "RabbitMQ at {where} cannot be asked like this: {why}. Correct {setting}.",
        "无法以此方式访问 {where} 的 RabbitMQ：{why}。请更正 {setting}。",
    ),
    ExitStatus.SETTINGS,
)
NO_BROKER_USER: Final = Reason(
    Said(
        "RabbitMQ at {where} does not let this user in: {why}. Check user and password in {setting}.",
        "{where} 的 RabbitMQ 拒绝该用户登录：{why}。请检查 {setting} 中的用户和密码。",
    ),
    ExitStatus.SETTINGS,
)
NO_VIRTUAL_HOST: Final = Reason(
    Said(
        "RabbitMQ at {where} does not open this virtual host: {why}. Make it (`rabbitmqctl add_vhost`) and give the "
        "user permissions, or correct {setting}.",
        "{where} 的 RabbitMQ 不开放该虚拟主机：{why}。请创建它（`rabbitmqctl add_vhost`）并为该用户授权，"
        "或更正 {setting}。",
    ),
    ExitStatus.SETTINGS,
)

BY_STATE: Final[Mapping[str, Reason]] = {
    "28": NO_SUCH_USER,
    "3D": NO_SUCH_DATABASE,
    "42501": NO_RIGHT,
    "42": NO_ADDRESS,
}
"""Refusals of PostgreSQL: by SQLSTATE or its class; the first that fits."""

BY_REPLY: Final[Mapping[int, Reason]] = {403: NO_BROKER_USER, 530: NO_VIRTUAL_HOST}
"""Refusals of a broker: by AMQP's reply code."""

NOT_TLS: Final = "rejected SSL upgrade"
"""asyncpg's text when the first byte of an answer is not PostgreSQL's."""


NOT_TO_BE_REACHED: Final = (
    OSError,
    ValueError,
    OverflowError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises when it cannot connect, or when a connection is used only to prove that it exists."""


async def prepare(data_folder: DataFolder, given: Mapping[str, str], made: Mapping[str, str]) -> None:
    """Check that every server can be used, and make missing roles and databases. Raises `Trouble`.

    `given` are a person's settings, `made` those of every process in addition.
    """
    administrative = given.get("RETOUR_POSTGRES_URL")
    if administrative:
        await _ask_postgres(administrative, ["RETOUR_POSTGRES_URL"])
    for url, names in _named("BROKER_URL", "RETOUR_BROKER_URL", given, made):
        await _ask_broker(url, names)
    if administrative:
        with _postgres_troubles(administrative, ["RETOUR_POSTGRES_URL"]):
            await provisioning.provision(administrative, data_folder)
    for url, names in _named("DATABASE_URL", "RETOUR_POSTGRES_URL", given, made):
        if url.startswith("postgres"):
            await _ask_postgres(url, names)


def _named(
    part: str, whole: str, given: Mapping[str, str], made: Mapping[str, str]
) -> Iterable[tuple[str, Sequence[str]]]:
    """Every address of this kind once, with the settings that a person would correct."""
    names: dict[str, list[str]] = {}
    for prefix in sorted(settings.PREFIXES):
        name = f"{prefix}_{part}"
        own = given.get(name)
        if url := own or made.get(name):
            names.setdefault(url, []).append(name if own else whole)
    return [(url, sorted(set(each))) for url, each in names.items()]


async def _ask_postgres(url: str, names: Sequence[str]) -> None:
    with _postgres_troubles(url, names):
        connection = await asyncpg.connect(url, timeout=SECONDS)
        await connection.close(timeout=SECONDS)


@contextmanager
def _postgres_troubles(url: str, names: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except NOT_TO_BE_REACHED as error:
        raise reason_of(error).trouble(
            urlsplit(url).netloc.rpartition("@")[2] or "localhost", _in_a_line(error), names
        ) from error


def reason_of(error: Exception) -> Reason:
    """Why PostgreSQL cannot be used, by asyncpg's error."""
    match error:
        case asyncpg.PostgresError():
            state = error.sqlstate or ""
            return next((reason for start, reason in BY_STATE.items() if state.startswith(start)), NO_POSTGRES)
        case ssl.SSLError():
            return NO_POSTGRES_THERE
        case ConnectionError() if NOT_TLS in str(error):
            return NO_POSTGRES_THERE
        case OSError():
            return NO_POSTGRES
        case _:
            return NO_ADDRESS


async def _ask_broker(url: str, names: Sequence[str]) -> None:
    try:
        wire = await amqp_wire.connect(url, name="command", purpose="look", seconds=SECONDS)
    except Unavailable as error:
        raise broker_reason_of(error).trouble(broker_address(url), _in_a_line(error), names) from error
    await wire.close()


def broker_reason_of(error: Unavailable) -> Reason:
    """Why the broker cannot be used."""
    match error:
        case amqp_address.Refusal():
            return BY_REPLY.get(error.reply, NO_BROKER)
        case amqp_address.NoAmqpServer() | Unavailable(__cause__=ssl.SSLError()):
            return NO_BROKER_THERE
        case Unavailable(__cause__=ValueError()):
            return NO_BROKER_ADDRESS
        case _:
            return NO_BROKER


def _in_a_line(error: Exception) -> str:
    """The library's own text without its full stop."""
    if isinstance(error, Unavailable):
        said = error.what.en.removeprefix("broker (").removesuffix(")")
    else:
        said = str(error) or f"{type(error).__name__} ({SECONDS:g} s)"
    return said.partition("\n")[0].rstrip(". ")
