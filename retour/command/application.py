"""The command line as a whole: its language, its groups of words, the options before any word, how it ends."""

import os
import sys
from typing import Annotated

import typer

from retour import __version__, language as languages
from retour.command import dead_letters, demo, doctor, events, offline, serving
from retour.command.command_line import CommandLine
from retour.command.options import Options
from retour.exit_status import MEANINGS, ExitStatus, Trouble
from shared.kernel.errors import Language


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


def application(language: Language) -> typer.Typer:
    """Every word with its help, in one language."""
    line = CommandLine.of(language)
    options = Options(line)
    app = _root(line)
    event_words = typer.Typer(
        help=line.say("Watch what happens; give lost events again.", "查看发生的事件；重发丢失的事件。"),
        **line.group_settings,
    )
    letter_words = typer.Typer(
        help=line.say(
            "Events that a consumer could not take: look at them, try them again, give them up on record.",
            "消费者未能处理的事件：查看、重试，或留档放弃。",
        ),
        **line.group_settings,
    )
    refund_words = typer.Typer(
        help=line.say("What a refund comes to, without a server.", "无需服务器计算退款。"), **line.group_settings
    )
    order_words = typer.Typer(
        help=line.say("Orders of other shop systems, without a server.", "无需服务器处理其他店铺系统的订单。"),
        **line.group_settings,
    )
    app.add_typer(event_words, name="events")
    app.add_typer(letter_words, name="dead-letters")
    app.add_typer(refund_words, name="refund")
    app.add_typer(order_words, name="orders")
    offline.add_policy(app, line)
    offline.add_quote(refund_words, line, options)
    offline.add_convert(order_words, line)
    offline.add_reply_check(app, line)
    serving.add_up(app, line, options)
    serving.add_migrate(app, line, options)
    demo.add_demo(app, line, options)
    doctor.add_doctor(app, line, options)
    events.add_tail(event_words, line, options)
    events.add_republish(event_words, line, options)
    dead_letters.add_all(letter_words, line, options)
    return app


def _root(line: CommandLine) -> typer.Typer:
    """The application without its words, and the options that stand before any word."""
    statuses = " · ".join(f"{ending.value} {said.to(line.language)}" for ending, said in MEANINGS.items())
    app = typer.Typer(
        help=line.say(
            "Retour runs a merchant's returns, from the customer's first wish to the last cent and the last word.",
            "Retour 管理商家的退货：从客户提出申请，到退回最后一分钱、说清最后一句话。",
        ),
        epilog=line.say("Exit status: ", "退出状态：") + statuses,
        add_completion=False,
        pretty_exceptions_enable=False,
        **line.group_settings,
    )

    @app.callback()
    def root(
        *,
        _version: Annotated[
            bool,
            typer.Option(
                "--version",
                help=line.say("Print the version and end.", "显示版本。"),
                callback=_print_version,
                is_eager=True,
            ),
        ] = False,
        _language: Annotated[
            str | None,
            typer.Option(
                languages.OPTION,
                metavar="en|zh-CN",
                help=line.say(
                    "The language to speak, anywhere on the line; otherwise LC_ALL, LC_MESSAGES or LANG decides.",
                    "显示语言，可写在命令行任何位置；默认由 LC_ALL、LC_MESSAGES 或 LANG 决定。",
                ),
            ),
        ] = None,
    ) -> None:
        """Declares the options before any word; `main` has read `--language` already."""

    return app


def _print_version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        print(f"retour {__version__}")
        raise typer.Exit
