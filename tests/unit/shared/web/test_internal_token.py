"""What the gateway shows a service is good for one service, one minute, one request (S-23, S-24)."""

import time
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Kind, Principal, Role
from shared.web import internal_token as subject
from shared.web.internal_token import InternalTokens, SealedRequest

SECRET = "s" * 32
WHO = Principal(Kind.DEVICE, "key_1", frozenset({Role.DEVICE}), frozenset({"receipts:write"}), "WH-1")
CALL = SealedRequest("POST", b"/v1/receipts", b"a=1", b'{"x":1}')


@pytest.fixture
def tokens() -> InternalTokens:
    return InternalTokens("inspection", SECRET)


def test_what_was_made_for_a_call_is_good_for_it_and_says_who(tokens: InternalTokens) -> None:
    for _ in range(2):
        assert InternalTokens("inspection", SECRET).read(tokens.make(WHO, CALL), CALL) == WHO
    assert tokens.token(WHO) == tokens.token(WHO)
    assert tokens.token(WHO) != tokens.token(replace(WHO, warehouse="WH-2"))


@pytest.mark.parametrize(
    "other",
    [
        CALL._replace(method="PUT"),
        CALL._replace(path=b"/v1/inspections"),
        CALL._replace(path=b"/v1/receipts/"),
        CALL._replace(query=b""),
        CALL._replace(query=b"a=2"),
        CALL._replace(body=b'{"x":2}'),
        CALL._replace(body=b""),
        CALL._replace(path=b"/v1/receiptsa=1", query=b""),
        CALL._replace(query=b'a=1{"x":1}', body=b""),
    ],
    ids=str,
)
def test_on_another_call_it_is_refused(tokens: InternalTokens, other: SealedRequest) -> None:
    """S-24: replayed with another method, path, query or body."""
    with pytest.raises(Unauthenticated):
        tokens.read(tokens.make(WHO, CALL), other)


def test_for_another_service_or_with_another_key_it_is_refused(tokens: InternalTokens) -> None:
    shown = tokens.make(WHO, CALL)
    for stranger in (InternalTokens("refunds", SECRET), InternalTokens("inspection", "t" * 32)):
        with pytest.raises(Unauthenticated):
            stranger.read(shown, CALL)


@pytest.mark.parametrize("seconds", [-61, 61, 3600])
def test_after_a_minute_it_is_refused(tokens: InternalTokens, monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    shown = tokens.make(WHO, CALL)
    then = time.time()
    monkeypatch.setattr("shared.web.internal_token.time.time", lambda: then + seconds)
    with pytest.raises(Unauthenticated):
        tokens.read(shown, CALL)


@pytest.mark.parametrize(("seconds", "good"), [(59, True), (61, False), (119, False)])
def test_a_token_that_was_read_before_ends_all_the_same(
    tokens: InternalTokens, monkeypatch: pytest.MonkeyPatch, seconds: int, good: bool
) -> None:
    """With a fresh seal: only the token itself is old."""
    token, then = tokens.token(WHO), time.time()
    assert tokens.read(tokens.seal(token, CALL), CALL) == WHO
    monkeypatch.setattr("shared.web.internal_token.time.time", lambda: then + seconds)
    if good:
        assert tokens.read(tokens.seal(token, CALL), CALL) == WHO
    else:
        with pytest.raises(Unauthenticated):
            tokens.read(tokens.seal(token, CALL), CALL)
    assert (tokens.token(WHO) == token) is False
    assert tokens.read(tokens.make(WHO, CALL), CALL) == WHO


@pytest.mark.parametrize(
    "form",
    ["{token}", "{token}~{moment}", "{token}~{moment}~", "{token}~{later}~{seal}", "{token}~{moment}~{other}",
     "{token}~{moment}~{seal}~", "{token}~soon~{seal}", "{token}~{moment}~\u00ff{seal}", "", "~~"],
)  # fmt: skip
def test_without_its_seal_it_is_refused(tokens: InternalTokens, form: str) -> None:
    token, moment, seal = tokens.make(WHO, CALL).split("~")
    other = seal[:-1] + ("0" if seal[-1] != "0" else "1")
    with pytest.raises(Unauthenticated):
        tokens.read(form.format(token=token, moment=moment, later=int(moment) + 1, seal=seal, other=other), CALL)


@pytest.mark.parametrize(
    "but",
    [
        {"aud": "refunds"},
        {"aud": ["inspection"]},
        {"iss": "somebody"},
        {"exp": 1},
        {"exp": "4102444800"},
        {"exp": None},
    ],
)
def test_a_sealed_token_of_other_claims_is_refused(tokens: InternalTokens, but: dict[str, Any]) -> None:
    """Finding 16."""
    claims = {
        "iss": subject.ISSUER, "aud": "inspection", "sub": "x", "kind": "staff", "roles": ["admin"], "scopes": [],
        "warehouse": None, "exp": int(time.time()) + 30, **but,
    }  # fmt: skip
    header = {"alg": "HS256", "typ": subject.TYPE}
    token = jwt.encode(header, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
    with pytest.raises(Unauthenticated):
        tokens.read(tokens.seal(token, CALL), CALL)
