"""The base of all document shapes: strict fields, and shapes of texts, money and periods."""

from typing import Annotated, Any, ClassVar, Final, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service_requests.domain.policy import vocabulary as words
from shared.documents.shape import Code, distinct
from shared.kernel.errors import Said
from shared.kernel.money import EXPONENTS, Money
from shared.kernel.period import Period, PeriodUnit


def known_currency(code: str) -> str:
    """The code, if the code is a currency of ISO 4217."""
    if code not in EXPONENTS:
        raise ValueError("is not a currency of ISO 4217")
    return code


MOST_ROWS: Final = 200
T = TypeVar("T")
Rows = Annotated[tuple[T, ...], Field(max_length=MOST_ROWS)]
UNIQUE: Final = {"uniqueItems": True}
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(known_currency)]
Minor = Annotated[int, Field(ge=0, le=10**12)]
Count = Annotated[int, Field(ge=1, le=36_500)]
States = Annotated[tuple[words.State, ...], AfterValidator(distinct), Field(json_schema_extra=UNIQUE)]
Codes = Annotated[tuple[Code, ...], AfterValidator(distinct), Field(min_length=1, json_schema_extra=UNIQUE)]


class Shape(BaseModel):
    """One part of a document. Strict: nothing unknown, nothing converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)
    makes: ClassVar[type[Any]]

    def build(self) -> Any:
        """The value of the domain; its fields have the same names as the shape."""
        parts = {name: build(getattr(self, name)) for name in type(self).model_fields if name != "kind"}
        return self.makes(**parts)


def build(value: Any) -> Any:
    """The value of the domain for any part of a document."""
    if isinstance(value, Shape):
        return value.build()
    if isinstance(value, tuple):
        return tuple(build(each) for each in value)
    if isinstance(value, dict):
        return {key: build(each) for key, each in value.items()}
    return value


class SaidShape(Shape):
    en: Text
    zh: Annotated[Text, Field(alias="zh-CN")]

    makes = Said


class MoneyShape(Shape):
    amount_minor: Minor
    currency: Currency

    def build(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PeriodShape(Shape):
    """Exactly one unit."""

    days: Count | None = None
    working_days: Annotated[int, Field(ge=1, le=365)] | None = None
    months: Annotated[int, Field(ge=1, le=1_200)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in PeriodUnit) != 1:
            raise ValueError("names exactly one of days, working_days, months, years")
        return self

    def build(self) -> Period:
        unit = next(unit for unit in PeriodUnit if getattr(self, unit) is not None)
        return Period(getattr(self, unit), unit)
