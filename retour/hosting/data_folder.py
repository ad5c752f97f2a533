"""The folder for data and secrets: made on first use, readable by its owner alone.

A process that holds the folder makes files that only their owner can read, even where others may enter the folder.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from shared.contracts.operations import Service

DEFAULT: Final = Path(os.environ.get("RETOUR_DATA", ".retour"))
PREFIX: Final = {
    Service.REQUESTS: "REQUESTS",
    Service.INSPECTION: "INSPECTION",
    Service.REFUNDS: "REFUNDS",
    Service.NOTIFICATIONS: "NOTIFICATIONS",
}
"""Each service's environment prefix."""

ADMIN: Final = "admin@retour.example"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets of this deployment: a key for each service, the gateway's key, the first administrator's password."""

    internal_keys: dict[str, str]
    database_passwords: dict[str, str]
    token_key: str
    admin_password: str

    @property
    def bootstrap_admin(self) -> str:
        """`email:password` of the account that exists from the first start."""
        return f"{ADMIN}:{self.admin_password}"


def _new_secrets() -> Secrets:
    return Secrets(
        {service.value: secrets.token_urlsafe(32) for service in Service},
        {name: secrets.token_urlsafe(24) for name in (*Service, "gateway")},
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(12),
    )


@dataclass(frozen=True, slots=True)
class Administrator:
    """The account that a command uses."""

    email: str
    password: str = field(repr=False)


def address_of(host: str, port: int) -> str:
    """The address for a person on this machine."""
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104
    return f"http://{here.get(host, f'[{host}]' if ':' in host else host)}:{port}"


class InUse(Exception):
    """Another process works in this folder."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A data folder."""

    folder: Path

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever served from this folder."""
        return not (self.folder / "gateway.db").exists()

    @property
    def has_secrets(self) -> bool:
        """Whether the folder has secrets; asking makes none."""
        return (self.folder / "secrets.json").exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for this process alone; `InUse`, or `OSError` when it cannot be written."""
        self._make()
        lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InUse(str(self.folder)) from error
            others = os.umask(0o077)
            try:
                yield
            finally:
                os.umask(others)
        finally:
            os.close(lock)

    def _make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secrets(self) -> Secrets:
        """The secrets of this folder, made once."""
        path = self.folder / "secrets.json"
        if not path.exists():
            self._make_secrets(path)
        try:
            kept = Secrets(**json.loads(path.read_text()))
            missing = {*Service} - {*kept.internal_keys} | {*Service, "gateway"} - {*kept.database_passwords}
        except (TypeError, ValueError) as error:
            raise OSError(f"{path.name} is damaged; bring back a copy of it") from error
        if missing:
            raise OSError(f"{path.name} lacks what belongs to {', '.join(sorted(missing))}; bring back a copy of it")
        return kept

    def _make_secrets(self, path: Path) -> None:
        """The first of several processes makes the secrets; the others wait, because all must use the same.

        They wait for a lock on the file that is renamed to `path` once it is complete.
        """
        self._make()
        temporary = path.with_suffix(".new")
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if path.exists():
                temporary.unlink(missing_ok=True)
                return
            os.fchmod(file.fileno(), 0o600)
            file.truncate()
            json.dump(asdict(_new_secrets()), file, indent=1)
            file.flush()
            temporary.replace(path)

    def administrator(self) -> "Administrator":
        """The account with all rights from the first start."""
        return Administrator(ADMIN, self.secrets().admin_password)

    def database_url(self, name: str) -> str:
        """The SQLite file of a service or the gateway."""
        return f"sqlite:///{self.folder.absolute() / name}.db"

    @property
    def outbox(self) -> Path:
        """Where the embedded mode writes its mail."""
        return self.folder.absolute() / "outbox"

    def remember_address(self, address: str) -> None:
        """Store the server's address, for commands that talk to it."""
        (self.folder / "address").write_text(address)

    def address(self) -> str | None:
        """The address of the server that uses this folder, if one was started."""
        path = self.folder / "address"
        return path.read_text().strip() if path.exists() else None
