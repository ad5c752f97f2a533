"""Settings of this service, from `INSPECTION_…`. A wrong setting stops the start and is named."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.documents.calendars import load_calendars


class Settings(BaseSettings):
    """The settings."""

    model_config = SettingsConfigDict(env_prefix="INSPECTION_", frozen=True)

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
    port: int = Field(default=8102, ge=1, le=65535, description="The port on which the service listens.")
    calendar: str = Field(
        default="CN",
        description="The calendar of returns whose approval names none, which only approvals from before 0.2 do.",
    )

    case_days: int = Field(
        default=30,
        ge=1,
        le=366,
        description="How many days goods are kept whose owner is looked for, before a person must end the case.",
    )

    @field_validator("calendar")
    @classmethod
    def _known(cls, calendar: str) -> str:
        if calendar not in load_calendars():
            raise ValueError(f"{calendar} is none of the calendars: {', '.join(load_calendars())}")
        return calendar
