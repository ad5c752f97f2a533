"""The words below `retour events`."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options, Server, wait
from retour.hosting.data_folder import DEFAULT


def add_tail(events: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour events tail`."""

    @events.command(
        cls=line.command,
        help=line.say(
            "Show events as they happen. With RETOUR_BROKER_URL: every event, by a queue of its own that goes away "
            "afterwards (so it misses what happens while it does not run). Otherwise, or with --feed, the events "
            "of the server's feeds, from the first one on.",
            "显示正在发生的事件。设置了 RETOUR_BROKER_URL 时：通过临时队列接收所有事件（未运行期间的事件不会补发）。"
            "否则（或指定 --feed 时）显示服务器事件接口中的事件，从第一条开始。",
        ),
    )
    def tail(
        *,
        type_: Annotated[
            str,
            typer.Option(
                "--type",
                help=line.say("Only types like this: refund.*, *.settled", "仅显示此类型：refund.*、*.settled"),
            ),
        ] = "*",
        feed: Annotated[
            Literal["refunds", "returns", "all"] | None,
            typer.Option(
                metavar="refunds|returns|all",
                help=line.say(
                    "The feed of the server: refunds unless said otherwise; all is in the order of time.",
                    "服务器的事件接口；默认 refunds（退款），returns 为退货，all 为全部并按时间排序。",
                ),
            ),
        ] = None,
        follow: Annotated[
            bool,
            typer.Option(
                help=line.say(
                    "Go on until Ctrl-C; otherwise end when nothing more comes.",
                    "持续显示直到 Ctrl-C；否则无新事件时结束。",
                )
            ),
        ] = True,
        broker: Annotated[
            str | None,
            typer.Option(
                "--broker", envvar="RETOUR_BROKER_URL", help=line.say("amqp://… of the broker.", "消息代理 amqp://…")
            ),
        ] = None,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.hosting.distributed import broker_prefix
        from retour.operating import events_tail as watching

        shown = watching.Shown(type_, line.console, as_json=as_json)
        if broker is not None and url is None and feed is None:
            wait(watching.of_broker(broker, shown, follow=follow, prefix=broker_prefix(os.environ)))
            nothing = watching.NOTHING_CAME
        else:
            access = Server(data, url, admin_email, admin_password).access()
            chosen = watching.Feed(feed or "refunds")
            wait(watching.of_feed(access, shown, line.language, follow=follow, feed=chosen))
            nothing = watching.NOTHING_YET
        if not follow and (why := shown.why_nothing(line.language, nothing)) is not None:
            sys.stderr.write(f"retour: {why}\n")


def add_republish(events: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour events republish`."""

    @events.command(
        cls=line.command,
        help=line.say(
            "Give sent events again, from the archives of the services. They keep their ids, so a service that had "
            "them does nothing. Without --to, systems outside get them again, too.",
            "从各服务的归档中重发已发送的事件。事件 id 不变，已处理过的服务不会重复处理。"
            "不加 --to 时，外部系统也会再次收到。",
        ),
    )
    def republish(
        *,
        since: Annotated[
            str, typer.Option(help=line.say("Events sent at this moment or later.", "此时刻及之后发送的事件。"))
        ],
        until: Annotated[
            str | None, typer.Option(help=line.say("Events sent before this moment.", "此时刻之前发送的事件。"))
        ] = None,
        type_: Annotated[
            str | None,
            typer.Option(
                "--type",
                help=line.say("A type or a noun: refund.settled, return.", "类型或名词，如 refund.settled。"),
            ),
        ] = None,
        subject: Annotated[
            str | None, typer.Option(help=line.say("Only events about this id.", "仅关于此 id 的事件。"))
        ] = None,
        to: Annotated[
            str | None,
            typer.Option(metavar="SERVICE", help=line.say("Only this service gets them.", "仅发给此服务。")),
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help=line.say("Count them, and publish nothing.", "仅计数，不发布。"))
        ] = False,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.operating import republishing

        access = Server(data, url, admin_email, admin_password).access()
        giving = republishing.republish(
            access,
            line.language,
            since=since,
            until=until,
            type_=type_,
            subject=subject,
            to=to,
            dry_run=dry_run,
        )
        republishing.show(wait(giving), line.console, line.language, as_json=as_json, dry_run=dry_run)
