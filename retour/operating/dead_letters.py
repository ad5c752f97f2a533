"""`retour dead-letters`: parked events of every service, read and handled through the gateway."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from retour.access import Access, signed_in
from retour.client import Client, Document, Refusal
from retour.exit_status import ExitStatus, Trouble
from shared.contracts.operations import Service
from shared.kernel.errors import Language, Said

WORDS: Final[Mapping[str, Said]] = {"replay": Said("replayed", "重试"), "discard": Said("discarded", "放弃")}
PAGE: Final = 200
MOST: Final = 10_000
"""Events one listing shows at the most; with more than that, a person needs the program's form of the first ones."""


async def find(
    access: Access, language: Language, *, service: str | None, state: str | None, consumer: str | None
) -> Sequence[Document]:
    """Parked events, each with its service; oldest first, at most `MOST`."""
    async with signed_in(access, language) as operator:
        return await _parked(operator, service, state=state, consumer=consumer)


async def whole(
    access: Access, language: Language, event_id: str, *, service: str | None, consumer: str | None
) -> Document:
    """One event with its body, as JSON where possible, and what was done about it, also afterwards."""
    async with signed_in(access, language) as operator:
        where = await _where(operator, event_id, service, consumer)
        found = await operator.get(_path(where), consumer=where["consumer"])
        acts = [{**act, "body": _readable(act["body"])} for act in found["acts"]]
        return {"service": where["service"], **found, "body": _readable(found["body"]), "acts": acts}


async def replay(
    access: Access,
    language: Language,
    event_id: str | None,
    reason: str | None,
    *,
    service: str | None,
    consumer: str | None,
) -> Sequence[Document]:
    """Try one event again, or all; each in its state afterwards."""
    async with signed_in(access, language) as operator:
        if event_id is not None:
            chosen: Sequence[Document] = [await _one(operator, event_id, service, consumer)]
        else:
            chosen = await _parked(operator, service, consumer=consumer)
        done = []
        for letter in chosen:
            body = {"consumer": letter["consumer"], **({"reason": reason} if reason is not None else {})}
            try:
                done.append({**letter, **await operator.post(f"{_path(letter)}/replay", body)})
            except Refusal as refusal:
                if event_id is not None or refusal.code != "not_found":
                    raise  # an event of many that was handled in the meantime is no error
        return done


async def discard(
    access: Access, language: Language, event_id: str, reason: str, *, service: str | None, consumer: str | None
) -> Document:
    """Give up one event, on record; the event as it was."""
    async with signed_in(access, language) as operator:
        letter = await _one(operator, event_id, service, consumer)
        body = {"consumer": letter["consumer"], "reason": reason}
        return {**letter, **await operator.post(f"{_path(letter)}/discard", body)}


async def acts(access: Access, language: Language, *, service: str | None) -> Sequence[Document]:
    """What people did about parked events, newest first, each with its service; at most `MOST` a service."""
    async with signed_in(access, language) as operator:
        found: list[Document] = []
        for name in _services(service):
            found += await _all(operator, name, "dead-letter-acts")
        return sorted(found, key=lambda act: str(act["at"]), reverse=True)


def show_all(found: Sequence[Document], console: Console, language: Language, *, as_json: bool) -> None:
    """A table for a person, a list for a program."""
    if as_json:
        console.print_json(json.dumps(list(found), ensure_ascii=False))
        return
    if not found:
        console.print(Said("Nothing is parked.", "没有搁置的事件。").to(language), style="green")
        return
    table = _table((Said("event", "事件"), Said("why", "原因")), language)
    tried = Said("tried {n}, since {since}", "尝试 {n} 次，自 {since}")
    for letter in found:
        state = f"[red]{letter['state']}[/red]" if letter["state"] == "dead" else letter["state"]
        since = tried.to(language, n=letter["attempts"], since=letter["parked_at"][:19])
        why = f"{letter['reason']}: {letter['detail']}".replace("[", r"\[")
        table.add_row(f"{letter['id']}\n{letter['type']}\n{letter['consumer']}", f"{state}, {since}\n{why}")
    console.print(table)


def show_acts(found: Sequence[Document], console: Console, language: Language, *, as_json: bool) -> None:
    """A table for a person, a list for a program."""
    if as_json:
        console.print_json(json.dumps(list(found), ensure_ascii=False))
        return
    if not found:
        console.print(Said("Nothing was replayed or discarded.", "没有重试或放弃的记录。").to(language), style="green")
        return
    table = _table((Said("event", "事件"), Said("who did what, and why", "操作者、操作与原因")), language)
    for act in found:
        why = str(act["why"] or "–").replace("[", r"\[")
        what = WORDS[act["act"]].to(language)
        table.add_row(f"{act['event_id']}\n{act['consumer']}", f"{act['at'][:19]} {act['by']}: {what}\n{why}")
    console.print(table)


def _table(headings: Sequence[Said], language: Language) -> Table:
    """Two columns, so that a terminal of 80 columns shows the whole id of an event."""
    table = Table(box=SIMPLE_HEAD)
    for heading, whole in zip(headings, (True, False), strict=True):
        table.add_column(heading.to(language), overflow="fold", no_wrap=whole)
    return table


async def _parked(
    operator: Client,
    service: str | None,
    *,
    state: str | None = None,
    consumer: str | None = None,
    event_id: str | None = None,
) -> Sequence[Document]:
    found: list[Document] = []
    for name in _services(service):
        found += await _all(operator, name, "dead-letters", state=state, consumer=consumer, event_id=event_id)
    return found


async def _all(operator: Client, service: Service, what: str, **sought: str | None) -> Sequence[Document]:
    """Read page after page, up to `MOST`."""
    found: list[Document] = []
    cursor: str | None = None
    while len(found) < MOST:
        page = await operator.get(f"/v1/operations/{service}/{what}", **sought, cursor=cursor, limit=PAGE)
        found += [{"service": service.value, **each} for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    return found


async def _one(operator: Client, event_id: str, service: str | None, consumer: str | None) -> Document:
    found = await _parked(operator, service, consumer=consumer, event_id=event_id)
    if not found:
        raise Trouble(
            Said("No event {event} is parked there.", "没有搁置的事件 {event}。"), ExitStatus.WRONG, event=event_id
        )
    return _only(found, event_id)


async def _where(operator: Client, event_id: str, service: str | None, consumer: str | None) -> Document:
    """The service and the consumer of an event."""
    found = await _parked(operator, service, consumer=consumer, event_id=event_id)
    if found:
        return _only(found, event_id)
    done = {
        act["consumer"]: {"service": act["service"], "consumer": act["consumer"], "id": event_id}
        for name in _services(service)
        for act in await _all(operator, name, "dead-letter-acts")
        if act["event_id"] == event_id and consumer in {None, act["consumer"]}
    }
    if not done:
        raise Trouble(
            Said("No event {event} is or was parked there.", "没有也未曾有搁置的事件 {event}。"),
            ExitStatus.WRONG,
            event=event_id,
        )
    return _only(list(done.values()), event_id)


def _only(found: Sequence[Document], event_id: str) -> Document:
    if len(found) > 1:
        raise Trouble(
            Said(
                "Several consumers could not take {event}; choose with --consumer: {consumers}",
                "多个消费者未能处理 {event}，请用 --consumer 选择：{consumers}",
            ),
            ExitStatus.USAGE,
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
            ExitStatus.USAGE,
            service=service,
            all=", ".join(Service),
        ) from None


def _path(letter: Document) -> str:
    return f"/v1/operations/{letter['service']}/dead-letters/{quote(letter['id'], safe='')}"


def _readable(body: str | None) -> Any:
    try:
        return None if body is None else json.loads(body)
    except ValueError:
        return body
