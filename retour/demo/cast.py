"""The accounts and keys of the demo, and the name of this run."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from retour.client import Client, Refusal
from retour.demo.stories import Story
from retour.exit_status import Trouble
from retour.hosting.data_folder import Administrator
from shared.kernel.errors import Language, Said

SHOP_SCOPES: Final = ("orders:write", "orders:read", "customers:token", "contacts:write")
WAREHOUSE: Final = "main"
STAFF: Final[Mapping[str, tuple[str, ...]]] = {
    "agent@retour.example": ("agent",),
    "supervisor@retour.example": ("agent", "supervisor"),
    "warehouse@retour.example": ("warehouse",),
    "finance@retour.example": ("finance",),
}
"""The accounts of the demo, besides the administrator."""


def password_of(email: str, administrator: Administrator) -> str:
    """A demo account's password, derived from the administrator's and the same every time."""
    digest = hmac.new(administrator.password.encode(), email.encode(), hashlib.sha256).hexdigest()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8, 12))


def introduce(administrator: Administrator, console: Console, language: Language) -> None:
    """Print the accounts and their passwords."""
    table = Table(title=Said("Demo accounts", "演示账号").to(language), title_justify="left")
    for heading in (Said("e-mail", "邮箱"), Said("password", "密码"), Said("roles", "角色")):
        table.add_column(heading.to(language), no_wrap=True)
    table.add_row(administrator.email, administrator.password, "admin")
    for email, roles in STAFF.items():
        table.add_row(email, password_of(email, administrator), ", ".join(roles))
    console.print(table)


@dataclass(slots=True, kw_only=True)
class Told:
    """The result of a story, as far as it went."""

    story: Story
    return_id: str = ""
    rma: str | None = None
    status: str = ""
    refund: str = ""
    messages: int = 0
    trouble: Trouble | None = None

    @property
    def as_told(self) -> bool:
        """Whether the story ended as planned."""
        return self.trouble is None and self.status == self.story.ends


@dataclass(slots=True, kw_only=True)
class Cast:
    """The accounts and keys of one run."""

    anonymous: Client
    admin: Client
    agent: Client
    shop: Client
    scanner: Client
    run: int
    keys: list[str]
    slow: "Slow"

    def mark(self, number: int) -> str:
        """This run's name for its story with this number."""
        return f"DEMO-{self.run:03}-{number:02}"


class Slow:
    """Prints what is waited for when a step takes long."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._language = language

    def say(self, seconds: float, why: str) -> None:
        """Print one line, above the progress bar where there is one."""
        line = Said("The demo has waited {seconds} s: {why}", "演示已等待 {seconds} 秒：{why}")
        self._console.print(line.to(self._language, seconds=int(seconds), why=why), style="yellow", highlight=False)


async def gather(anonymous: Client, administrator: Administrator, slow: Slow) -> Cast:
    """Sign in, open missing accounts, make this run's keys, find its number."""
    admin = await anonymous.sign_in(administrator.email, administrator.password)
    for email, roles in STAFF.items():
        name = email.partition("@")[0].capitalize()
        account = {"email": email, "name": name, "password": password_of(email, administrator), "roles": list(roles)}
        try:
            await admin.post("/v1/accounts", account)
        except Refusal as refusal:
            if refusal.code != "email_taken":
                raise
    agent = await anonymous.sign_in(
        "supervisor@retour.example", password_of("supervisor@retour.example", administrator)
    )
    shop = await admin.post("/v1/keys", {"kind": "system", "name": "Demo shop", "scopes": list(SHOP_SCOPES)})
    scanner = await admin.post("/v1/keys", {"kind": "device", "name": "Demo scanner", "warehouse": WAREHOUSE})
    cast = Cast(
        anonymous=anonymous,
        admin=admin,
        agent=agent,
        shop=anonymous.known_as(shop["key"]),
        scanner=anonymous.known_as(scanner["key"]),
        run=1,
        keys=[shop["id"], scanner["id"]],
        slow=slow,
    )
    while (await cast.shop.get("/v1/orders", number=cast.mark(1)))["items"]:
        cast.run += 1
    return cast
