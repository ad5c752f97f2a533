"""The word `demo`."""

from pathlib import Path
from typing import Annotated

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options, Server, wait
from retour.exit_status import ExitStatus
from retour.hosting.data_folder import DEFAULT


def add_demo(app: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour demo`."""

    @app.command(
        cls=line.command,
        help=line.say(
            "Play a set of believable returns through the public API of a running server. Each run makes new orders.",
            "通过公开接口在运行中的服务器上演示一组真实感的退货。每次运行都会创建新的订单。",
        ),
    )
    def demo(
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
    ) -> None:
        from retour.demo import player

        access = Server(data, url, admin_email, admin_password).access()
        went_well = wait(player.play(access.url, access.administrator, line.console, line.language))
        raise typer.Exit(ExitStatus.GOOD if went_well else ExitStatus.WRONG)
