"""Which server a command talks to, and as whom: from options, else the environment, else the data folder."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retour.exit_status import ExitStatus, Trouble
from retour.hosting.data_folder import Administrator, DataFolder
from shared.kernel.errors import Language, Said

if TYPE_CHECKING:
    from retour.client import Client

ANYWHERE: Final = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Access:
    """An address, and the account that signs in there."""

    url: str
    administrator: Administrator


def find(
    data_folder: DataFolder, url: str | None, email: str | None, password: str | None, environment: Mapping[str, str]
) -> Access:
    """The address and the administrator. `Trouble` when neither options, environment nor folder name one."""
    address = url or data_folder.address() or ANYWHERE
    if email and password:
        return Access(address, Administrator(email, password))
    boot_email, _, boot_password = environment.get("GATEWAY_BOOTSTRAP_ADMIN", "").partition(":")
    if boot_password:
        return Access(address, Administrator(email or boot_email, password or boot_password))
    if data_folder.has_secrets:
        known = data_folder.administrator()
        return Access(address, Administrator(email or known.email, password or known.password))
    raise Trouble(
        Said(
            "{folder} holds no Retour. Name it with --data, or the administrator with RETOUR_ADMIN_EMAIL and "
            "RETOUR_ADMIN_PASSWORD.",
            "{folder} 中没有 Retour 数据。请用 --data 指定目录，或用 RETOUR_ADMIN_EMAIL 和 "
            "RETOUR_ADMIN_PASSWORD 指定管理员。",
        ),
        ExitStatus.SETTINGS,
        folder=data_folder.folder.absolute(),
    )


@asynccontextmanager
async def signed_in(access: Access, language: Language) -> "AsyncIterator[Client]":
    """A client that is signed in as the administrator."""
    from retour.client import client

    async with client(access.url, language) as anonymous:
        yield await anonymous.sign_in(access.administrator.email, access.administrator.password)
