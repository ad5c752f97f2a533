"""The command `retour`: start it, migrate it, show it, look after it.

Each word imports what it needs when it is asked for, so that help and a short question answer at once.
"""

import asyncio
import os
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from retour import __version__, language as languages
from retour.exit_status import MEANINGS, ExitStatus, Trouble
from retour.hosting.data_folder import DEFAULT, DataFolder
from shared.kernel.errors import Language, Said

if TYPE_CHECKING:
    from retour.access import Access


def main() -> None:
    """The command line; ends the process with one of `ExitStatus`."""
    try:
        arguments, language = languages.choose(sys.argv[1:], os.environ)
    except ValueError as error:
        sys.stderr.write(f"retour: --language en|zh-CN, not / 而非 {str(error)!r}\n")
        sys.exit(ExitStatus.USAGE)
    try:
        application(language)(args=arguments, prog_name="retour")
    except Trouble as trouble:
        sys.stderr.write(f"retour: {trouble.say(language)}\n")
        sys.exit(trouble.ending)


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


def application(language: Language) -> typer.Typer:
    """Every word with its help, in one language."""

    def say(en: str, zh: str) -> str:
        return Said(en, zh).to(language)

    command, group = TyperCommand, TyperGroup
    if language == "zh-CN":
        from retour import chinese

        chinese.set_titles()
        command, group = chinese.ChineseCommand, chinese.ChineseGroup

    def version(asked: bool) -> None:
        if asked:
            print(f"retour {__version__}")
            raise typer.Exit

    console = Console()
    how: dict[str, Any] = {
        "context_settings": {"help_option_names": ["--help", "-h"]},
        "no_args_is_help": True,
        "cls": group,
    }
    statuses = " · ".join(f"{ending.value} {said.to(language)}" for ending, said in MEANINGS.items())
    app = typer.Typer(
        help=say(
            "Retour runs a merchant's returns, from the customer's first wish to the last cent and the last word.",
            "Retour 管理商家的退货：从客户提出申请，到退回最后一分钱、说清最后一句话。",
        ),
        epilog=say("Exit status: ", "退出状态：") + statuses,
        add_completion=False,
        pretty_exceptions_enable=False,
        **how,
    )
    events = typer.Typer(help=say("Watch what happens.", "查看发生的事件。"), **how)
    letters = typer.Typer(
        help=say(
            "Events that a consumer could not take: look at them, try them again, give them up on record.",
            "消费者未能处理的事件：查看、重试，或留档放弃。",
        ),
        **how,
    )
    app.add_typer(events, name="events")
    app.add_typer(letters, name="dead-letters")

    refunds = typer.Typer(help=say("What a refund comes to, without a server.", "无需服务器计算退款。"), **how)
    app.add_typer(refunds, name="refund")

    data_help = say("The folder with data and secrets.", "存放数据和密钥的目录。")
    json_help = say("JSON instead of a table.", "输出 JSON 而非表格。")
    distributed_help = say(
        "A process per service on PostgreSQL and RabbitMQ: RETOUR_POSTGRES_URL (an account that may make databases) "
        "and RETOUR_BROKER_URL, or each service's own …_DATABASE_URL and …_BROKER_URL.",
        "每个服务一个进程，使用 PostgreSQL 和 RabbitMQ：RETOUR_POSTGRES_URL（可创建数据库的账号）与 RETOUR_BROKER_URL，"
        "或各服务自己的 …_DATABASE_URL 和 …_BROKER_URL。",
    )
    service_help = say("Only this service.", "仅此服务。")
    consumer_help = say("Which consumer, where several could not take it.", "多个消费者未能处理时，指定其中一个。")

    Data = Annotated[Path, typer.Option("--data", envvar="RETOUR_DATA", help=data_help)]
    Json = Annotated[bool, typer.Option("--json", help=json_help)]
    Distributed = Annotated[bool, typer.Option("--distributed", help=distributed_help)]
    Service = Annotated[str | None, typer.Option("--service", help=service_help)]
    Consumer = Annotated[str | None, typer.Option("--consumer", help=consumer_help)]
    EventId = Annotated[
        str, typer.Argument(metavar="EVENT_ID", help=say("The event's id, from `list`.", "事件 id，见 `list`。"))
    ]
    Url = Annotated[
        str | None,
        typer.Option(
            "--url",
            envvar="RETOUR_URL",
            help=say(
                "The server's address; otherwise the one last started from the data folder.",
                "服务器地址；默认为该数据目录最近启动的服务器。",
            ),
        ),
    ]
    Email = Annotated[
        str | None,
        typer.Option(
            "--admin-email",
            envvar="RETOUR_ADMIN_EMAIL",
            help=say("Whom to sign in as; otherwise the folder's administrator.", "登录账号；默认为数据目录的管理员。"),
        ),
    ]
    Password = Annotated[
        str | None,
        typer.Option(
            "--admin-password",
            envvar="RETOUR_ADMIN_PASSWORD",
            help=say("That account's password; better by the environment.", "该账号的密码；建议用环境变量。"),
        ),
    ]

    @app.callback()
    def root(
        *,
        _version: Annotated[
            bool,
            typer.Option(
                "--version", help=say("Print the version and end.", "显示版本。"), callback=version, is_eager=True
            ),
        ] = False,
        _language: Annotated[
            str | None,
            typer.Option(
                languages.OPTION,
                metavar="en|zh-CN",
                help=say(
                    "The language to speak, anywhere on the line; otherwise LC_ALL, LC_MESSAGES or LANG decides.",
                    "显示语言，可写在命令行任何位置；默认由 LC_ALL、LC_MESSAGES 或 LANG 决定。",
                ),
            ),
        ] = None,
    ) -> None:
        """Read before any word: what `main` has taken out, and what ends at once."""

    @app.command(
        cls=command,
        help=say(
            "Returns policies from files, without a server: explain, publish-check, replay, page.",
            "无需服务器处理退货政策文件：explain、publish-check、replay、page。",
        ),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )
    def policy(context: typer.Context) -> None:
        from retour.offline import policy_command

        words = context.args
        spoken = ["--language", language] if words and not words[0].startswith("-") else []
        policy_command.app(args=[*words, *spoken], prog_name="retour policy")

    @refunds.command(
        "quote",
        cls=command,
        help=say(
            "Calculate the refund that a YAML or JSON file asks about: itemised, and as the customer reads it.",
            "计算 YAML 或 JSON 文件所描述的退款：逐项明细，以及给顾客的说明。",
        ),
    )
    def quote_refund(
        *,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=say("The question.", "问题文件。"))],
        as_json: Json = False,
    ) -> None:
        from retour.offline import refund_command

        refund_command.quote(file, language, as_json=as_json)

    @app.command(
        "reply-check",
        cls=command,
        help=say(
            "Check a reply from a file by the service norms before it is sent, without a server.",
            "按服务规范检查文件中的回复，无需服务器。",
        ),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )
    def reply_check(context: typer.Context) -> None:
        from retour.offline import reply_command

        reply_command.app(args=[*context.args, "--language", language], prog_name="retour reply-check")

    @app.command(
        cls=command,
        help=say(
            "Serve Retour until told to stop (Ctrl-C, SIGTERM). One process over a folder; nothing else is needed.",
            "启动 Retour，直到收到停止信号（Ctrl-C、SIGTERM）。单进程，数据存于目录，无需其他服务。",
        ),
    )
    def up(
        *,
        data: Data = DEFAULT,
        host: Annotated[str, typer.Option(help=say("Where to listen.", "监听地址。"))] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65535, help=say("Which port.", "监听端口。"))] = 8080,
        demo: Annotated[
            bool,
            typer.Option(
                "--demo",
                help=say(
                    "Show the demo accounts, and play the demo once if the folder is new.",
                    "显示演示账号；若数据目录是新的，则播放一次演示。",
                ),
            ),
        ] = False,
        distributed: Distributed = False,
        service_port: Annotated[
            int,
            typer.Option(
                min=1,
                max=65532,
                help=say(
                    "With --distributed: the first of the four services' ports on loopback.",
                    "配合 --distributed：四个服务在回环地址上的第一个端口。",
                ),
            ),
        ] = 8101,
    ) -> None:
        from retour.hosting import server

        options = server.StartOptions(DataFolder(data), host, port, demo, language)
        if not distributed:
            server.up_in_one(options, console)
            return
        raise typer.Exit(server.up_as_processes(options, console, first_service_port=service_port))

    @app.command(
        cls=command,
        help=say(
            "Bring every database to this program's form, and with --distributed declare every queue; then end. "
            "Without a choice: distributed where the environment names its servers, else the folder.",
            "将所有数据库升级到本程序的结构（--distributed 时并声明所有队列），然后结束。"
            "未指定时：环境变量已指定服务器则为分布式，否则为数据目录。",
        ),
    )
    def migrate(*, data: Data = DEFAULT, distributed: Distributed = False) -> None:
        from retour.hosting import server

        if distributed or server.servers_are_named():
            server.migrate_servers(DataFolder(data))
        else:
            server.migrate_files(DataFolder(data))
        console.print(say("Every database is at its newest form.", "所有数据库均为最新结构。"), style="green")

    @app.command(
        cls=command,
        help=say(
            "Play a set of believable returns through the public API of a running server. Each run makes new orders.",
            "通过公开接口在运行中的服务器上演示一组真实感的退货。每次运行都会创建新的订单。",
        ),
    )
    def demo(data: Data = DEFAULT, url: Url = None, admin_email: Email = None, admin_password: Password = None) -> None:
        from retour.demo import player

        access = Server(data, url, admin_email, admin_password).access()
        went_well = _wait(player.play(access.url, access.administrator, console, language))
        raise typer.Exit(ExitStatus.GOOD if went_well else ExitStatus.WRONG)

    @app.command(
        cls=command,
        help=say(
            "Look at settings, folder, databases, broker, queues, loops and parked events; say what is wrong and what "
            "to do. Changes nothing.",
            "检查设置、目录、数据库、消息代理、队列、循环任务和搁置的事件，说明问题与处理办法。不做任何更改。",
        ),
    )
    def doctor(
        *,
        data: Data = DEFAULT,
        distributed: Distributed = False,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
        as_json: Json = False,
    ) -> None:
        from retour.operating import doctor as examination

        server = Server(data, url, admin_email, admin_password)
        chosen = examination.distributed if distributed else examination.embedded
        findings = _wait(chosen(DataFolder(data), server.access, language))
        examination.show(findings, console, language, as_json=as_json)
        raise typer.Exit(ExitStatus.GOOD if examination.healthy(findings) else ExitStatus.WRONG)

    @events.command(
        cls=command,
        help=say(
            "Show events as they happen. With RETOUR_BROKER_URL: every event, by a queue of its own that goes away "
            "afterwards (so it misses what happens while it does not run). Otherwise the refund events of the "
            "server's finance feed, from the first one on.",
            "显示正在发生的事件。设置了 RETOUR_BROKER_URL 时：通过临时队列接收所有事件（未运行期间的事件不会补发）。"
            "否则显示服务器财务接口中的退款事件，从第一条开始。",
        ),
    )
    def tail(
        *,
        type_: Annotated[
            str,
            typer.Option(
                "--type",
                help=say("Only types like this: refund.*, *.settled", "仅显示此类型：refund.*、*.settled"),
            ),
        ] = "*",
        follow: Annotated[
            bool,
            typer.Option(
                help=say(
                    "Go on until Ctrl-C; otherwise end when nothing more comes.",
                    "持续显示直到 Ctrl-C；否则无新事件时结束。",
                )
            ),
        ] = True,
        broker: Annotated[
            str | None,
            typer.Option(
                "--broker", envvar="RETOUR_BROKER_URL", help=say("amqp://… of the broker.", "消息代理 amqp://…")
            ),
        ] = None,
        data: Data = DEFAULT,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
        as_json: Json = False,
    ) -> None:
        from retour.operating import events_tail as watching

        shown = watching.Shown(type_, console, as_json=as_json)
        if broker is not None and url is None:
            _wait(watching.of_broker(broker, shown, follow=follow))
            nothing = watching.NOTHING_CAME
        else:
            access = Server(data, url, admin_email, admin_password).access()
            _wait(watching.of_feed(access, shown, language, follow=follow))
            nothing = watching.NOTHING_YET
        if not follow and (why := shown.why_nothing(language, nothing)) is not None:
            sys.stderr.write(f"retour: {why}\n")

    @letters.command("list", cls=command, help=say("Parked events of every service.", "各服务搁置的事件。"))
    def list_letters(
        *,
        service: Service = None,
        state: Annotated[
            str | None,
            typer.Option(
                metavar="waiting|dead",
                help=say(
                    "waiting: tried again by itself; dead: waits for a person.",
                    "waiting：会自动重试；dead：等待人工处理。",
                ),
            ),
        ] = None,
        consumer: Consumer = None,
        data: Data = DEFAULT,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
        as_json: Json = False,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        found = _wait(parked.find(access, language, service=service, state=state, consumer=consumer))
        parked.show_all(found, console, language, as_json=as_json)

    @letters.command(
        "show",
        cls=command,
        help=say(
            "One parked event, whole, and what was done about it; also once it is taken or given up.",
            "一个搁置事件的全部内容及其处理记录；已处理或已放弃的事件亦可查看。",
        ),
    )
    def show_letter(
        *,
        event_id: EventId,
        service: Service = None,
        consumer: Consumer = None,
        data: Data = DEFAULT,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        console.print_json(data=_wait(parked.whole(access, language, event_id, service=service, consumer=consumer)))

    @letters.command(
        "replay",
        cls=command,
        help=say("Try parked events again now; harmless however often.", "立即重试搁置的事件；重复执行也无害。"),
    )
    def replay_letters(
        *,
        event_id: Annotated[
            str | None,
            typer.Argument(metavar="[EVENT_ID]", help=say("The event's id, from `list`.", "事件 id，见 `list`。")),
        ] = None,
        all_: Annotated[bool, typer.Option("--all", help=say("Every one that is parked.", "全部搁置的事件。"))] = False,
        reason: Annotated[str | None, typer.Option(help=say("Why; it stays on record.", "原因，将留档。"))] = None,
        service: Service = None,
        consumer: Consumer = None,
        data: Data = DEFAULT,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
        as_json: Json = False,
    ) -> None:
        from retour.operating import dead_letters as parked

        if (event_id is None) is not all_:
            raise Trouble(Said("Name one event, or --all.", "请指定一个事件，或使用 --all。"), ExitStatus.USAGE)
        access = Server(data, url, admin_email, admin_password).access()
        done = _wait(parked.replay(access, language, event_id, reason, service=service, consumer=consumer))
        parked.show_all(done, console, language, as_json=as_json)

    @letters.command(
        "discard",
        cls=command,
        help=say(
            "Give a parked event up, on record; what waits behind it goes on.",
            "放弃一个搁置的事件并留档；其后的事件继续处理。",
        ),
    )
    def discard_letter(
        *,
        event_id: EventId,
        reason: Annotated[
            str, typer.Option(help=say("Why; it stays on record.", "原因，将留档。"), show_default=False)
        ],
        service: Service = None,
        consumer: Consumer = None,
        data: Data = DEFAULT,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        done = _wait(parked.discard(access, language, event_id, reason, service=service, consumer=consumer))
        parked.show_all([done], console, language, as_json=False)

    @letters.command(
        "acts",
        cls=command,
        help=say("Who replayed or discarded what, when and why.", "谁在何时因何重试或放弃了哪些事件。"),
    )
    def list_acts(
        *,
        service: Service = None,
        data: Data = DEFAULT,
        url: Url = None,
        admin_email: Email = None,
        admin_password: Password = None,
        as_json: Json = False,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        parked.show_acts(_wait(parked.acts(access, language, service=service)), console, language, as_json=as_json)

    return app


def _wait(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)
