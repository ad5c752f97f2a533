"""The words that need no server: `policy`, `refund quote`, `reply-check`."""

from pathlib import Path
from typing import Annotated

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options


def add_policy(app: typer.Typer, line: CommandLine) -> None:
    """`retour policy`, whose own words are another application."""

    @app.command(
        cls=line.command,
        help=line.say(
            "Returns policies from files, without a server: explain, publish-check, replay, page.",
            "无需服务器处理退货政策文件：explain、publish-check、replay、page。",
        ),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )
    def policy(context: typer.Context) -> None:
        from retour.offline import policy_command

        words = context.args
        spoken = ["--language", line.language] if words and not words[0].startswith("-") else []
        policy_command.app(args=[*words, *spoken], prog_name="retour policy")


def add_quote(refunds: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour refund quote`."""

    @refunds.command(
        "quote",
        cls=line.command,
        help=line.say(
            "Calculate the refund that a YAML or JSON file asks about: itemised, and as the customer reads it.",
            "计算 YAML 或 JSON 文件所描述的退款：逐项明细，以及给顾客的说明。",
        ),
    )
    def quote_refund(
        *,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=line.say("The question.", "问题文件。"))],
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.offline import refund_command

        refund_command.quote(file, line.language, as_json=as_json)


def add_reply_check(app: typer.Typer, line: CommandLine) -> None:
    """`retour reply-check`, whose own words are another application."""

    @app.command(
        "reply-check",
        cls=line.command,
        help=line.say(
            "Check a reply from a file by the service norms before it is sent, without a server.",
            "按服务规范检查文件中的回复，无需服务器。",
        ),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )
    def reply_check(context: typer.Context) -> None:
        from retour.offline import reply_command

        reply_command.app(args=[*context.args, "--language", line.language], prog_name="retour reply-check")
