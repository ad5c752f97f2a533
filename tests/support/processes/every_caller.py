"""Hooks of schemathesis: each request that it makes up is sent again by every other caller, and each answer checked.

Making requests up costs much more than sending them, so that it is done once for all callers. Schemathesis itself
speaks as one caller, and what this one is answered leads it to ids that exist. It imports this module because
`SCHEMATHESIS_HOOKS` names it.
"""

import atexit
import json
import os
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import requests
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.checks import CHECKS

SETTING: Final = "EVERY_CALLER_OF_A_TEST"
TAKE_AWAY: Final = ("DELETE /v1/keys/{key_id}", "POST /v1/keys/{key_id}/rotation", "PATCH /v1/accounts/{account_id}")
"""What an administrator does to a key or an account of another caller; all later answers to this caller were 401."""

ANSWERED: Final[Counter[tuple[str, str, int]]] = Counter()
"""How often a caller got a status from an operation."""


@dataclass(frozen=True, slots=True)
class EveryCaller:
    """What the test says to this process, as JSON in the environment."""

    speaker: str
    """The name of the caller as whom schemathesis speaks."""
    others: dict[str, str]
    """The tokens of the other callers by name."""
    checks: list[str]
    kept: list[str]
    """The ids of the callers' own keys and accounts, which nobody takes away."""
    numbers: str
    """The file for what was answered."""

    def environment(self) -> dict[str, str]:
        """How schemathesis is told."""
        words = {"speaker": self.speaker, "others": self.others, "checks": self.checks, "kept": self.kept}
        return {"SCHEMATHESIS_HOOKS": __name__, SETTING: json.dumps({**words, "numbers": self.numbers})}

    def answered(self) -> Counter[tuple[str, str, int]]:
        """How often each caller got which status from which operation."""
        read = json.loads(Path(self.numbers).read_text())
        return Counter({(caller, operation, status): number for caller, operation, status, number in read})


@cache
def _given() -> EveryCaller:
    return EveryCaller(**json.loads(os.environ[SETTING]))


@cache
def _session(_caller: str) -> requests.Session:
    """A connection of this caller's own."""
    return requests.Session()


def every_caller(_ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """The check: the answers that the other callers get to the same request."""
    given, operation = _given(), case.operation.label
    ANSWERED[given.speaker, operation, response.status_code] += 1
    checks: list[Any] = [CHECKS.get_one(name) for name in given.checks]
    for caller, token in given.others.items():
        headers = {"Authorization": f"Bearer {token}", "User-Agent": caller}  # the report hides the token
        answer = case.call(session=_session(caller), headers=headers)
        ANSWERED[caller, operation, answer.status_code] += 1
        case.validate_response(answer, checks=checks)


def filter_case(_context: HookContext, case: Case[Any]) -> bool:
    """Whether the request leaves every caller its rights."""
    return case.operation.label not in TAKE_AWAY or not {*map(str, case.path_parameters.values())} & {*_given().kept}


def _tell() -> None:
    Path(_given().numbers).write_text(json.dumps([[*key, number] for key, number in ANSWERED.items()]))


if SETTING in os.environ:
    schemathesis.check(every_caller)
    schemathesis.hook(filter_case)
    atexit.register(_tell)
