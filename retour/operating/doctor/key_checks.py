"""`retour doctor` on keys: those that end soon, and those that nobody uses."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from retour.client import Client, Refusal
from retour.operating.doctor.finding import Notebook
from shared.kernel.errors import Said

Key = dict[str, Any]
SOON: Final = timedelta(hours=48)
LONG: Final = timedelta(days=90)
MOST_NAMED: Final = 3


async def check_keys(notebook: Notebook, administrator: Client, at: datetime) -> None:
    """A note on keys that expire within 48 hours, and on those that were not used for 90 days."""
    try:
        document = await administrator.get("/v1/keys")
    except Refusal as refusal:
        notebook.wrong(
            "keys",
            Said("the keys cannot be read: {why}", "无法读取密钥：{why}"),
            Said("Look at the log of the gateway.", "请查看网关日志。"),
            why=refusal.say(notebook.language),
        )
        return
    good = [key for key in document["items"] if key["revoked_at"] is None and not _ended(key, at)]
    ending = [key for key in good if key["expires_at"] is not None and _moment(key, "expires_at") < at + SOON]
    unused = [key for key in good if _last_sign(key) < at - LONG]
    if ending:
        notebook.note(
            "keys",
            Said("expire within 48 hours: {names}", "将在 48 小时内过期：{names}"),
            Said("Check that each machine has its new key.", "请确认各系统和设备已换用新密钥。"),
            names=_some(ending),
        )
    if unused:
        notebook.note(
            "keys",
            Said("not used for 90 days: {names}", "90 天内未使用：{names}"),
            Said("Revoke those that no machine needs.", "请撤销不再需要的密钥。"),
            names=_some(unused),
        )


def _ended(key: Key, at: datetime) -> bool:
    return key["expires_at"] is not None and _moment(key, "expires_at") <= at


def _last_sign(key: Key) -> datetime:
    return _moment(key, "created_at" if key["last_used_at"] is None else "last_used_at")


def _moment(key: Key, name: str) -> datetime:
    return datetime.fromisoformat(key[name])


def _some(keys: Sequence[Key]) -> str:
    named: Iterable[str] = (f"{key['name']} ({key['hint'] or key['id']})" for key in keys[:MOST_NAMED])
    more = f" +{len(keys) - MOST_NAMED}" if len(keys) > MOST_NAMED else ""
    return ", ".join(named) + more
