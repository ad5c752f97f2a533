"""Settings of this service, from `NOTIFICATIONS_…`. A wrong setting stops the start and is named."""

from datetime import timedelta
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
    broker_prefix: str = Field(
        default="retour",
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="What the names of exchanges and queues begin with. Every service of one Retour has the same.",
    )
    archive_days: int = Field(
        default=14, ge=1, le=3650, description="For how many days sent events stay, so that they can be given again."
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
    collect_receipts_seconds: int = Field(
        default=120,
        ge=0,
        le=3600,
        description="How long a message about a receipt waits for further receipts of the return, while goods are "
        "missing. Each receipt begins the pause anew, up to five times its length. With 0 each receipt has its own "
        "message.",
    )

    @property
    def collecting(self) -> timedelta:
        """The pause in which receipts of one return become one message."""
        return timedelta(seconds=self.collect_receipts_seconds)

    @property
    def clock_zone(self) -> ZoneInfo:
        """The time zone of moments in messages. Its offset is always stated with them."""
        return ZoneInfo(self.zone)
