"""The words `up` and `migrate`."""

from pathlib import Path
from typing import Annotated

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options
from retour.hosting.data_folder import DEFAULT, DataFolder


def add_up(app: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour up`."""

    @app.command(
        cls=line.command,
        help=line.say(
            "Serve Retour until told to stop (Ctrl-C, SIGTERM). One process over a folder; nothing else is needed.",
            "启动 Retour，直到收到停止信号（Ctrl-C、SIGTERM）。单进程，数据存于目录，无需其他服务。",
        ),
    )
    def up(
        *,
        data: Annotated[Path, options.data] = DEFAULT,
        host: Annotated[str, typer.Option(help=line.say("Where to listen.", "监听地址。"))] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65535, help=line.say("Which port.", "监听端口。"))] = 8080,
        demo: Annotated[
            bool,
            typer.Option(
                "--demo",
                help=line.say(
                    "Show the demo accounts, and play the demo once if the folder is new.",
                    "显示演示账号；若数据目录是新的，则播放一次演示。",
                ),
            ),
        ] = False,
        distributed: Annotated[bool, options.distributed] = False,
        service_port: Annotated[
            int,
            typer.Option(
                min=1,
                max=65532,
                help=line.say(
                    "With --distributed: the first of the four services' ports on loopback.",
                    "配合 --distributed：四个服务在回环地址上的第一个端口。",
                ),
            ),
        ] = 8101,
    ) -> None:
        from retour.hosting import server

        start = server.StartOptions(DataFolder(data), host, port, demo, line.language)
        if not distributed:
            server.up_in_one(start, line.console)
            return
        raise typer.Exit(server.up_as_processes(start, line.console, first_service_port=service_port))


def add_migrate(app: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour migrate`."""

    @app.command(
        cls=line.command,
        help=line.say(
            "Bring every database to this program's form, and with --distributed declare every queue; then end. "
            "Without a choice: distributed where the environment names its servers, else the folder.",
            "将所有数据库升级到本程序的结构（--distributed 时并声明所有队列），然后结束。"
            "未指定时：环境变量已指定服务器则为分布式，否则为数据目录。",
        ),
    )
    def migrate(
        *, data: Annotated[Path, options.data] = DEFAULT, distributed: Annotated[bool, options.distributed] = False
    ) -> None:
        from retour.hosting import server

        if distributed or server.servers_are_named():
            server.migrate_servers(DataFolder(data))
        else:
            server.migrate_files(DataFolder(data))
        line.console.print(line.say("Every database is at its newest form.", "所有数据库均为最新结构。"), style="green")
