"""Settings of this service, from `NOTIFICATIONS_…`. A wrong setting stops the start and is named."""

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
    """The settings."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", frozen=True)

    database_url: str = Field(description="Where the rows are kept: `postgresql://…` or `sqlite:///…`.")
    broker_url: str = Field(
        default="amqp://127.0.0.1:5672/retour",
        description="RabbitMQ with its virtual host: `amqp://…`, or `amqps://…` with TLS.",
    )
    internal_key: str = Field(
        min_length=32,
        repr=False,
        description="Proves that a call comes from the gateway. The gateway has the same key.",
    )
    host: str = Field(default="127.0.0.1", description="The address on which the service listens.")
    port: int = Field(default=8104, ge=1, le=65535, description="The port on which the service listens.")
    mail_url: Annotated[str, AfterValidator(_mail_url)] = Field(
        repr=False, description="Where mail goes: `smtp://…`, `smtps://…`, or `file:///folder`."
    )
    merchant: str = Field(
        default="Retour",
        min_length=1,
        max_length=100,
        pattern=ONE_LINE,
        description="The name that signs every message.",
    )
    service_email: Annotated[str, AfterValidator(_address)] = Field(
        default="returns@retour.example",
        description="The address that mail comes from and that answers questions.",
    )
    service_phone: str | None = Field(
        default=None,
        max_length=40,
        pattern=ONE_LINE,
        description="The phone number that answers questions. Without it messages name no phone.",
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="The time zone of the moments in messages, such as `Asia/Shanghai`."
    )

    @property
    def clock_zone(self) -> ZoneInfo:
        """The time zone of moments in messages. Its offset is always stated with them."""
        return ZoneInfo(self.zone)
