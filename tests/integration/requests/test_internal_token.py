"""What was overheard between the gateway and a service is good for nothing else (S-24)."""

from shared.kernel.principal import Kind, Principal, Role
from shared.web.internal_token import InternalTokens, SealedRequest
from tests.integration.requests.conftest import SECRET, RequestsService

ADMIN = Principal(Kind.STAFF, "acc_1", frozenset({Role.ADMIN}))


async def test_a_token_is_refused_on_another_path_query_method_or_body(requests_service: RequestsService) -> None:
    """S-23, S-24: the very same call passes, everything else is 401 and does nothing."""
    tokens = InternalTokens("requests", SECRET)
    path = "/v1/operations/requests/dead-letters"
    known = {"Authorization": "bearer " + tokens.make(ADMIN, SealedRequest("GET", path.encode(), b"limit=5", b""))}
    http = requests_service._http
    assert (await http.get(f"{path}?limit=5", headers=known)).status_code == 200
    assert (await http.get(f"{path}?limit=6", headers=known)).status_code == 401
    assert (await http.get("/v1/operations/requests/dead-letter-acts?limit=5", headers=known)).status_code == 401
    body = b'{"consumer":"requests.follow-refund","reason":"mine"}'
    target = f"{path}/evt_1/replay"
    sealed = {
        "Authorization": "bearer " + tokens.make(ADMIN, SealedRequest("POST", target.encode(), b"", body)),
        "Content-Type": "application/json",
    }
    assert (await http.post(target, content=body, headers=sealed)).status_code == 404
    assert (await http.post(target, content=body.replace(b"mine", b"his!"), headers=sealed)).status_code == 401
    assert (await http.post(f"{path}/evt_2/replay", content=body, headers=sealed)).status_code == 401
    bare = {"Authorization": f"bearer {tokens.token(ADMIN)}"}
    assert (await http.get(f"{path}?limit=5", headers=bare)).status_code == 401
