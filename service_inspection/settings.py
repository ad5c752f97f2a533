"""Settings of this service, from `INSPECTION_…`; a wrong one stops the start and says which."""

from zoneinfo import available_timezones

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_inspection.domain.inspection.calendar import WorkingCalendar


class Settings(BaseSettings):
    """One class, one prefix.

    `INSPECTION_CALENDAR` is a JSON object: `zone`, `closes` ("18:00"), `rest_days` (Monday is 0), `holidays` and
    `extra_days` (dates); what is left out keeps its default.
    """

    model_config = SettingsConfigDict(env_prefix="INSPECTION_", frozen=True)

    database_url: str
    broker_url: str = "amqp://127.0.0.1:5672/retour"
    internal_key: str = Field(min_length=32, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8102, ge=1, le=65535)
    calendar: WorkingCalendar = WorkingCalendar()

    @field_validator("calendar")
    @classmethod
    def _known_zone(cls, calendar: WorkingCalendar) -> WorkingCalendar:
        if calendar.zone not in available_timezones():
            raise ValueError(f"{calendar.zone} is not a time zone")
        return calendar
