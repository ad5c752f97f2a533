"""Links to files: good for one file, one method, one way to show it, and a short time (S-67)."""

import base64
import hmac
import string
from datetime import UTC, datetime, timedelta

import pytest

from shared.files.errors import ExpiredLink, ForgedLink
from shared.files.links import LONGEST, SALT, Link, Links
from shared.kernel.errors import NotFound
from shared.web.problems import status_of

SECRET = "a-secret-of-at-least-thirty-two-characters"
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
KEY = "file_" + "0" * 26
LINKS = Links(SECRET)


def a_link(links: Links = LINKS, *, until: timedelta = timedelta(minutes=5), method: str = "GET") -> str:
    return links.sign(
        KEY, method=method, expires_at=NOW + until, disposition='attachment; filename="照片.jpg"', now=NOW
    )


def test_a_link_says_what_it_was_made_for() -> None:
    until = NOW + timedelta(minutes=5)
    assert LINKS.read(a_link(), method="GET", now=NOW) == Link(KEY, "GET", until, 'attachment; filename="照片.jpg"')


def test_a_link_works_until_its_time_is_over() -> None:
    link = a_link()
    LINKS.read(link, method="GET", now=NOW + timedelta(minutes=5, microseconds=-1))
    with pytest.raises(ExpiredLink) as raised:
        LINKS.read(link, method="GET", now=NOW + timedelta(minutes=5))
    assert (status_of(raised.value), raised.value.code) == (403, "link_expired")
    assert "重新打开页面" in raised.value.say("zh-CN")


def test_a_link_with_any_character_changed_is_forged() -> None:
    """Every character counts, also the last one of the signature, which base64 lets vary."""
    link = a_link()
    alphabet = string.ascii_letters + string.digits + "-_.="
    for place, character in enumerate(link):
        for other in alphabet if place == len(link) - 1 else "Az.-_=":
            if other != character:
                with pytest.raises(ForgedLink):
                    LINKS.read(link[:place] + other + link[place + 1 :], method="GET", now=NOW)


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "é.é", "..", "A" * 5_000, "eyJ9.", ".AAAA", "\0"])
def test_what_is_no_link_is_forged(text: str) -> None:
    with pytest.raises(ForgedLink) as raised:
        LINKS.read(text, method="GET", now=NOW)
    assert (status_of(raised.value), raised.value.code) == (403, "link_forged")


def test_a_link_is_good_for_its_method_and_its_secret_alone() -> None:
    with pytest.raises(ForgedLink):
        LINKS.read(a_link(method="GET"), method="PUT", now=NOW)
    with pytest.raises(ForgedLink):
        Links(SECRET + "x").read(a_link(), method="GET", now=NOW)


def test_two_links_cannot_be_put_together_into_a_third() -> None:
    short, long = a_link(until=timedelta(minutes=1)), a_link(until=timedelta(days=1))
    mixed = f"{long.partition('.')[0]}.{short.partition('.')[2]}"
    with pytest.raises(ForgedLink):
        LINKS.read(mixed, method="GET", now=NOW)


def test_a_signature_over_something_else_makes_no_link() -> None:
    """The key of links is derived for them: the secret itself signs none."""
    said = base64.urlsafe_b64decode(a_link().partition(".")[0] + "==")
    for content, key in ((b"{}", hmac.digest(SECRET.encode(), SALT, "sha256")), (said, SECRET.encode())):
        parts = [
            base64.urlsafe_b64encode(each).rstrip(b"=").decode()
            for each in (content, hmac.digest(key, content, "sha256"))
        ]
        with pytest.raises(ForgedLink):
            LINKS.read(".".join(parts), method="GET", now=NOW)


@pytest.mark.parametrize("until", [timedelta(0), timedelta(seconds=-1), LONGEST + timedelta(seconds=1)])
def test_a_link_is_never_made_for_long_or_for_the_past(until: timedelta) -> None:
    with pytest.raises(ValueError, match="at most"):
        a_link(until=until)


def test_a_link_names_a_key_of_ours() -> None:
    with pytest.raises(NotFound):
        LINKS.sign("../x", method="GET", expires_at=NOW + timedelta(minutes=1), disposition="inline", now=NOW)


def test_a_short_secret_makes_no_links() -> None:
    with pytest.raises(ValueError, match="32"):
        Links("short")
