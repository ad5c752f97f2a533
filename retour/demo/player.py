"""`retour demo`: plays the stories through the public API, as a shop, its customers, a scanner and an agent would.

Nothing is random: the same run has the same orders, and the next run has the next numbers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from retour.client import client
from retour.demo.cast import Slow, Told, gather
from retour.demo.scene import count_messages, play_story, scan_unknown
from retour.demo.stories import STORIES, UNKNOWN_RMA, Story
from retour.exit_status import Trouble
from retour.hosting.data_folder import Administrator
from shared.kernel.errors import Language, Said

TRIES: Final = 12
"""Calls during an outage: about 40 s, because a machine that has just started everything is busy."""
AT_ONCE: Final = 4

STATUS_COLOURS: Final[Mapping[str, str]] = {
    "closed": "green",
    "refused": "red",
    "cancelled": "dim",
    "awaiting_person": "yellow",
    "in_review": "yellow",
}


async def play(url: str, administrator: Administrator, console: Console, language: Language) -> bool:
    """Play all stories, some at the same time; whether each ended as planned. `Trouble` when the server refuses.

    A story that fails does not stop the others: the table shows all, and the errors are below it.
    """
    async with client(url, language, tries=TRIES) as anonymous:
        cast = await gather(anonymous, administrator, Slow(console, language))
        troubles: list[Trouble] = []
        try:
            with _progress(console) as progress:
                task = progress.add_task(Said("Playing the demo", "正在演示").to(language), total=len(STORIES) + 1)
                turn = asyncio.Semaphore(AT_ONCE)

                async def tell(number: int, story: Story) -> Told:
                    async with turn:
                        told = Told(story=story)
                        try:
                            await play_story(cast, number, told)
                        except Trouble as trouble:
                            told.trouble = trouble
                        progress.advance(task)
                        return told

                await scan_unknown(cast)
                progress.advance(task)
                told = await asyncio.gather(*(tell(number, story) for number, story in enumerate(STORIES, 1)))
                try:
                    await count_messages(cast, [each for each in told if each.trouble is None])
                except Trouble as trouble:
                    troubles.append(trouble)
        finally:
            for key in cast.keys:
                await cast.admin.delete(f"/v1/keys/{key}")
    show(told, console, language)
    troubles += [each.trouble for each in told if each.trouble is not None]
    _complain(troubles, console, language)
    return not troubles and all(each.as_told for each in told)


def _complain(troubles: Sequence[Trouble], console: Console, language: Language) -> None:
    for trouble in troubles:
        console.print(trouble.say(language), style="red", highlight=False, markup=False)
    if troubles:
        advice = Said(
            "`retour doctor` says what is wrong; then `retour demo` plays it again.",
            "`retour doctor` 会说明问题所在；之后可用 `retour demo` 重新演示。",
        )
        console.print(advice.to(language), style="red", highlight=False)


def show(told: Sequence[Told], console: Console, language: Language) -> None:
    """The table of what happened."""
    table = Table(title=Said("What happened", "演示结果").to(language), title_justify="left", box=SIMPLE_HEAD)
    for heading, whole in (
        (Said("RMA", "退货编号"), True),
        (Said("customer, and what", "客户与事由"), False),
        (Said("status", "状态"), True),
        (Said("refund", "退款"), True),
        (Said("mails", "通知"), True),
    ):
        table.add_column(heading.to(language), overflow="fold", no_wrap=whole)
    for each in told:
        colour = STATUS_COLOURS.get(each.status, "cyan")
        odd = "" if each.as_told else f" ≠ {each.story.ends}"
        table.add_row(
            each.rma or "–",
            f"{each.story.who.name}\n[dim]{each.story.what.to(language)}[/dim]",
            f"[{colour}]{each.status or '–'}[/{colour}]" + (f"[bold red]{odd}[/bold red]" if odd else ""),
            each.refund or "–",
            str(each.messages),
        )
    console.print(table)
    scan = Said(
        "At the dock: a parcel with the unknown number {rma} was kept and waits for a person (GET /v1/receipts).",
        "收货处：包裹编号 {rma} 无法识别，已留存并等待人工处理（GET /v1/receipts）。",
    )
    console.print(scan.to(language, rma=UNKNOWN_RMA), highlight=False)


def _progress(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)
