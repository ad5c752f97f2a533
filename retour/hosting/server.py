"""`retour up` and `retour migrate`: one process over a folder, or a process per service over real servers."""

import asyncio
import errno
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from retour import __version__
from retour.exit_status import ExitStatus, Trouble
from retour.hosting import settings
from retour.hosting.data_folder import PREFIX, DataFolder, InUse, address_of
from shared.kernel.errors import Language, Said, Unavailable
from shared.runtime.memory import give_large_blocks_back
from shared.telemetry import logging

READY_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The options of `retour up`."""

    data_folder: DataFolder
    host: str
    port: int
    demo: bool
    language: Language

    @property
    def address(self) -> str:
        """The address of the gateway."""
        return address_of(self.host, self.port)


def up_in_one(options: StartOptions, console: Console) -> None:
    """Serve everything from this process until told to stop. Raises `Trouble`."""
    with _known_troubles(options.data_folder), options.data_folder.held():
        new = options.data_folder.is_new
        _must_be_free(options.host, options.port)
        from retour.hosting import embedded

        _say_wrong(settings.wrong(embedded.settings_of(options.data_folder, host=options.host, port=options.port)))
        logging.configure(level=_log_level())
        embedded.prepare(options.data_folder)
        give_large_blocks_back()
        _run(_serve(options, console, play=options.demo and new))


async def _serve(options: StartOptions, console: Console, *, play: bool) -> None:
    from retour.hosting import embedded
    from shared.web.http_server import serve

    whole = embedded.build(options.data_folder, host=options.host, port=options.port)
    await whole.start()
    background: list[asyncio.Task[None]] = []

    def listening() -> None:
        options.data_folder.remember_address(options.address)
        _greet(options, console)
        if play:
            background.append(asyncio.create_task(_play(options, console)))

    try:
        await serve(whole.front.app, options.host, options.port, started=listening)
    finally:
        await _let_go(background)
        await whole.stop()


def up_as_processes(options: StartOptions, console: Console, *, first_service_port: int) -> int:
    """Keep a process for each service running until told to stop; the exit status. Raises `Trouble`."""
    _say_missing()
    with _known_troubles(options.data_folder), options.data_folder.held():
        new = not options.data_folder.has_secrets
        environment = environment_of(options.data_folder, port=options.port, first_service_port=first_service_port)
        environment |= {"GATEWAY_HOST": options.host, "GATEWAY_PORT": str(options.port)}
        environment.setdefault("GATEWAY_PUBLIC_URL", options.address)
        environment["RETOUR_LOG_LEVEL"] = _log_level()
        _must_be_free(options.host, options.port)
        for port in range(first_service_port, first_service_port + 4):
            _must_be_free("127.0.0.1", port, "--service-port")
        logging.configure(level=_log_level())
        _prepare_servers(options.data_folder, environment)
        return int(_run(_keep(options, console, environment, play=options.demo and new)))


async def _keep(options: StartOptions, console: Console, environment: dict[str, str], *, play: bool) -> int:
    from retour.hosting import distributed

    async def greet_when_ready() -> None:
        services = [environment[f"GATEWAY_{prefix}_URL"] for prefix in PREFIX.values()]
        await asyncio.gather(*(_until_ready(url, options.language) for url in (*services, options.address)))
        options.data_folder.remember_address(options.address)
        _greet(options, console)
        if play:
            await _play(options, console)

    greeting = asyncio.create_task(greet_when_ready())
    try:
        return await distributed.Processes(environment).run()
    finally:
        await _let_go([greeting])


async def _until_ready(url: str, language: Language) -> None:
    from retour.client import NobodyThere, client

    async with client(url, language) as asking:
        while True:
            try:
                status, _ = await asking.health("/readyz")
            except NobodyThere:
                status = 0
            if status == 200:  # noqa: PLR2004
                return
            await asyncio.sleep(READY_SECONDS)


def migrate_files(data_folder: DataFolder) -> None:
    """Migrate the files in a folder. Raises `Trouble`."""
    from retour.hosting import embedded

    with _known_troubles(data_folder), data_folder.held():
        embedded.prepare(data_folder)


def migrate_servers(data_folder: DataFolder) -> None:
    """Make and migrate every service's database, declare every queue. Raises `Trouble`."""
    _say_missing()
    with _known_troubles(data_folder):
        named = os.environ.get("RETOUR_POSTGRES_URL") or os.environ.get("RETOUR_BROKER_URL")
        _prepare_servers(data_folder, environment_of(data_folder, port=8080, first_service_port=8101) if named else {})


def servers_are_named() -> bool:
    """Whether the environment names the servers of the distributed mode."""
    return not settings.missing(os.environ)


def environment_of(data_folder: DataFolder, *, port: int, first_service_port: int) -> dict[str, str]:
    """Every process's settings, from what is given and the folder's secrets."""
    from retour.hosting import distributed

    return distributed.environment(
        data_folder,
        {name: value for name, value in os.environ.items() if name.partition("_")[0] in settings.PREFIXES},
        postgres=os.environ.get("RETOUR_POSTGRES_URL"),
        broker=os.environ.get("RETOUR_BROKER_URL"),
        ports=distributed.Ports(port, first_service_port),
    )


def _prepare_servers(data_folder: DataFolder, environment: dict[str, str]) -> None:
    from retour.hosting import distributed, servers

    asyncio.run(servers.prepare(data_folder, os.environ, environment))
    if failed := distributed.migrate_all(environment):
        raise Trouble(
            Said(
                "The migration of {services} failed; what it has said stands above. Mend that and begin again: what is "
                "done stays done.",
                "{services} 的迁移失败，原因见上文。请修复后重新运行，已完成的部分不受影响。",
            ),
            next(
                (known for known in (ExitStatus.SETTINGS, ExitStatus.AWAY) if known in failed.values()),
                ExitStatus.WRONG,
            ),
            services=", ".join(failed),
        )


async def _play(options: StartOptions, console: Console) -> None:
    """Play the demo beside the server; its errors are printed, and the server goes on."""
    from retour.demo import player

    try:
        await player.play(options.address, options.data_folder.administrator(), console, options.language)
    except Trouble as trouble:
        console.print(f"[red]{trouble.say(options.language)}[/red]")


async def _let_go(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def _run(main: Any) -> Any:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def _log_level() -> str:
    try:
        return logging.level_in(os.environ, otherwise="WARNING")
    except ValueError as error:
        _say_wrong([str(error)])
        raise


SERVES: Final = Said("Retour {version} serves at {address}", "Retour {version} 已启动：{address}")
DOCS: Final = Said("API documentation  {address}/docs", "接口文档  {address}/docs")
DATA: Final = Said("data               {folder}", "数据目录  {folder}")
STOP: Final = Said("stop               Ctrl-C", "停止      Ctrl-C")
ADMIN: Final = Said("administrator      {email}, password in {file}", "管理员    {email}，密码见 {file}")
HOW: Final = Said(
    "Sign in: POST {address}/v1/auth/sessions with email and password; send the token as `Authorization: Bearer …`.",
    "登录：以 email 和 password 请求 POST {address}/v1/auth/sessions，之后携带 `Authorization: Bearer …`。",
)


def _greet(options: StartOptions, console: Console) -> None:
    say = options.language
    console.print(SERVES.to(say, version=__version__, address=options.address), style="bold green", highlight=False)
    console.print(DOCS.to(say, address=options.address), highlight=False)
    console.print(DATA.to(say, folder=options.data_folder.folder.absolute()), highlight=False, soft_wrap=True)
    if options.demo:
        from retour.demo import cast

        cast.introduce(options.data_folder.administrator(), console, say)
        console.print(HOW.to(say, address=options.address), highlight=False, soft_wrap=True)
    else:
        file = options.data_folder.folder.absolute() / "secrets.json"
        email = options.data_folder.administrator().email
        console.print(ADMIN.to(say, email=email, file=file), highlight=False, soft_wrap=True)
    console.print(STOP.to(say), highlight=False)


@contextmanager
def _known_troubles(data_folder: DataFolder) -> Iterator[None]:
    """Errors of a folder or a server become a line with an exit status of its own."""
    try:
        yield
    except InUse as error:
        raise Trouble(
            Said(
                "Another process works in {folder}. Stop it, or name another folder with --data.",
                "另一个进程正在使用 {folder}。请先停止它，或用 --data 指定其他目录。",
            ),
            ExitStatus.FOLDER,
            folder=data_folder.folder.absolute(),
        ) from error
    except Unavailable as error:
        raise Trouble(
            Said("{what} cannot be reached: {why}", "{what} 无法访问：{why}"),
            ExitStatus.AWAY,
            what=error.what,
            why=_first_line(error.__cause__ or error),
        ) from error
    except OSError as error:
        raise Trouble(
            Said(
                "The data folder {folder} cannot be used: {why}. Free some space, mend its permissions, "
                "or name another with --data.",
                "数据目录 {folder} 无法使用：{why}。请释放空间、修正权限，或用 --data 指定其他目录。",
            ),
            ExitStatus.SPACE,
            folder=data_folder.folder.absolute(),
            why=error.strerror or error,
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _must_be_free(host: str, port: int, option: str = "--port") -> None:
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Trouble(
                Said(
                    "Port {port} is in use. Stop what listens there, or name another with {option}.",
                    "端口 {port} 已被占用。请停止占用它的程序，或用 {option} 指定其他端口。",
                ),
                ExitStatus.PORT,
                port=port,
                option=option,
            ) from error
        raise Trouble(
            Said("Nothing can listen at {host}:{port}: {why}.", "无法监听 {host}:{port}：{why}。"),
            ExitStatus.PORT,
            host=host,
            port=port,
            why=error.strerror or error,
        ) from error


def _say_wrong(found: Sequence[str]) -> None:
    if found:
        raise Trouble(
            Said("These settings are wrong:\n{lines}", "以下设置有误：\n{lines}"),
            ExitStatus.SETTINGS,
            lines="\n".join(f"  {line}" for line in found),
        )


def _say_missing() -> None:
    _say_wrong(settings.wrong_servers(os.environ))
    _say_wrong_prefix()
    away = settings.missing(os.environ)
    if away:
        raise Trouble(
            Said(
                "The distributed mode needs these settings (or, for each, those in brackets):\n{lines}",
                "分布式模式缺少以下设置（也可逐一设置括号中的变量）：\n{lines}",
            ),
            ExitStatus.SETTINGS,
            lines="\n".join(f"  {line}" for line in away),
        )


def _say_wrong_prefix() -> None:
    from retour.hosting import distributed

    if not settings.begins_names(distributed.NAMES):
        raise Trouble(
            Said(
                "RETOUR_DATABASE_PREFIX is wrong: it has to be a lower-case letter and at most 39 lower-case letters, "
                "digits and underscores after it ({form}).",
                "RETOUR_DATABASE_PREFIX 有误：须以一个小写字母开头，其后最多 39 个小写字母、数字或下划线（{form}）。",
            ),
            ExitStatus.SETTINGS,
            form=settings.NAMES_BEGIN.pattern,
        )
