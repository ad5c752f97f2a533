"""Where an order was delivered, as storefronts say it (Z10)."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from shared.documents.calendars import known_zone, load_places
from shared.kernel.errors import Said
from shared.kernel.places import ShipTo
from shared.web.fields import Input, Output

NO_COUNTRY: Final = Said("There is no country with this code of ISO 3166-1.", "ISO 3166-1 中没有该国家或地区代码。")
NO_ZONE: Final = Said("The tz database has no such time zone.", "时区数据库中没有该时区。")
ELSEWHERE: Final = Said(
    "The subdivision is a code of ISO 3166-2 that begins with this country, such as US-CA.",
    "行政区划须为以该国家代码开头的 ISO 3166-2 代码，例如 US-CA。",
)
PART: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII)


def _upper(code: object) -> object:
    return code.strip().upper() if isinstance(code, str) else code


def _country(code: str) -> str:
    if load_places().of(code, None) is None:
        raise ValueError(NO_COUNTRY)
    return code


def _zone(name: str) -> str:
    try:
        return known_zone(name)
    except ValueError:
        raise ValueError(NO_ZONE) from None


class ShipToIn(Input):
    """The place of delivery: its holidays and its midnight end every legal day of the order.

    Without it, or where it leaves a doubt, a person looks before anybody is refused for lateness.
    """

    country: Annotated[
        str,
        BeforeValidator(_upper),
        StringConstraints(min_length=2, max_length=2),
        AfterValidator(_country),
        Field(description="ISO 3166-1 alpha-2."),
    ]
    subdivision: Annotated[
        Annotated[str, BeforeValidator(_upper), StringConstraints(max_length=8)] | None,
        Field(description="ISO 3166-2, such as US-CA or DE-BY; the part after the hyphen is enough."),
    ] = None
    time_zone: Annotated[
        Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone)] | None,
        Field(description="A name of the tz database, such as America/Los_Angeles."),
    ] = None

    @model_validator(mode="after")
    def _inside(self) -> Self:
        part = None if self.subdivision is None else _full(self.country, self.subdivision)
        if part is not None and (PART.fullmatch(part) is None or not part.startswith(f"{self.country}-")):
            raise ValueError(ELSEWHERE)
        return self

    def place(self) -> ShipTo:
        """The place of the domain."""
        part = None if self.subdivision is None else _full(self.country, self.subdivision)
        return ShipTo(self.country, part, self.time_zone)


class ShipToOut(Output):
    """The place of delivery."""

    country: str
    subdivision: str | None
    time_zone: str | None


def _full(country: str, part: str) -> str:
    return part if "-" in part else f"{country}-{part}"
