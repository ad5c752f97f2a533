"""`retour events republish`: sent events are given again from the archives of the services (Z38)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from retour.access import Access, signed_in
from retour.client import Document
from retour.exit_status import ExitStatus, Trouble
from shared.contracts.events import PUBLISHERS
from shared.contracts.operations import Service
from shared.kernel.errors import Language, Said

PAGE: Final = 1000


async def republish(
    access: Access,
    language: Language,
    *,
    since: str | None,
    until: str | None,
    type_: str | None,
    subject: str | None,
    to: str | None,
    dry_run: bool,
) -> Sequence[Document]:
    """Give the selected events again, a page at a time; how many each publisher has given. Raises `Trouble`."""
    selection: dict[str, Any] = {"event_type": type_, "subject": subject, "to": to, "dry_run": dry_run, "limit": PAGE}
    selection |= {"since": _moment(since), "until": _moment(until)}
    wanted = {name: value for name, value in selection.items() if value is not None}
    done: list[Document] = []
    async with signed_in(access, language) as operator:
        for service in _publishers(type_, to):
            events = 0
            after: int | None = 0
            while after is not None:
                page = await operator.post(f"/v1/operations/{service}/republications", {**wanted, "after": after})
                events += page["events"]
                after = page["next"]
            done.append({"service": service, "events": events})
    return done


def show(done: Sequence[Document], console: Console, language: Language, *, as_json: bool, dry_run: bool) -> None:
    """A table for a person, a list for a program."""
    if as_json:
        console.print_json(json.dumps(list(done), ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(Said("publisher", "发布方").to(language))
    said = (
        Said("events that would be given again", "将重发的事件数")
        if dry_run
        else Said("events given again", "已重发的事件数")
    )
    table.add_column(said.to(language), justify="right")
    for each in done:
        table.add_row(each["service"], str(each["events"]))
    console.print(table)


def _publishers(type_: str | None, to: str | None) -> Sequence[str]:
    """The services that publish events of this type, or all; `Trouble` for what does not exist."""
    if to is not None and to not in set(Service):
        raise Trouble(
            Said("--to names one of {services}.", "--to 须为以下之一：{services}。"),
            ExitStatus.USAGE,
            services=", ".join(Service),
        )
    if type_ is None:
        return list(dict.fromkeys(PUBLISHERS.values()))
    noun = type_.partition(".")[0]
    if noun not in PUBLISHERS:
        raise Trouble(
            Said("--type begins with one of {nouns}.", "--type 须以下列之一开头：{nouns}。"),
            ExitStatus.USAGE,
            nouns=", ".join(PUBLISHERS),
        )
    return [PUBLISHERS[noun]]


def _moment(text: str | None) -> str | None:
    """A moment with its zone; without one, this machine's. `Trouble` for anything else."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except ValueError as error:
        raise Trouble(
            Said(
                "{text} is no moment; write 2026-11-24T09:30 or 2026-11-24T09:30:00Z.",
                "{text} 不是时间；请写成 2026-11-24T09:30 或 2026-11-24T09:30:00Z。",
            ),
            ExitStatus.USAGE,
            text=text,
        ) from error
