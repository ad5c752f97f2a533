"""`retour doctor` on the running server: readiness, loops and parked events, as an operator sees them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from retour.access import Access
from retour.client import Client, Document, Refusal, client
from retour.exit_status import Trouble
from retour.operating.doctor.finding import Notebook
from shared.contracts.operations import Service
from shared.kernel.errors import Said

PAGE: Final = 1000


async def check_server(notebook: Notebook, find_access: Callable[[], Access]) -> None:
    """Whether the running server is ready, and every service behind the gateway, as an operator sees them."""
    try:
        access = find_access()
        async with client(access.url, notebook.language) as anonymous:
            status, document = await anonymous.health("/readyz")
            if status != 200:  # noqa: PLR2004
                notebook.wrong(
                    access.url,
                    Said("it is not ready: {checks}", "未就绪：{checks}"),
                    Said("Mend what is named, then it becomes ready by itself.", "修复所列问题后会自动恢复。"),
                    checks=document.get("checks") or document.get("detail") or status,
                )
                return
            notebook.good(access.url, Said("ready", "就绪"))
            operator = await anonymous.sign_in(access.administrator.email, access.administrator.password)
            for service in Service:
                await check_service(notebook, operator, service)
    except Trouble as trouble:
        notebook.wrong(
            "server",
            Said("{why}", "{why}"),
            Said("Then run `retour doctor` again.", "然后再次运行 `retour doctor`。"),
            why=trouble.say(notebook.language),
        )


async def check_service(notebook: Notebook, operator: Client, service: Service) -> None:
    """Whether a service answers, its loops are alive and no event is parked."""
    about = f"service {service}"
    before = len(notebook.findings)
    try:
        loops = (await operator.get(f"/v1/operations/{service}/loops"))["items"]
    except Refusal as refusal:
        notebook.wrong(
            about,
            Said("it does not answer: {why}", "无响应：{why}"),
            Said("Start it, and look at its log.", "请启动该服务并查看日志。"),
            why=refusal.say(notebook.language),
        )
        return
    check_loops(notebook, about, loops)
    try:
        dead, waiting = [
            await operator.get(f"/v1/operations/{service}/dead-letters", state=state, limit=PAGE)
            for state in ("dead", "waiting")
        ]
    except Refusal as refusal:
        notebook.wrong(
            about,
            Said("its parked events cannot be listed: {why}", "无法列出其搁置的事件：{why}"),
            Said("Look at its database and its log.", "请检查其数据库和日志。"),
            why=refusal.say(notebook.language),
        )
        return
    check_dead_letters(notebook, about, dead, waiting)
    if len(notebook.findings) == before:
        notebook.good(about, Said("{n} loops alive, nothing parked", "{n} 个循环任务正常，无搁置事件"), n=len(loops))


def check_loops(notebook: Notebook, about: str, loops: Sequence[Document]) -> None:
    """Loops that are silent, that fail, or that were restarted."""
    for loop in loops:
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


def check_dead_letters(notebook: Notebook, about: str, dead: Document, waiting: Document) -> None:
    """Events that wait for a person, and events that wait for what they depend on."""
    if dead["items"]:
        notebook.wrong(
            about,
            Said("{n} events wait for a person", "{n} 个事件等待人工处理"),
            Said(
                "`retour dead-letters list`, then replay or discard.",
                "运行 `retour dead-letters list`，然后重试或放弃。",
            ),
            n=_counted(dead),
        )
    if waiting["items"]:
        notebook.note(
            about,
            Said("{n} events wait for what they depend on", "{n} 个事件等待其依赖的信息"),
            Said("They are tried again by themselves.", "它们会自动重试。"),
            n=_counted(waiting),
        )


def _counted(page: Mapping[str, Any]) -> str:
    return f"{len(page['items'])}+" if page["next"] else str(len(page["items"]))
