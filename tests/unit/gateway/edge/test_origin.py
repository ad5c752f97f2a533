"""Origins of the settings: exactly what a browser would send, or no start (S-20)."""

import pytest
from pydantic import ValidationError

from gateway.domain.edge.origin import MOST_ORIGINS, origins
from tests.support.gateway import settings

GOOD = (
    "https://shop.example",
    "https://shop.example:8443",
    "https://a.b-c.shop.example",
    "https://xn--bcher-kva.example",
    "https://intranet",
    "https://192.0.2.7",
    "https://[2001:db8::7]:65535",
    "http://localhost",
    "http://localhost:3000",
    "http://shop.localhost:1",
    "http://127.0.0.1:5173",
    "http://127.9.9.9",
    "http://[::1]:8080",
)
NO_ORIGINS = (
    "*",
    "null",
    "shop.example",
    "//shop.example",
    "https://",
    "https://*",
    "https://*.shop.example",
    "https://shop.*",
    "HTTPS://shop.example",
    "https://Shop.example",
    "https://shop.example/",
    "https://shop.example/returns",
    "https://shop.example?x",
    "https://shop.example#x",
    "https://shop.example\\",
    "https://shop.example evil.example",
    "https://shop.example\nhttps://evil.example",
    "https://shop.example\x00",
    "https://shop.example%2eevil",
    "https://ada@shop.example",
    "https://ada:secret@shop.example",
    "https://shop.example@evil.example",
    "https://bücher.example",
    "https://ѕhop.example",
    "https://shop。example",
    "https://shop.example:",
    "https://shop.example:0",
    "https://shop.example:00443",
    "https://shop.example:443",
    "https://shop.example:65536",
    "https://shop.example:99999",
    "https://shop.example:-1",
    "https://shop.example:٨٤",
    "https://shop.example:8443:8443",
    "http://localhost:80",
    "https://.shop.example",
    "https://shop.example.",
    "https://shop..example",
    "https://-shop.example",
    "https://shop-.example",
    "https://shop_1.example",
    "https://" + "a" * 64 + ".example",
    "https://" + "a." * 130 + "example",
    "https://127.1",
    "https://127.0.0.01",
    "https://2130706433",
    "https://0x7f.0.0.0x1",
    "https://256.0.0.1",
    "https://shop.1",
    "https://[::1",
    "https://[0:0:0:0:0:0:0:1]",
    "https://[::0001]",
    "https://[::1%eth0]",
    "https://[::127.0.0.1]",
    "https://[v1.a]",
    "ftp://shop.example",
    "file://",
    "javascript://shop.example",
    "chrome-extension://abcdefghijklmnop",
)
NOT_HERE = (
    "http://shop.example",
    "http://localhost.evil.example",
    "http://notlocalhost",
    "http://127.0.0.1.evil.example",
    "http://192.0.2.7",
    "http://10.0.0.1:8080",
    "http://0.0.0.0",
    "http://[::]",
    "http://[2001:db8::7]",
)


@pytest.mark.parametrize("origin", GOOD)
def test_an_exact_origin_is_kept_as_it_is(origin: str) -> None:
    """S-20: the text is compared with a browser's byte for byte."""
    assert origins(origin) == {origin}


@pytest.mark.parametrize("wrong", NO_ORIGINS)
def test_what_no_browser_would_send_is_refused_and_named(wrong: str) -> None:
    """S-20: also in a list after a good one; nothing is made to fit."""
    for text in (wrong, f"https://shop.example,{wrong}"):
        with pytest.raises(ValueError, match="is no exact origin such as") as raised:
            origins(text)
        assert repr(wrong[:100]) in str(raised.value)


@pytest.mark.parametrize("wrong", NOT_HERE)
def test_an_origin_without_tls_is_only_this_computer(wrong: str) -> None:
    """S-20: who is between the browser and a page without TLS could call the API in its name."""
    with pytest.raises(ValueError, match="needs https"):
        origins(wrong)


def test_a_list_may_have_spaces_and_a_last_comma_but_no_more_than_fifty() -> None:
    """S-20: the same form as other lists of the settings."""
    assert origins("") == origins(" , ,") == frozenset()
    assert origins(" https://a.example , https://b.example,") == {"https://a.example", "https://b.example"}
    many = [f"https://shop-{number}.example" for number in range(MOST_ORIGINS + 1)]
    assert origins(",".join(many[:-1])) == set(many[:-1])
    with pytest.raises(ValueError, match="51 origins; at most 50"):
        origins(",".join(many))


def test_a_wrong_origin_stops_the_start_and_the_default_is_none() -> None:
    """S-20: the setting is named, with the origin that is wrong."""
    assert settings().other_origins == frozenset()
    assert settings(cors_origins="https://shop.example").other_origins == {"https://shop.example"}
    with pytest.raises(ValidationError) as raised:
        settings(cors_origins="https://shop.example, *")
    assert [item["loc"] for item in raised.value.errors()] == [("cors_origins",)]
    assert "'*' is no exact origin" in str(raised.value)
