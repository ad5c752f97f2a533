"""Options that several words share, the server that they name, and waiting for asynchronous work."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from retour.command.command_line import CommandLine
from retour.hosting.data_folder import DataFolder

if TYPE_CHECKING:
    from retour.access import Access


@dataclass(frozen=True, slots=True)
class Server:
    """Which server a command talks to, and as whom, as far as the command line says."""

    data: Path
    url: str | None
    email: str | None
    password: str | None

    def access(self) -> "Access":
        """The address and the administrator; the rest is found in the data folder or the environment."""
        from retour.access import find

        return find(DataFolder(self.data), self.url, self.email, self.password, os.environ)


class Options:
    """Typer's declarations of the shared options, for use in `Annotated`."""

    def __init__(self, line: CommandLine) -> None:
        say = line.say
        self.data: Any = typer.Option(
            "--data", envvar="RETOUR_DATA", help=say("The folder with data and secrets.", "存放数据和密钥的目录。")
        )
        self.as_json: Any = typer.Option("--json", help=say("JSON instead of a table.", "输出 JSON 而非表格。"))
        self.distributed: Any = typer.Option(
            "--distributed",
            help=say(
                "A process per service on PostgreSQL and RabbitMQ: RETOUR_POSTGRES_URL (an account that may make "
                "databases) and RETOUR_BROKER_URL, or each service's own …_DATABASE_URL and …_BROKER_URL.",
                "每个服务一个进程，使用 PostgreSQL 和 RabbitMQ：RETOUR_POSTGRES_URL（可创建数据库的账号）与 "
                "RETOUR_BROKER_URL，或各服务自己的 …_DATABASE_URL 和 …_BROKER_URL。",
            ),
        )
        self.service: Any = typer.Option("--service", help=say("Only this service.", "仅此服务。"))
        self.consumer: Any = typer.Option(
            "--consumer",
            help=say("Which consumer, where several could not take it.", "多个消费者未能处理时，指定其中一个。"),
        )
        self.event_id: Any = typer.Argument(
            metavar="EVENT_ID", help=say("The event's id, from `list`.", "事件 id，见 `list`。")
        )
        self.url: Any = typer.Option(
            "--url",
            envvar="RETOUR_URL",
            help=say(
                "The server's address; otherwise the one last started from the data folder.",
                "服务器地址；默认为该数据目录最近启动的服务器。",
            ),
        )
        self.email: Any = typer.Option(
            "--admin-email",
            envvar="RETOUR_ADMIN_EMAIL",
            help=say("Whom to sign in as; otherwise the folder's administrator.", "登录账号；默认为数据目录的管理员。"),
        )
        self.password: Any = typer.Option(
            "--admin-password",
            envvar="RETOUR_ADMIN_PASSWORD",
            help=say("That account's password; better by the environment.", "该账号的密码；建议用环境变量。"),
        )


def wait(work: Coroutine[Any, Any, Any]) -> Any:
    """Run asynchronous work to its end; its result."""
    return asyncio.run(work)
