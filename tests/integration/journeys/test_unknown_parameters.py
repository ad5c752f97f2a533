"""A query parameter that an operation does not know is refused, at every operation of Retour (Z35)."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.who_may import Row, rows
from tests.support.world import Caller, World

DOCUMENT: Final = json.loads((Path(__file__).parents[3] / "docs/openapi.json").read_text())["paths"]
OPERATIONS: Final = {
    f"{method.upper()} {path}": described for path, methods in DOCUMENT.items() for method, described in methods.items()
}
TABLE: Final = {(row.method, row.path): row for row in rows()}


def parameters(described: dict[str, Any]) -> list[str]:
    """The names of the query parameters that the document tells of."""
    return sorted(each["name"] for each in described.get("parameters", ()) if each["in"] == "query")


def somebody(world: World, row: Row) -> Caller:
    """Somebody who may."""
    callers = {"admin": world.admin, "shop": world.shop, "agent": world.agent, "scanner": world.scanner}
    return next(caller for name, caller in callers.items() if row.everybody or name in row.may)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_unknown_query_parameter_is_refused(world: World, operation: str) -> None:
    """Z35, N09: an ignored filter answers with everything, and its reader takes that for what was asked."""
    method, path = operation.split()
    known = parameters(OPERATIONS[operation])
    caller = somebody(world, TABLE[method, re.sub(r"{\w+}", "{}", path)])
    where = re.sub(r"{\w+}", "any", path)
    for query, unknown in (("no_such_filter=x", "no_such_filter"), ("Limit=1&CURSOR=", "Limit, CURSOR"), ("%20", " ")):
        answer = await caller.call(method, f"{where}?{query}", {} if method in ("POST", "PUT", "PATCH") else None)
        said = answer.json()
        assert (answer.status_code, said["code"]) == (422, "unknown_parameter"), (operation, query, answer.text)
        assert f"no parameter {unknown} here" in said["detail"]
        assert [each["pointer"] for each in said["errors"]] == [f"/query/{name}" for name in unknown.split(", ")]
        for sentence in (said["detail"], *(each["detail"] for each in said["errors"])):
            if known:
                assert sentence.endswith(f"Known parameters: {', '.join(known)}.")
            else:
                assert sentence.endswith("This operation takes no query parameters.")


async def test_what_is_said_back_of_an_unknown_name_is_bounded_and_in_the_callers_language(world: World) -> None:
    """Z35, Q01, S-49: the name is text from outside."""
    answer = await world.agent.call("GET", f"/v1/returns?{'x' * 3000}=1&a~b/c=1", **{"Accept-Language": "zh-CN"})
    said = answer.json()
    assert answer.status_code == 422
    assert [each["pointer"] for each in said["errors"]] == [f"/query/{'x' * 64}", "/query/a~0b~1c"]
    assert said["detail"].startswith("此操作没有参数 xxx")


@pytest.mark.parametrize("page", ["/policy", "/login", "/docs/problems", "/healthz"])
async def test_a_link_to_a_page_may_be_decorated(world: World, page: str) -> None:
    """Z35: mail programs and advertisers add parameters to links; a page shows nothing else because of them."""
    assert (await world.http.get(f"{page}?utm_source=letter&utm_source=twice")).status_code == 200
