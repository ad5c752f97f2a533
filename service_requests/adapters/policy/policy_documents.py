"""Policies, laws and calendars as documents: strict reading; errors have line, field and reason (R1.2).

A policy that contradicts itself or gives less than the law is refused here, before anything is stored.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from service_requests.adapters.policy.document_writer import document_of, yaml_of
from service_requests.adapters.policy.law_models import RegimeShape
from service_requests.adapters.policy.policy_models import PolicyShape
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_checks import problems_in
from service_requests.domain.policy.policy_problem import PolicyProblem
from service_requests.domain.policy.sentences import fill
from service_requests.domain.policy.statutory_floor import below_floor
from shared.documents.calendars import CalendarShape
from shared.documents.document import Document, DocumentProblem, InvalidDocument, Limits, read_text
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.errors import Said

LIMITS: Final = Limits(most_bytes=512 * 1024, most_levels=24, most_values=50_000, longest_text=4_000)
LIMITS_OF_A_RECORD: Final = replace(LIMITS, longest_text=400_000)
"""A recorded decision is one long text, so the limit is higher."""
REGIMES: Final = Path(__file__).parents[2] / "regimes"
REASONS: Final[Mapping[str, Said]] = {
    "missing": Said("is missing", "缺失"),
    "extra_forbidden": Said("is not known here", "不是已知的字段"),
    "int_type": Said("must be a whole number", "必须是整数"),
    "bool_type": Said("must be true or false", "必须是 true 或 false"),
    "string_type": Said("must be a text", "必须是文本"),
    "tuple_type": Said("must be a list", "必须是列表"),
    "dict_type": Said("must be a table of names and values", "必须是名称与值的表"),
    "model_type": Said("must be a table of names and values", "必须是名称与值的表"),
    "model_attributes_type": Said("must be a table of names and values", "必须是名称与值的表"),
    "enum": Said("must be one of: {expected}", "必须是以下之一：{expected}"),
    "literal_error": Said("must be one of: {expected}", "必须是以下之一：{expected}"),
    "union_tag_invalid": Said("must be one of: {expected_tags}", "必须是以下之一：{expected_tags}"),
    "union_tag_not_found": Said("does not say its kind", "缺少 kind"),
    "greater_than_equal": Said("must be at least {ge}", "不得小于 {ge}"),
    "less_than_equal": Said("must be at most {le}", "不得大于 {le}"),
    "string_too_short": Said("must not be empty", "不得为空"),
    "string_too_long": Said("is too long", "过长"),
    "too_short": Said("needs at least {min_length}", "至少需要 {min_length} 项"),
    "too_long": Said("has more than {max_length}", "超过 {max_length} 项"),
    "string_pattern_mismatch": Said("is not written as expected", "格式不正确"),
    "timezone_aware": Said("needs a time zone", "须带时区"),
    "none_required": Said("must be left out", "必须省略"),
}
NOT_VALID: Final = Said("is not valid: {msg}", "无效：{msg}")
A_MOMENT: Final = Said(
    "must be a moment such as 2026-11-02T10:15:00+08:00", "必须是时间，例如 2026-11-02T10:15:00+08:00"
)
A_DAY: Final = Said("must be a day such as 2026-11-02", "必须是日期，例如 2026-11-02")


S = TypeVar("S", bound=BaseModel)


def read_policy(raw: bytes) -> Policy:
    """The policy in a well-formed document; `publishable_policy` checks more. Raises `InvalidDocument`."""
    policy: Policy = shape_of(read_text(raw, LIMITS), PolicyShape).build()
    return policy


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A well-formed policy with its document."""

    document: Document
    policy: Policy

    def check(
        self,
        regimes: Mapping[str, Regime],
        calendars: Mapping[str, WorkingCalendar],
        further: Sequence[PolicyProblem] = (),
    ) -> None:
        """Check the policy by itself and against the law; `further` are problems that the caller has found.

        Raises `InvalidDocument` with every problem.
        """
        problems = (*problems_in(self.policy, calendars, regimes), *below_floor(self.policy, regimes), *further)
        if problems:
            raise InvalidDocument(tuple(_problem(self.document, problem) for problem in problems))


def policy_draft(raw: bytes) -> DocumentDraft:
    """The draft in a document. Raises `InvalidDocument`."""
    document = read_text(raw, LIMITS)
    return DocumentDraft(document, shape_of(document, PolicyShape).build())


def publishable_policy(raw: bytes, regimes: Mapping[str, Regime], calendars: Mapping[str, WorkingCalendar]) -> Policy:
    """The policy, if it is consistent and gives at least what the law gives. Raises `InvalidDocument`."""
    read = policy_draft(raw)
    read.check(regimes, calendars)
    return read.policy


def read_regime(raw: bytes) -> Regime:
    """A legal regime. Raises `InvalidDocument`."""
    regime: Regime = shape_of(read_text(raw, LIMITS), RegimeShape).build()
    return regime


def read_calendar(raw: bytes) -> WorkingCalendar:
    """A working calendar. Raises `InvalidDocument`."""
    return shape_of(read_text(raw, LIMITS), CalendarShape).build()


def write_policy(policy: Policy) -> str:
    """The policy as YAML that reads back the same."""
    return yaml_of(document_of(policy))


def kind_of(raw: bytes) -> str:
    """The kind of the document by its first key: policy, case, regime, calendar or record."""
    document = read_text(raw, LIMITS_OF_A_RECORD)
    known = ("record", "case", "policy", "regime", "calendar")
    data = document.data if isinstance(document.data, dict) else {}
    kind = next((each for each in known if each in data), None)
    if kind is None:
        said = Said("names none of: {known}", "未包含以下任一键：{known}")
        raise InvalidDocument((document.problem((), fill(said, known=", ".join(known))),))
    return kind


def load_regimes(folder: Path = REGIMES) -> dict[str, Regime]:
    """The law packs of a folder, by code."""
    found = [read_regime(file.read_bytes()) for file in sorted(folder.glob("*.yaml"))]
    return {regime.code: regime for regime in found}


def policy_schema() -> str:
    """The JSON Schema of a policy document."""
    schema = PolicyShape.model_json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Returns policy"}
    return json.dumps({**schema, **head}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def shape_of(document: Document, shape: type[S]) -> S:
    """The document as this shape. Raises `InvalidDocument`."""
    try:
        return shape.model_validate_json(json.dumps(document.data, ensure_ascii=False))
    except ValidationError as error:
        raise InvalidDocument(tuple(_reason(document, each) for each in error.errors())) from None


def _reason(document: Document, error: ErrorDetails) -> DocumentProblem:
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind = error["type"]
    if kind.startswith(("datetime", "timezone")):
        return document.problem(path, A_MOMENT)
    if kind.startswith("date"):
        return document.problem(path, A_DAY)
    said = REASONS.get(kind, NOT_VALID)
    facts: dict[str, Any] = {key: str(value) for key, value in error.get("ctx", {}).items()}
    return document.problem(path, fill(said, **{"msg": error["msg"].removeprefix("Value error, "), **facts}))


def _problem(document: Document, problem: PolicyProblem) -> DocumentProblem:
    said = fill(Said("{says} ({rule})", "{says}（{rule}）"), says=problem.says, rule=problem.rule)
    return document.problem(problem.place, said)
