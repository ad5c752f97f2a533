"""Who did something: the account or the key behind an id in timelines, decisions and lists."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.identity.account import Account
from gateway.domain.identity.key import Key
from shared.kernel.principal import Kind


@dataclass(frozen=True, slots=True)
class Actor:
    """A name for an id. Without a name the gateway does not know the id; customers have no name here."""

    id: str
    kind: Kind | None = None
    name: str | None = None
    active: bool | None = None
    """Whether the account is open, or the key is good. None for an unknown id."""


def parts_of(actor_id: str) -> tuple[Kind | None, str]:
    """The kind that an actor's id names, and the id of the account or key; no kind for an id of another form."""
    word, _, rest = actor_id.partition(":")
    return (Kind(word), rest) if word in {*Kind} else (None, "")


def actor_of(actor_id: str, account: Account | None, key: Key | None, at: datetime) -> Actor:
    """The actor with this id, from the account or key with the id in it."""
    kind, _ = parts_of(actor_id)
    if kind is Kind.STAFF and account is not None:
        return Actor(actor_id, kind, account.name or account.email.partition("@")[0], not account.disabled)
    if key is not None and kind is key.kind:
        return Actor(actor_id, kind, key.name, key.good(at))
    return Actor(actor_id, kind)
