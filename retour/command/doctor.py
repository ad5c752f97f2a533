"""The word `doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options, Server, wait
from retour.exit_status import ExitStatus
from retour.hosting.data_folder import DEFAULT, DataFolder


def add_doctor(app: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour doctor`."""

    @app.command(
        cls=line.command,
        help=line.say(
            "Look at settings, folder, databases, broker, queues, loops and parked events; say what is wrong and what "
            "to do. Changes nothing.",
            "检查设置、目录、数据库、消息代理、队列、循环任务和搁置的事件，说明问题与处理办法。不做任何更改。",
        ),
    )
    def doctor(
        *,
        data: Annotated[Path, options.data] = DEFAULT,
        distributed: Annotated[bool, options.distributed] = False,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.operating.doctor import examination
        from retour.operating.doctor.finding import healthy, show

        server = Server(data, url, admin_email, admin_password)
        chosen = examination.distributed if distributed else examination.embedded
        findings = wait(chosen(DataFolder(data), server.access, line.language))
        show(findings, line.console, line.language, as_json=as_json)
        raise typer.Exit(ExitStatus.GOOD if healthy(findings) else ExitStatus.WRONG)
