"""Settings of the gateway, from `GATEWAY_…`; a wrong setting stops the start and is named."""

from collections.abc import Sequence

from pydantic import AnyHttpUrl, Field, TypeAdapter, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.domain.edge.origin import origins
from gateway.domain.identity.account import EMAIL, PASSWORD_LENGTHS
from shared.contracts.operations import Service

_URL = TypeAdapter(AnyHttpUrl)


class DatabaseSettings(BaseSettings):
    """The settings that migrations need."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", frozen=True)

    database_url: str = Field(description="Where the rows are kept: `postgresql://…` or `sqlite:///…`.")


class Settings(DatabaseSettings):
    """One class, one prefix."""

    token_key: str = Field(
        min_length=32,
        repr=False,
        description="The key of the digests by which tokens and keys are recognised. Another key signs everybody out.",
    )
    requests_url: str = Field(default="http://127.0.0.1:8101", description="Where the requests service answers.")
    requests_key: str = Field(
        min_length=32,
        repr=False,
        description="Signs calls to the requests service. It is that service's `REQUESTS_INTERNAL_KEY`.",
    )
    inspection_url: str = Field(default="http://127.0.0.1:8102", description="Where the inspection service answers.")
    inspection_key: str = Field(
        min_length=32,
        repr=False,
        description="Signs calls to the inspection service. It is that service's `INSPECTION_INTERNAL_KEY`.",
    )
    refunds_url: str = Field(default="http://127.0.0.1:8103", description="Where the refunds service answers.")
    refunds_key: str = Field(
        min_length=32,
        repr=False,
        description="Signs calls to the refunds service. It is that service's `REFUNDS_INTERNAL_KEY`.",
    )
    notifications_url: str = Field(
        default="http://127.0.0.1:8104", description="Where the notifications service answers."
    )
    notifications_key: str = Field(
        min_length=32,
        repr=False,
        description="Signs calls to the notifications service. It is that service's `NOTIFICATIONS_INTERNAL_KEY`.",
    )
    host: str = Field(default="127.0.0.1", description="The address on which the gateway listens.")
    port: int = Field(default=8080, ge=1, le=65535, description="The port on which the gateway listens.")
    public_url: str = Field(
        default="http://127.0.0.1:8080",
        description="The address that people use. With `https` cookies are sent over TLS only.",
    )
    bootstrap_admin: str | None = Field(
        default=None,
        repr=False,
        description="The first account as `email:password`. It is made when there is no account.",
    )
    rate_per_minute: int = Field(
        default=600_000,
        ge=1,
        description="How many requests a member of staff, a system or a scanner may send in a minute.",
    )
    customer_rate_per_minute: int = Field(
        default=1_200, ge=1, description="How many requests a customer may send in a minute."
    )
    anonymous_rate_per_minute: int = Field(
        default=600,
        ge=1,
        description="How many requests an address may send in a minute without a token, with tokens that are not "
        "known, and to sign in. Each of the three is counted by itself.",
    )
    sign_ins_per_address: int = Field(
        default=300, ge=1, description="How often one address may try to sign in within five minutes."
    )
    trusted_hops: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many proxies before the gateway are trusted to name the client's address.",
    )
    body_limit: int = Field(default=1_000_000, ge=1, description="The most bytes that the body of a request may have.")
    body_seconds: float = Field(
        default=15.0, gt=0, description="How many seconds the body of a request may take to arrive."
    )
    upstream_seconds: float = Field(default=30.0, gt=0, description="How many seconds a service may take to answer.")
    upstream_connections: int = Field(
        default=64, ge=1, description="How many connections the gateway keeps to one service."
    )
    reconcile_seconds: float = Field(
        default=3600.0, ge=1, description="How often the reconciler compares the services."
    )
    expose_metrics: bool = Field(default=False, description="Whether `/metrics` answers on the public address.")
    expose_docs: bool = Field(default=True, description="Whether `/docs` shows the API documents.")
    demo_accounts: str = Field(
        default="",
        repr=False,
        description="Accounts that the first page shows to everybody: `email:password`, separated by commas.",
    )

    cors_origins: str = Field(
        default="",
        description=(
            "Origins whose pages may call `/v1` from a browser, such as `https://shop.example`, "
            "separated by commas; at most 50. None: no page of another origin may."
        ),
    )

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

    @field_validator("cors_origins")
    @classmethod
    def _exact_origins(cls, value: str) -> str:
        origins(value)
        return value

    def url_of(self, service: Service) -> str:
        """The address of a service."""
        return str(getattr(self, f"{service}_url"))

    def key_of(self, service: Service) -> str:
        """The key that signs calls to a service."""
        return str(getattr(self, f"{service}_key"))

    @property
    def demonstration(self) -> Sequence[tuple[str, str]]:
        """The accounts that a demonstration shows to everybody."""
        pairs = (account.strip().partition(":") for account in self.demo_accounts.split(",") if account.strip())
        return tuple((email, password) for email, _, password in pairs)

    @property
    def other_origins(self) -> frozenset[str]:
        """The origins whose pages may call the API."""
        return origins(self.cors_origins)

    @property
    def https(self) -> bool:
        """Whether the public address uses TLS; cookies depend on it."""
        return self.public_url.startswith("https://")


def _fits(password: str) -> bool:
    return PASSWORD_LENGTHS[0] <= len(password) <= PASSWORD_LENGTHS[1]
