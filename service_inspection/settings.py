"""Settings of this service, from `INSPECTION_…`; a wrong one stops the start and says which."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.documents.calendars import load_calendars


class Settings(BaseSettings):
    """One class, one prefix.

    `INSPECTION_CALENDAR` names the calendar for returns whose approval names none, which only those from before 0.2 do.
    """

    model_config = SettingsConfigDict(env_prefix="INSPECTION_", frozen=True)

    database_url: str
    broker_url: str = "amqp://127.0.0.1:5672/retour"
    internal_key: str = Field(min_length=32, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8102, ge=1, le=65535)
    calendar: str = "CN"

    @field_validator("calendar")
    @classmethod
    def _known(cls, calendar: str) -> str:
        if calendar not in load_calendars():
            raise ValueError(f"{calendar} is none of the calendars: {', '.join(load_calendars())}")
        return calendar
