"""Settings of this service, from `REFUNDS_…`; a wrong one stops the start and says which."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One class, one prefix."""

    model_config = SettingsConfigDict(env_prefix="REFUNDS_", frozen=True)

    database_url: str
    broker_url: str = "amqp://127.0.0.1:5672/retour"
    internal_key: str = Field(min_length=32, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8103, ge=1, le=65535)
    provider_calls: int = Field(default=16, ge=1, le=500)
    """Refunds that may be at the provider at the same time."""
