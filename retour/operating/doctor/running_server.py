"""`retour doctor` on the running server: readiness, and every service as an operator sees it."""

from collections.abc import Callable
from typing import Final

from retour.access import Access
from retour.client import Refusal, client
from retour.exit_status import Trouble
from retour.operating.doctor.finding import Notebook
from retour.operating.doctor.key_checks import check_keys
from retour.operating.doctor.service_checks import check_findings, check_service
from shared.contracts.operations import Service
from shared.kernel.errors import Said
from shared.runtime.clock import now

AGAIN: Final = Said("Then run `retour doctor` again.", "然后再次运行 `retour doctor`。")
OTHER_PASSWORD: Final = Said(
    "The administrator's password has changed: tell the new one with RETOUR_ADMIN_PASSWORD.",
    "管理员密码已更改：请用 RETOUR_ADMIN_PASSWORD 提供新密码。",
)


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
            await check_findings(notebook, operator)
            await check_keys(notebook, operator, now())
    except Trouble as trouble:
        other = isinstance(trouble, Refusal) and trouble.code == "wrong_password"
        notebook.wrong(
            "server",
            Said("{why}", "{why}"),
            OTHER_PASSWORD if other else AGAIN,
            why=trouble.say(notebook.language),
        )
