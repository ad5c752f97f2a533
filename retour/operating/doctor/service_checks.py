"""What the doctor asks every service behind the gateway: one row for each check (N06, R04, Z38).

A check has a name, an operation that it reads, and a function that judges the answer. The sentences stand in the
function, in both languages, each with what to do. Where one operation refuses, the other checks go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from retour.client import Client, Document, Refusal
from retour.operating.doctor.finding import Notebook
from shared.contracts.operations import Service
from shared.kernel.errors import Said

PAGE: Final = 1000
SHOWN: Final = 3
RECENT: Final = timedelta(days=1)
"""How long a loss that is healed is still told."""

Judge = Callable[[Notebook, str, Document], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it looks at, the path below `/v1/operations/{service}`, and the judge of the answer."""

    name: Said
    path: str
    judge: Judge
    query: Mapping[str, Any] = field(default_factory=dict)


def check_loops(notebook: Notebook, about: str, document: Document) -> None:
    """Loops that are silent, that fail, or that were restarted."""
    for loop in document["items"]:
        if not loop["alive"]:
            notebook.wrong(
                about,
                Said("loop {name} has been silent for {age} s", "循环任务 {name} 已 {age} 秒无响应"),
                Said("Restart the service, and look at its log.", "请重启服务并查看日志。"),
                name=loop["name"],
                age=loop["age_s"],
            )
        elif loop["failing"]:
            notebook.wrong(
                about,
                Said("loop {name} fails again and again: {why}", "循环任务 {name} 反复失败：{why}"),
                Said(
                    "Mend what it names; the loop goes on by itself. Its log has the whole story.",
                    "请修复所述问题，循环任务会自动继续。详情见其日志。",
                ),
                name=loop["name"],
                why=loop["last_error"],
            )
        elif loop["restarts"]:
            notebook.note(
                about,
                Said("loop {name} was restarted {n} times: {why}", "循环任务 {name} 已重启 {n} 次：{why}"),
                Said("Look at its log.", "请查看日志。"),
                name=loop["name"],
                n=loop["restarts"],
                why=loop["last_error"],
            )


def check_dead(notebook: Notebook, about: str, document: Document) -> None:
    """Events that wait for a person."""
    if document["items"]:
        notebook.wrong(
            about,
            Said("{n} events wait for a person", "{n} 个事件等待人工处理"),
            Said(
                "`retour dead-letters list`, then replay or discard.",
                "运行 `retour dead-letters list`，然后重试或放弃。",
            ),
            n=counted(document),
        )


def check_waiting(notebook: Notebook, about: str, document: Document) -> None:
    """Events that wait for what they depend on."""
    if document["items"]:
        notebook.note(
            about,
            Said("{n} events wait for what they depend on", "{n} 个事件等待其依赖的信息"),
            Said("They are tried again by themselves.", "它们会自动重试。"),
            n=counted(document),
        )


def check_queues(notebook: Notebook, about: str, document: Document) -> None:
    """Queues that were lost or are missing, and an archive that is not cleaned."""
    for queue in document["items"]:
        if queue["lost_at"] is not None:
            notebook.wrong(
                about,
                Said(
                    "queue {queue} was lost at {at}, with what waited in it",
                    "队列 {queue} 于 {at} 丢失，其中消息一并丢失",
                ),
                Said(
                    "The reconciler gives the events again by itself. If this stays for minutes, see the log of the "
                    "gateway; or run `retour events republish --since {at}`.",
                    "对账任务会自动重发事件。若数分钟后仍未恢复，请查看网关日志，"
                    "或运行 `retour events republish --since {at}`。",
                ),
                queue=queue["queue"],
                at=queue["lost_at"],
            )
        elif queue["healed_at"] is not None and datetime.now(UTC) - _moment(queue["healed_at"]) < RECENT:
            notebook.note(
                about,
                Said("queue {queue} was lost and is healed since {at}", "队列 {queue} 曾丢失，已于 {at} 恢复"),
                Said("Find out why the broker lost it: its log.", "请查看消息代理日志，了解丢失原因。"),
                queue=queue["queue"],
                at=queue["healed_at"],
            )
    for follower in document["followers"]:
        if not follower["exists"]:
            notebook.wrong(
                about,
                Said("queue {queue}, which follows its events, does not exist", "订阅其事件的队列 {queue} 不存在"),
                Said(
                    "Start the service of this queue: it makes the queue again, and the lost events are given again.",
                    "请启动该队列所属的服务：它会重建队列，丢失的事件随后重发。",
                ),
                queue=follower["queue"],
            )
    archive = document["archive"]
    if archive["behind"]:
        notebook.wrong(
            about,
            Said(
                "sent events since {at} are kept, though {days} days are set",
                "已发送事件自 {at} 起仍保留，而设置为 {days} 天",
            ),
            Said("See the loop `archive` and the log of this service.", "请查看该服务的循环任务 `archive` 和日志。"),
            at=archive["oldest_at"],
            days=archive["days"],
        )


def check_owed(notebook: Notebook, about: str, document: Document) -> None:
    """What the service owes to somebody and waits for a person."""
    for owed in document["items"]:
        notebook.owed(
            about,
            Said("{says}, since {since}: {ids}", "{says}，自 {since} 起：{ids}"),
            Said("{advice}", "{advice}"),
            says=owed["says"],
            since=str(owed["since"])[:19],
            ids=_some(owed["ids"], owed["count"]),
            advice=owed["do"],
        )


CHECKS: Final[Sequence[Check]] = (
    Check(name=Said("loops", "循环任务"), path="loops", judge=check_loops),
    Check(
        name=Said("dead events", "失效事件"),
        path="dead-letters",
        query={"state": "dead", "limit": PAGE},
        judge=check_dead,
    ),
    Check(
        name=Said("waiting events", "等待的事件"),
        path="dead-letters",
        query={"state": "waiting", "limit": PAGE},
        judge=check_waiting,
    ),
    Check(name=Said("queues", "队列"), path="queues", judge=check_queues),
    Check(name=Said("what is owed", "待办事项"), path="owed", judge=check_owed),
)
"""In the order in which they are made."""


async def check_service(notebook: Notebook, operator: Client, service: Service) -> None:
    """Make every check of one service."""
    about = f"service {service}"
    before = len(notebook.findings)
    for check in CHECKS:
        try:
            document = await operator.get(f"/v1/operations/{service}/{check.path}", **check.query)
        except Refusal as refusal:
            notebook.wrong(
                about,
                Said("its {what} cannot be read: {why}", "无法读取其{what}：{why}"),
                Said("Start it, and look at its log and its database.", "请启动该服务，并检查其日志和数据库。"),
                what=check.name.to(notebook.language),
                why=refusal.say(notebook.language),
            )
            continue
        check.judge(notebook, about, document)
    if len(notebook.findings) == before:
        notebook.good(about, Said("loops, events and queues are sound", "循环任务、事件和队列均正常"))


async def check_findings(notebook: Notebook, operator: Client) -> None:
    """On what the services disagree, as the reconciler has found."""
    about = "reconciler"
    try:
        document = await operator.get("/v1/operations/findings", state="open", limit=200)
    except Refusal as refusal:
        notebook.wrong(
            about,
            Said("its findings cannot be read: {why}", "无法读取其发现：{why}"),
            Said("Look at the log of the gateway.", "请查看网关日志。"),
            why=refusal.say(notebook.language),
        )
        return
    by_name: dict[str, list[Document]] = {}
    for finding in document["items"]:
        by_name.setdefault(finding["name"], []).append(finding)
    for same in by_name.values():
        notebook.wrong(
            about,
            Said("{says} ({ids})", "{says}（{ids}）"),
            Said("{advice}", "{advice}"),
            says=same[0]["says"],
            ids=_some([each["about"] for each in same], len(same)),
            advice=same[0]["do"],
        )
    if document.get("late"):
        notebook.wrong(
            about,
            Said("it has not compared for hours: {names}", "已数小时未完成比较：{names}"),
            Said("See `reconciler_waits` in the log of the gateway.", "请查看网关日志中的 `reconciler_waits`。"),
            names=_some(document["late"], len(document["late"])),
        )
    elif not by_name:
        notebook.good(about, Said("the services agree", "各服务记录一致"))


def counted(page: Mapping[str, Any]) -> str:
    """How many there are at least."""
    return f"{len(page['items'])}+" if page["next"] else str(len(page["items"]))


def _some(ids: Sequence[str], count: int) -> str:
    return ", ".join(ids[:SHOWN]) + (" …" if count > SHOWN else "")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
