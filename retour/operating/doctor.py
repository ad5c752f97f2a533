"""`retour doctor`: looks at everything a Retour stands on, says what is wrong and what to do, changes nothing."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import aio_pika
import asyncpg
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPException, ChannelNotFoundEntity, ChannelPreconditionFailed
from rich.console import Console
from rich.table import Table

import gateway.app
from retour.access import Access
from retour.client import Client, Document, Refusal, client
from retour.exit_status import Trouble
from retour.hosting import embedded as one_process, settings
from retour.hosting.data_folder import PREFIX, DataFolder
from retour.hosting.recipes import RECIPES
from shared.contracts.operations import Service
from shared.database.database import open_database
from shared.database.migrating import newest
from shared.kernel.errors import Language, Said
from shared.messaging.bus import EXCHANGE, FINANCE_STREAM, UNROUTED, Message, Subscription
from shared.messaging.bus_rabbitmq import (
    DEAD_ARGUMENTS,
    EXCHANGE_ARGUMENTS,
    STREAM_ARGUMENTS,
    UNROUTED_ARGUMENTS,
    Arguments,
    broker_address,
    dead_letters_of,
    open_connection,
    queue_arguments,
)
from shared.runtime.clock import now
from shared.telemetry.logging import silence_repeated_logs

SECONDS: Final = 5.0
SKEW_SECONDS: Final = 2.0
PAGE: Final = 1000
DEEP: Final = 10_000
"""Messages in a queue that are more than a busy hour's delay."""

AWAY: Final = (AMQPException, OSError, TimeoutError, RuntimeError)


class Level(StrEnum):
    """How bad it is; only `WRONG` makes the exit status say so."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


MARKS: Final[Mapping[Level, str]] = {Level.GOOD: "[green]✓[/]", Level.NOTE: "[yellow]![/]", Level.WRONG: "[red]✗[/]"}
NOTHING: Final = Said("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, what to do about it."""

    about: str
    level: Level
    what: str
    do: str = ""


@dataclass(slots=True)
class Notebook:
    """Findings, in one language."""

    language: Language
    findings: list[Finding]

    def good(self, about: str, said: Said, **facts: Any) -> None:
        """It is as it ought to be."""
        self.findings.append(Finding(about, Level.GOOD, said.to(self.language, **facts)))

    def note(self, about: str, said: Said, do: Said, **facts: Any) -> None:
        """Worth a look."""
        self._write(about, Level.NOTE, said, do, facts)

    def wrong(self, about: str, said: Said, do: Said, **facts: Any) -> None:
        """It must be mended."""
        self._write(about, Level.WRONG, said, do, facts)

    def _write(self, about: str, level: Level, said: Said, do: Said, facts: Mapping[str, Any]) -> None:
        self.findings.append(Finding(about, level, said.to(self.language, **facts), do.to(self.language, **facts)))


def healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing must be mended."""
    return all(finding.level is not Level.WRONG for finding in findings)


def show(findings: Sequence[Finding], console: Console, language: Language, *, as_json: bool) -> None:
    """A table for a person; for a program a document with `healthy` and `findings`."""
    if as_json:
        document = {
            "healthy": healthy(findings),
            "findings": [
                {"about": finding.about, "level": finding.level.value, "what": finding.what, "do": finding.do}
                for finding in findings
            ],
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column(Said("looked at", "检查项").to(language), no_wrap=True)
    table.add_column(Said("found", "结果").to(language), overflow="fold")
    for finding in findings:
        text = finding.what.replace("[", r"\[")
        advice = f"\n[bold]→ {finding.do.replace('[', chr(92) + '[')}[/bold]" if finding.do else ""
        table.add_row(MARKS[finding.level], finding.about, text + advice)
    console.print(table)
    said = (
        Said("Everything is as it ought to be.", "一切正常。")
        if healthy(findings)
        else Said("Something has to be mended: see →.", "存在需要处理的问题：见 →。")
    )
    console.print(said.to(language), style="bold green" if healthy(findings) else "bold red")


async def embedded(place: DataFolder, access: Callable[[], Access], language: Language) -> Sequence[Finding]:
    """Everything about a Retour over a folder."""
    notebook = Notebook(language, [])
    if place.folder.is_dir() and not place.is_new and not place.has_secrets:
        notebook.wrong(
            "secrets.json",
            Said("it is gone, and there are databases beside it", "文件缺失，而数据库仍在"),
            Said(
                "Bring back a copy. A start without it makes new secrets: sessions end, and the administrator keeps "
                "the old password.",
                "请恢复备份。缺少它启动会生成新的密钥：会话失效，管理员仍使用旧密码。",
            ),
        )
        return notebook.findings
    if not place.folder.is_dir() or not place.has_secrets:
        notebook.wrong(
            str(place.folder),
            Said("No Retour has been started from this folder.", "该目录从未启动过 Retour。"),
            Said(
                "Start one with `retour up`, or name its folder with --data.",
                "用 `retour up` 启动，或用 --data 指定目录。",
            ),
        )
        return notebook.findings
    _folder(notebook, place)
    try:
        makers = one_process.settings_of(place, host="127.0.0.1", port=8080)
    except OSError as error:
        _damaged(notebook, error)
        return notebook.findings
    _settings(notebook, settings.wrong(makers))
    for name, migrations in _migrations().items():
        _file(notebook, name, place.folder / f"{name}.db", newest(migrations))
    await _server(notebook, access)
    return notebook.findings


async def distributed(place: DataFolder, access: Callable[[], Access], language: Language) -> Sequence[Finding]:
    """Everything about a Retour on PostgreSQL and RabbitMQ."""
    from retour.hosting import server

    notebook = Notebook(language, [])
    away = settings.missing(os.environ)
    for line in away:
        notebook.wrong(
            "settings",
            Said("{line} is missing", "缺少 {line}"),
            Said("Set it in the environment.", "请在环境变量中设置。"),
            line=line,
        )
    if away:
        return notebook.findings
    if place.has_secrets:
        _folder(notebook, place)
        try:
            os.environ.update(server.environment_of(place, port=8080, first_service_port=8101))
        except OSError as error:
            _damaged(notebook, error)
            return notebook.findings
    makers: dict[str, Callable[[], Any]] = {PREFIX[recipe.name]: recipe.settings for recipe in RECIPES}
    makers["GATEWAY"] = gateway.app.RECIPE.settings
    wrong = settings.wrong(makers)
    _settings(notebook, wrong)
    if wrong:
        return notebook.findings
    made = {prefix: make() for prefix, make in makers.items()}
    names = {str(name): prefix for name, prefix in PREFIX.items()} | {gateway.app.RECIPE.name: "GATEWAY"}
    for name, migrations in _migrations().items():
        await _postgres(notebook, name, made[names[name]].database_url, newest(migrations))
    for recipe in RECIPES:
        await _broker(notebook, recipe.name, made[PREFIX[recipe.name]].broker_url, _queues(recipe, made))
    await _server(notebook, access)
    return notebook.findings


def _damaged(notebook: Notebook, error: OSError) -> None:
    notebook.wrong("secrets.json", Said("{why}", "{why}"), Said("Bring back a copy.", "请恢复备份。"), why=error)


def _migrations() -> Mapping[str, Path]:
    everything: Sequence[Any] = (*RECIPES, gateway.app.RECIPE)
    return {str(recipe.name): recipe.migrations for recipe in everything}


def _settings(notebook: Notebook, wrong: Sequence[str]) -> None:
    for line in wrong:
        notebook.wrong(
            "settings",
            Said("{line}", "{line}"),
            Said("Correct it in the environment and start again.", "请在环境变量中更正后重新启动。"),
            line=line,
        )
    if not wrong:
        notebook.good("settings", Said("every service's settings fit", "各服务的设置均有效"))


def _folder(notebook: Notebook, place: DataFolder) -> None:
    about = str(place.folder)
    free = shutil.disk_usage(place.folder).free
    if not os.access(place.folder, os.W_OK | os.X_OK):
        notebook.wrong(
            about,
            Said("it cannot be written", "目录不可写"),
            Said("Give this user the right to write there.", "请为当前用户授予写权限。"),
        )
    elif free < one_process.FREE_BYTES:
        notebook.wrong(
            about,
            Said("{free} MB are free", "剩余 {free} MB"),
            Said("Free some space on this disk.", "请释放磁盘空间。"),
            free=free // 1_000_000,
        )
    else:
        notebook.good(about, Said("writable, {free} MB free", "可写，剩余 {free} MB"), free=free // 1_000_000)
    mode = (place.folder / "secrets.json").stat().st_mode & 0o077
    if mode:
        notebook.wrong(
            "secrets.json",
            Said("others on this machine can read it", "本机其他用户可读取"),
            Said("chmod 600 {file}", "chmod 600 {file}"),
            file=place.folder / "secrets.json",
        )


def _file(notebook: Notebook, name: str, path: Path, head: str) -> None:
    about = f"database {name}"
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=SECONDS)
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        notebook.wrong(
            about,
            Said("{path} cannot be read: {why}", "{path} 无法读取：{why}"),
            Said("Run `retour migrate`, or bring back a copy.", "运行 `retour migrate`，或恢复备份。"),
            path=path,
            why=error,
        )
        return
    if sound != "ok":
        notebook.wrong(
            about,
            Said("{path} is damaged: {why}", "{path} 已损坏：{why}"),
            Said("Stop Retour and bring back a copy.", "请停止 Retour 并恢复备份。"),
            path=path,
            why=sound,
        )
        return
    _at_head(notebook, about, found[0] if found else None, head)


async def _postgres(notebook: Notebook, name: str, url: str, head: str) -> None:
    about = f"database {name}"
    try:
        connection = await asyncpg.connect(url, timeout=SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        notebook.wrong(
            about,
            Said("it cannot be reached: {why}", "无法连接：{why}"),
            Said(
                "Start PostgreSQL, and check {setting}; `retour migrate --distributed` makes what is missing.",
                "请启动 PostgreSQL 并检查 {setting}；`retour migrate --distributed` 会创建缺失的部分。",
            ),
            why=str(error) or type(error).__name__,
            setting=f"{name.upper()}_DATABASE_URL",
        )
        return
    try:
        there = await connection.fetchval("SELECT to_regclass('alembic_version')")
        found = await connection.fetchval("SELECT version_num FROM alembic_version") if there else None
        theirs = await connection.fetchval("SELECT clock_timestamp()")
    except asyncpg.PostgresError as error:
        notebook.wrong(
            about,
            Said("it cannot be read: {why}", "无法读取：{why}"),
            Said(
                "Its role must own the database and its tables: run `retour migrate --distributed` as it.",
                "其角色须拥有该数据库及其中的表：请以该角色运行 `retour migrate --distributed`。",
            ),
            why=str(error),
        )
        return
    finally:
        await connection.close()
    _at_head(notebook, about, found, head)
    _same_clock(notebook, about, (theirs - now()).total_seconds())


def _same_clock(notebook: Notebook, about: str, ahead: float) -> None:
    """Clocks a second apart still order nothing wrongly, but tokens live for a minute and people read moments."""
    if abs(ahead) > SKEW_SECONDS:
        notebook.wrong(
            about,
            Said("its clock is {ahead} s ahead of this machine's", "其时钟比本机快 {ahead} 秒"),
            Said("Let both follow a time server (NTP).", "请让两者与时间服务器（NTP）同步。"),
            ahead=round(ahead, 1),
        )


def _at_head(notebook: Notebook, about: str, found: str | None, head: str) -> None:
    if found is None or found < head:
        notebook.wrong(
            about,
            Said("its schema is {found}, the program's is {head}", "数据库结构为 {found}，程序需要 {head}"),
            Said("Run `retour migrate`.", "请运行 `retour migrate`。"),
            found=found or "–",
            head=head,
        )
    elif found > head:
        notebook.note(
            about,
            Said("its schema {found} is newer than the program's {head}", "数据库结构 {found} 比程序的 {head} 新"),
            Said("Bring this program up to date.", "请更新本程序。"),
            found=found,
            head=head,
        )
    else:
        notebook.good(about, Said("reachable, schema {head}", "可访问，结构 {head}"), head=head)


class _Listing:
    """A bus that only notes who would listen."""

    patience = 0.0

    def __init__(self) -> None:
        self.queues: list[str] = []

    async def publish(self, messages: Sequence[Message]) -> int:
        """Nothing is ever offered here."""
        raise NotImplementedError(f"{len(messages)} messages for a list of queues")

    def subscribe(self, subscription: Subscription) -> None:
        """Note the queue."""
        self.queues.append(subscription.queue)

    async def check(self) -> None:
        """It is always there."""


def _queues(recipe: Any, made: Mapping[str, Any]) -> Sequence[str]:
    own = made[PREFIX[recipe.name]]
    listing = _Listing()
    recipe.build(own, open_database(own.database_url, recipe.tables), listing)
    return listing.queues


async def _broker(notebook: Notebook, service: Service, url: str, queues: Sequence[str]) -> None:
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
            await _exchange(notebook, connection)
            await _queue(notebook, connection, UNROUTED, UNROUTED_ARGUMENTS, read=False)
            await _queue(notebook, connection, FINANCE_STREAM, STREAM_ARGUMENTS, read=False)
        for queue in queues:
            await _queue(notebook, connection, queue, queue_arguments(queue), read=True)
            await _queue(notebook, connection, dead_letters_of(queue), DEAD_ARGUMENTS, read=True)


async def _exchange(notebook: Notebook, connection: AbstractConnection) -> None:
    about = f"exchange {EXCHANGE}"
    if not await _exists(notebook, about, lambda: _on_a_channel(connection, _passive_exchange)):
        return
    if await _fits(notebook, about, lambda: _on_a_channel(connection, _active_exchange)):
        notebook.good(about, Said("there", "存在"))


async def _queue(
    notebook: Notebook, connection: AbstractConnection, name: str, arguments: Arguments, *, read: bool
) -> None:
    """Passive first, so that looking makes nothing; then with the arguments, which the broker compares."""
    about = f"queue {name}"

    async def passive(channel: Any) -> Any:
        return (await channel.declare_queue(name, passive=True)).declaration_result

    async def active(channel: Any) -> Any:
        return await channel.declare_queue(name, durable=True, arguments=arguments)

    found = await _exists(notebook, about, lambda: _on_a_channel(connection, passive))
    if not found or not await _fits(notebook, about, lambda: _on_a_channel(connection, active)):
        return
    deep, readers = found.message_count or 0, found.consumer_count or 0
    facts = {"deep": deep, "readers": readers, "exchange": EXCHANGE}
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
    elif name == UNROUTED and deep:
        notebook.wrong(
            about,
            Said("{deep} events found no queue", "{deep} 个事件没有匹配的队列"),
            Said(
                "A consumer's binding was missing when they were sent, or they are not ours. Run `retour migrate "
                "--distributed` and move ours from this queue to the exchange {exchange} again, routing keys kept.",
                "发送时缺少消费者绑定，或并非本系统的事件。请运行 `retour migrate --distributed`，再将本系统的事件"
                "按原路由键移回交换机 {exchange}。",
            ),
            **facts,
        )
    elif deep > DEEP and name != FINANCE_STREAM:
        notebook.note(
            about,
            Said("{deep} wait for {readers} consumer(s)", "{deep} 条等待中，{readers} 个消费者"),
            Said("See why its service is slow: its log, its database.", "请查看服务变慢的原因：日志与数据库。"),
            **facts,
        )
    else:
        notebook.good(about, Said("{deep} wait, {readers} consumer(s)", "{deep} 条等待中，{readers} 个消费者"), **facts)


async def _passive_exchange(channel: Any) -> Any:
    return await channel.declare_exchange(EXCHANGE, passive=True)


async def _active_exchange(channel: Any) -> Any:
    return await channel.declare_exchange(
        EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True, arguments=EXCHANGE_ARGUMENTS
    )


async def _on_a_channel(connection: AbstractConnection, ask: Callable[[Any], Any]) -> Any:
    """A refusal closes the channel, so every question gets one of its own."""
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


async def _server(notebook: Notebook, find_access: Callable[[], Access]) -> None:
    """The running server as the operator sees it, through the gateway."""
    try:
        access = find_access()
        async with client(access.url, notebook.language) as nobody:
            status, document = await nobody.health("/readyz")
            if status != 200:  # noqa: PLR2004
                notebook.wrong(
                    access.url,
                    Said("it is not ready: {checks}", "未就绪：{checks}"),
                    Said("Mend what is named, then it becomes ready by itself.", "修复所列问题后会自动恢复。"),
                    checks=document.get("checks") or document.get("detail") or status,
                )
                return
            notebook.good(access.url, Said("ready", "就绪"))
            operator = await nobody.sign_in(access.administrator.email, access.administrator.password)
            for service in Service:
                await _service(notebook, operator, service)
    except Trouble as trouble:
        notebook.wrong(
            "server",
            Said("{why}", "{why}"),
            Said("Then run `retour doctor` again.", "然后再次运行 `retour doctor`。"),
            why=trouble.say(notebook.language),
        )


async def _service(notebook: Notebook, operator: Client, service: Service) -> None:
    about = f"service {service}"
    before = len(notebook.findings)
    try:
        loops = (await operator.get(f"/v1/operations/{service}/loops"))["items"]
    except Refusal as refusal:
        notebook.wrong(
            about,
            Said("it does not answer: {why}", "无响应：{why}"),
            Said("Start it, and look at its log.", "请启动该服务并查看日志。"),
            why=refusal.say(notebook.language),
        )
        return
    _loops(notebook, about, loops)
    try:
        dead, waiting = [
            await operator.get(f"/v1/operations/{service}/dead-letters", state=state, limit=PAGE)
            for state in ("dead", "waiting")
        ]
    except Refusal as refusal:
        notebook.wrong(
            about,
            Said("its parked events cannot be listed: {why}", "无法列出其搁置的事件：{why}"),
            Said("Look at its database and its log.", "请检查其数据库和日志。"),
            why=refusal.say(notebook.language),
        )
        return
    _letters(notebook, about, dead, waiting)
    if len(notebook.findings) == before:
        notebook.good(about, Said("{n} loops alive, nothing parked", "{n} 个循环任务正常，无搁置事件"), n=len(loops))


def _loops(notebook: Notebook, about: str, loops: Sequence[Document]) -> None:
    for loop in loops:
        if not loop["alive"]:
            notebook.wrong(
                about,
                Said("loop {name} has been silent for {age} s", "循环任务 {name} 已 {age} 秒无响应"),
                Said("Restart the service, and look at its log.", "请重启服务并查看日志。"),
                name=loop["name"],
                age=loop["age_s"],
            )
        elif loop["failing"]:
            notebook.wrong(
                about,
                Said("loop {name} fails again and again: {why}", "循环任务 {name} 反复失败：{why}"),
                Said(
                    "Mend what it names; the loop goes on by itself. Its log has the whole story.",
                    "请修复所述问题，循环任务会自动继续。详情见其日志。",
                ),
                name=loop["name"],
                why=loop["last_error"],
            )
        elif loop["restarts"]:
            notebook.note(
                about,
                Said("loop {name} was restarted {n} times: {why}", "循环任务 {name} 已重启 {n} 次：{why}"),
                Said("Look at its log.", "请查看日志。"),
                name=loop["name"],
                n=loop["restarts"],
                why=loop["last_error"],
            )


def _letters(notebook: Notebook, about: str, dead: Document, waiting: Document) -> None:
    if dead["items"]:
        notebook.wrong(
            about,
            Said("{n} events wait for a person", "{n} 个事件等待人工处理"),
            Said(
                "`retour dead-letters list`, then replay or discard.",
                "运行 `retour dead-letters list`，然后重试或放弃。",
            ),
            n=_counted(dead),
        )
    if waiting["items"]:
        notebook.note(
            about,
            Said("{n} events wait for what they depend on", "{n} 个事件等待其依赖的信息"),
            Said("They are tried again by themselves.", "它们会自动重试。"),
            n=_counted(waiting),
        )


def _counted(page: Mapping[str, Any]) -> str:
    return f"{len(page['items'])}+" if page["next"] else str(len(page["items"]))
