"""`retour dead-letters`: parked events of every service, asked for and decided about through the gateway."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from retour.access import Access, signed_in
from retour.client import Client, Document
from retour.ending import Ending, Trouble
from shared.contracts.doors import Service
from shared.kernel.errors import Language, Said

LIMIT = 1000


async def find(access: Access, language: Language, *, service: str | None, state: str | None) -> Sequence[Document]:
    """Parked events, each with the service it lies in."""
    async with signed_in(access, language) as operator:
        return await _parked(operator, service, state)


async def whole(
    access: Access, language: Language, event_id: str, *, service: str | None, consumer: str | None
) -> Document:
    """One parked event with its body, which is JSON where it can be."""
    async with signed_in(access, language) as operator:
        letter = await _one(operator, event_id, service, consumer)
        found = await operator.get(_path(letter), consumer=letter["consumer"])
        return {**letter, **found, "body": _readable(found["body"])}


async def replay(
    access: Access, language: Language, event_id: str | None, *, service: str | None, consumer: str | None
) -> Sequence[Document]:
    """Try one again, or all of them; each as it is afterwards."""
    async with signed_in(access, language) as operator:
        if event_id is not None:
            chosen: Sequence[Document] = [await _one(operator, event_id, service, consumer)]
        else:
            parked = await _parked(operator, service, None)
            chosen = [letter for letter in parked if consumer in {None, letter["consumer"]}]
        return [
            {**letter, **await operator.post(f"{_path(letter)}/replay", {"consumer": letter["consumer"]})}
            for letter in chosen
        ]


async def discard(
    access: Access, language: Language, event_id: str, reason: str, *, service: str | None, consumer: str | None
) -> Document:
    """Give one up, on record; what it was."""
    async with signed_in(access, language) as operator:
        letter = await _one(operator, event_id, service, consumer)
        body = {"consumer": letter["consumer"], "reason": reason}
        return {**letter, **await operator.post(f"{_path(letter)}/discard", body)}


def show_all(found: Sequence[Document], console: Console, language: Language, *, as_json: bool) -> None:
    """A table for a person, a list for a program."""
    if as_json:
        console.print_json(json.dumps(list(found), ensure_ascii=False))
        return
    if not found:
        console.print(Said("Nothing is parked.", "没有搁置的事件。").to(language), style="green")
        return
    table = Table(expand=True)
    for heading in (
        Said("consumer", "消费者"),
        Said("event", "事件"),
        Said("type", "类型"),
        Said("state", "状态"),
        Said("tried", "尝试"),
        Said("since", "自"),
        Said("why", "原因"),
    ):
        table.add_column(heading.to(language), overflow="fold")
    for letter in found:
        table.add_row(
            letter["consumer"],
            letter["id"],
            letter["type"],
            f"[red]{letter['state']}[/red]" if letter["state"] == "dead" else letter["state"],
            str(letter["attempts"]),
            letter["parked_at"][:19],
            f"{letter['reason']}: {letter['detail']}".replace("[", r"\["),
        )
    console.print(table)


async def _parked(operator: Client, service: str | None, state: str | None) -> Sequence[Document]:
    found: list[Document] = []
    for name in _services(service):
        page = await operator.get(f"/v1/operations/{name}/dead-letters", state=state, limit=LIMIT)
        found += [{"service": name.value, **letter} for letter in page["items"]]
    return found


async def _one(operator: Client, event_id: str, service: str | None, consumer: str | None) -> Document:
    found = [
        letter
        for letter in await _parked(operator, service, None)
        if letter["id"] == event_id and consumer in {None, letter["consumer"]}
    ]
    if not found:
        raise Trouble(
            Said("No event {event} is parked there.", "没有搁置的事件 {event}。"), Ending.WRONG, event=event_id
        )
    if len(found) > 1:
        raise Trouble(
            Said(
                "Several consumers could not take {event}; choose with --consumer: {consumers}",
                "多个消费者未能处理 {event}，请用 --consumer 选择：{consumers}",
            ),
            Ending.USAGE,
            event=event_id,
            consumers=", ".join(letter["consumer"] for letter in found),
        )
    return found[0]


def _services(service: str | None) -> Sequence[Service]:
    if service is None:
        return list(Service)
    try:
        return [Service(service.removeprefix("service_"))]
    except ValueError:
        raise Trouble(
            Said("There is no service {service}; there are: {all}", "没有服务 {service}；可选：{all}"),
            Ending.USAGE,
            service=service,
            all=", ".join(Service),
        ) from None


def _path(letter: Document) -> str:
    return f"/v1/operations/{letter['service']}/dead-letters/{letter['id']}"


def _readable(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
