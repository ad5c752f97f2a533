"""The doctor notes keys that end soon and keys that nobody uses, and is content all the same (O06)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from retour.client import Refusal
from retour.operating.doctor.finding import Level, Notebook, healthy
from retour.operating.doctor.key_checks import check_keys

AT = datetime(2027, 4, 5, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def a_key(**but: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": "key_1",
        "name": "Web shop",
        "hint": "rk_5yUN…",
        "revoked_at": None,
        "expires_at": None,
    }
    given |= {"created_at": AT - 200 * DAY, "last_used_at": AT - DAY}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in (given | but).items()}


async def noted(*keys: dict[str, Any]) -> list[str]:
    class Operator:
        async def get(self, path: str) -> Any:
            assert path == "/v1/keys"
            return {"items": keys}

    notebook, operator = Notebook("en", []), Operator()
    await check_keys(notebook, operator, AT)  # type: ignore[arg-type]
    assert healthy(notebook.findings)
    assert {finding.level for finding in notebook.findings} <= {Level.NOTE}
    return [finding.what for finding in notebook.findings]


@pytest.mark.parametrize(
    ("but", "said"),
    [
        ({}, []),
        ({"expires_at": AT + 2 * DAY}, []),
        ({"expires_at": AT + 2 * DAY - timedelta(seconds=1)}, ["expire within 48 hours: Web shop (rk_5yUN…)"]),
        ({"expires_at": AT}, []),
        ({"expires_at": AT + DAY, "revoked_at": AT}, []),
        ({"last_used_at": AT - 91 * DAY}, ["not used for 90 days: Web shop (rk_5yUN…)"]),
        ({"last_used_at": None}, ["not used for 90 days: Web shop (rk_5yUN…)"]),
        ({"last_used_at": None, "created_at": AT - DAY}, []),
        ({"last_used_at": None, "revoked_at": AT - DAY}, []),
        ({"last_used_at": None, "hint": None}, ["not used for 90 days: Web shop (key_1)"]),
    ],
)
async def test_a_key_that_needs_a_person_is_noted_and_every_other_key_is_not(
    but: dict[str, Any], said: list[str]
) -> None:
    assert await noted(a_key(**but)) == said


async def test_many_keys_are_counted() -> None:
    (said,) = await noted(*(a_key(name=f"shop {number}", last_used_at=None) for number in range(5)))
    assert said.endswith("shop 2 (rk_5yUN…) +2")


async def test_keys_that_cannot_be_read_are_a_fault() -> None:
    class Refusing:
        async def get(self, _path: str) -> Any:
            raise Refusal("GET /v1/keys", 403, {"code": "forbidden"})

    notebook, operator = Notebook("en", []), Refusing()
    await check_keys(notebook, operator, AT)  # type: ignore[arg-type]
    assert [finding.level for finding in notebook.findings] == [Level.WRONG]
