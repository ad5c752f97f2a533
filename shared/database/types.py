"""Column types that mean the same on PostgreSQL and on SQLite."""

from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import BigInteger, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. PostgreSQL stores `timestamptz`; SQLite stores fixed-width ISO text in UTC, which sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type of each engine."""
        native: TypeEngine[Any] = Text() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(native)

    @staticmethod
    def to_text(moment: datetime) -> str:
        """SQLite's format; a moment without a zone raises `ValueError`."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @staticmethod
    def from_text(text: str) -> datetime:
        """The moment of SQLite's text."""
        return datetime.fromisoformat(text)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Used by migrations only; readers and writers convert values themselves."""
        return self.to_text(value) if value is not None and dialect.name == "sqlite" else value


class Written(str):
    """A value of a `JsonDocument` that is JSON text already."""

    __slots__ = ()


class JsonDocument(TypeDecorator[Any]):
    """A JSON value: `jsonb` on PostgreSQL, text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type of each engine."""
        native: TypeEngine[Any] = JSONB() if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(native)

    @staticmethod
    def to_text(value: Any) -> str:
        """JSON text; accepts whatever Pydantic can serialise, dataclasses and moments included."""
        return value if type(value) is Written else to_json(value).decode()

    @staticmethod
    def from_text(text: str) -> Any:
        """The value of the text."""
        return from_json(text)


Minor = BigInteger
"""Money in minor units of the row's currency."""
