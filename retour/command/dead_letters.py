"""The words below `retour dead-letters`."""

from pathlib import Path
from typing import Annotated

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options, Server, wait
from retour.exit_status import ExitStatus, Trouble
from retour.hosting.data_folder import DEFAULT
from shared.kernel.errors import Said


def _add_list(letters: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour dead-letters list`."""

    @letters.command("list", cls=line.command, help=line.say("Parked events of every service.", "各服务搁置的事件。"))
    def list_letters(
        *,
        service: Annotated[str | None, options.service] = None,
        state: Annotated[
            str | None,
            typer.Option(
                metavar="waiting|dead",
                help=line.say(
                    "waiting: tried again by itself; dead: waits for a person.",
                    "waiting：会自动重试；dead：等待人工处理。",
                ),
            ),
        ] = None,
        consumer: Annotated[str | None, options.consumer] = None,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        found = wait(parked.find(access, line.language, service=service, state=state, consumer=consumer))
        parked.show_all(found, line.console, line.language, as_json=as_json)


def _add_show(letters: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour dead-letters show`."""

    @letters.command(
        "show",
        cls=line.command,
        help=line.say(
            "One parked event, whole, and what was done about it; also once it is taken or given up.",
            "一个搁置事件的全部内容及其处理记录；已处理或已放弃的事件亦可查看。",
        ),
    )
    def show_letter(
        *,
        event_id: Annotated[str, options.event_id],
        service: Annotated[str | None, options.service] = None,
        consumer: Annotated[str | None, options.consumer] = None,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        line.console.print_json(
            data=wait(parked.whole(access, line.language, event_id, service=service, consumer=consumer))
        )


def _add_replay(letters: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour dead-letters replay`."""

    @letters.command(
        "replay",
        cls=line.command,
        help=line.say("Try parked events again now; harmless however often.", "立即重试搁置的事件；重复执行也无害。"),
    )
    def replay_letters(
        *,
        event_id: Annotated[
            str | None,
            typer.Argument(metavar="[EVENT_ID]", help=line.say("The event's id, from `list`.", "事件 id，见 `list`。")),
        ] = None,
        all_: Annotated[
            bool, typer.Option("--all", help=line.say("Every one that is parked.", "全部搁置的事件。"))
        ] = False,
        reason: Annotated[str | None, typer.Option(help=line.say("Why; it stays on record.", "原因，将留档。"))] = None,
        service: Annotated[str | None, options.service] = None,
        consumer: Annotated[str | None, options.consumer] = None,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.operating import dead_letters as parked

        if (event_id is None) is not all_:
            raise Trouble(Said("Name one event, or --all.", "请指定一个事件，或使用 --all。"), ExitStatus.USAGE)
        access = Server(data, url, admin_email, admin_password).access()
        done = wait(parked.replay(access, line.language, event_id, reason, service=service, consumer=consumer))
        parked.show_all(done, line.console, line.language, as_json=as_json)


def _add_discard(letters: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour dead-letters discard`."""

    @letters.command(
        "discard",
        cls=line.command,
        help=line.say(
            "Give a parked event up, on record; what waits behind it goes on.",
            "放弃一个搁置的事件并留档；其后的事件继续处理。",
        ),
    )
    def discard_letter(
        *,
        event_id: Annotated[str, options.event_id],
        reason: Annotated[
            str, typer.Option(help=line.say("Why; it stays on record.", "原因，将留档。"), show_default=False)
        ],
        service: Annotated[str | None, options.service] = None,
        consumer: Annotated[str | None, options.consumer] = None,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        done = wait(parked.discard(access, line.language, event_id, reason, service=service, consumer=consumer))
        parked.show_all([done], line.console, line.language, as_json=False)


def _add_acts(letters: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour dead-letters acts`."""

    @letters.command(
        "acts",
        cls=line.command,
        help=line.say("Who replayed or discarded what, when and why.", "谁在何时因何重试或放弃了哪些事件。"),
    )
    def list_acts(
        *,
        service: Annotated[str | None, options.service] = None,
        data: Annotated[Path, options.data] = DEFAULT,
        url: Annotated[str | None, options.url] = None,
        admin_email: Annotated[str | None, options.email] = None,
        admin_password: Annotated[str | None, options.password] = None,
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.operating import dead_letters as parked

        access = Server(data, url, admin_email, admin_password).access()
        parked.show_acts(
            wait(parked.acts(access, line.language, service=service)), line.console, line.language, as_json=as_json
        )


def add_all(letters: typer.Typer, line: CommandLine, options: Options) -> None:
    """Every word below `retour dead-letters`."""
    _add_list(letters, line, options)
    _add_show(letters, line, options)
    _add_replay(letters, line, options)
    _add_discard(letters, line, options)
    _add_acts(letters, line, options)
