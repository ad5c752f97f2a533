"""A wrong setting stops the start and names itself."""

import pytest
from pydantic import ValidationError

from service_notifications.settings import Settings

GOOD = {"database_url": "sqlite:////tmp/n.db", "internal_key": "k" * 32, "mail_url": "smtp://mail:1025"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_url", "http://mail"),
        ("mail_url", "/var/mail"),
        ("service_email", "a@x.example\r\nBcc: b@y.example"),
        ("merchant", "Retour\nBcc: x"),
        ("zone", "Mars/Olympus"),
        ("zone", "../../etc/passwd"),
        ("internal_key", "short"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**(GOOD | {name: value}))  # type: ignore[arg-type]
    assert [error["loc"] for error in refused.value.errors()] == [(name,)]


def test_secrets_are_not_shown() -> None:
    """S-92."""
    shown = repr(Settings(**(GOOD | {"mail_url": "smtp://u:secret@mail:25"})))  # type: ignore[arg-type]
    assert "secret" not in shown
    assert "kkkk" not in shown
