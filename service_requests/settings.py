"""Settings of this service, from `REQUESTS_…`; a wrong setting stops the start and is named."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One class, one prefix."""

    model_config = SettingsConfigDict(env_prefix="REQUESTS_", frozen=True)

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
    port: int = Field(default=8101, ge=1, le=65535, description="The port on which the service listens.")
    transit_days: int = Field(
        default=14,
        ge=1,
        le=120,
        description="How many days an announced parcel may take. Then it is overdue, and somebody asks the carrier.",
    )
    judge_days: int = Field(
        default=1,
        ge=0,
        le=60,
        description="Working days for the decision about a unit that did not pass its inspection.",
    )
    calculate_days: int = Field(
        default=1, ge=0, le=60, description="Working days from the acceptance of goods until their refund is opened."
    )
    tell_days: int = Field(
        default=1,
        ge=0,
        le=60,
        description="Working days until a customer is told of a refund, or reached after a message that failed.",
    )
    answer_days: int = Field(
        default=1,
        ge=0,
        le=60,
        description="Working days for a question about goods, where the warehouse has named no deadline.",
    )
    extension_days: int = Field(
        default=30, ge=1, le=366, description="How many days from today an agent may extend a deadline at most."
    )
