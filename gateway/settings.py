"""Settings of the gateway, from `GATEWAY_…`; a wrong one stops the start and says which."""

from collections.abc import Sequence

from pydantic import AnyHttpUrl, Field, TypeAdapter, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.domain.identity.account import EMAIL, PASSWORD_LENGTHS
from shared.contracts.operations import Service

_URL = TypeAdapter(AnyHttpUrl)


class DatabaseSettings(BaseSettings):
    """What migrating needs."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", frozen=True)

    database_url: str


class Settings(DatabaseSettings):
    """One class, one prefix. A key signs the gateway's calls to one service and is that service's `…_INTERNAL_KEY`."""

    token_key: str = Field(min_length=32, repr=False)
    requests_url: str = "http://127.0.0.1:8101"
    requests_key: str = Field(min_length=32, repr=False)
    inspection_url: str = "http://127.0.0.1:8102"
    inspection_key: str = Field(min_length=32, repr=False)
    refunds_url: str = "http://127.0.0.1:8103"
    refunds_key: str = Field(min_length=32, repr=False)
    notifications_url: str = "http://127.0.0.1:8104"
    notifications_key: str = Field(min_length=32, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str = "http://127.0.0.1:8080"
    bootstrap_admin: str | None = Field(default=None, repr=False)
    rate_per_minute: int = Field(default=600_000, ge=1)
    customer_rate_per_minute: int = Field(default=1_200, ge=1)
    anonymous_rate_per_minute: int = Field(default=600, ge=1)
    sign_ins_per_address: int = Field(default=300, ge=1)
    trusted_hops: int = Field(default=0, ge=0, le=10)
    body_limit: int = Field(default=1_000_000, ge=1)
    body_seconds: float = Field(default=15.0, gt=0)
    upstream_seconds: float = Field(default=30.0, gt=0)
    upstream_connections: int = Field(default=64, ge=1)
    expose_metrics: bool = False
    expose_docs: bool = True

    demo_accounts: str = Field(default="", repr=False, description="email:password, separated by commas; shown on /.")

    @field_validator("requests_url", "inspection_url", "refunds_url", "notifications_url", "public_url")
    @classmethod
    def _an_http_url(cls, value: str) -> str:
        _URL.validate_python(value)
        return value.rstrip("/")

    @field_validator("bootstrap_admin")
    @classmethod
    def _email_and_password(cls, value: str | None) -> str | None:
        email, colon, password = (value or "").partition(":")
        if value and not (colon and EMAIL.fullmatch(email) and _fits(password)):
            raise ValueError("email:password, the password of {} to {} characters".format(*PASSWORD_LENGTHS))
        return value or None

    def url_of(self, service: Service) -> str:
        """Where a service is."""
        return str(getattr(self, f"{service}_url"))

    def key_of(self, service: Service) -> str:
        """What signs the calls to it."""
        return str(getattr(self, f"{service}_key"))

    @property
    def demonstration(self) -> Sequence[tuple[str, str]]:
        """The accounts that a demonstration shows to everybody."""
        pairs = (account.strip().partition(":") for account in self.demo_accounts.split(",") if account.strip())
        return tuple((email, password) for email, _, password in pairs)

    @property
    def https(self) -> bool:
        """Whether people come over TLS: cookies are made accordingly."""
        return self.public_url.startswith("https://")


def _fits(password: str) -> bool:
    return PASSWORD_LENGTHS[0] <= len(password) <= PASSWORD_LENGTHS[1]
