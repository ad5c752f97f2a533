"""Settings of this service, from `NOTIFICATIONS_…`; a wrong one stops the start and says which."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_notifications.domain.contacts.contact import ADDRESS, ONE_LINE


def _mail_url(url: str) -> str:
    if not url.startswith(("file:///", "smtp://", "smtps://")):
        raise ValueError("a mail URL starts with file:///, smtp:// or smtps://")
    return url


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError("this is not one plain mail address")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("this is not a time zone such as Asia/Shanghai") from error
    return name


class Settings(BaseSettings):
    """One class, one prefix. `merchant` signs every message; `service_email` and `service_phone` answer questions."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", frozen=True)

    database_url: str
    broker_url: str = "amqp://127.0.0.1:5672/retour"
    internal_key: str = Field(min_length=32, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8104, ge=1, le=65535)
    mail_url: Annotated[str, AfterValidator(_mail_url)] = Field(repr=False)
    merchant: str = Field(default="Retour", min_length=1, max_length=100, pattern=ONE_LINE)
    service_email: Annotated[str, AfterValidator(_address)] = "returns@retour.example"
    service_phone: str | None = Field(default=None, max_length=40, pattern=ONE_LINE)
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"

    @property
    def clock_zone(self) -> ZoneInfo:
        """The time zone in which customers are told moments; its name is always said with them."""
        return ZoneInfo(self.zone)
