"""Reads a reply and its case from a document. A refusal names line, field and reason (K05)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from service_notifications.adapters.care.reply_check.reply_model import ReplyShape
from service_notifications.domain.care.reply_check.reply_case import ReplyCase
from shared.documents.document import Document, DocumentProblem, InvalidDocument, Limits, read_text
from shared.kernel.errors import Said

LIMITS: Final = Limits(most_bytes=1024 * 1024, most_levels=16, most_values=20_000, longest_text=12_000)
REASONS: Final[Mapping[str, Said]] = {
    "missing": Said("is missing", "缺失"),
    "extra_forbidden": Said("is not known here", "不是已知的字段"),
    "int_type": Said("must be a whole number", "必须是整数"),
    "bool_type": Said("must be true or false", "必须是 true 或 false"),
    "string_type": Said("must be a text", "必须是文本"),
    "tuple_type": Said("must be a list", "必须是列表"),
    "frozen_set_type": Said("must be a list", "必须是列表"),
    "dict_type": Said("must be a table of names and values", "必须是名称与值的表"),
    "model_type": Said("must be a table of names and values", "必须是名称与值的表"),
    "model_attributes_type": Said("must be a table of names and values", "必须是名称与值的表"),
    "enum": Said("must be one of: {expected}", "必须是以下之一：{expected}"),
    "literal_error": Said("must be one of: {expected}", "必须是以下之一：{expected}"),
    "greater_than_equal": Said("must be at least {ge}", "不得小于 {ge}"),
    "less_than_equal": Said("must be at most {le}", "不得大于 {le}"),
    "string_too_short": Said("must not be empty", "不得为空"),
    "string_too_long": Said("is too long", "过长"),
    "too_short": Said("needs at least {min_length}", "至少需要 {min_length} 项"),
    "too_long": Said("has more than {max_length}", "超过 {max_length} 项"),
    "string_pattern_mismatch": Said("is not written as expected", "格式不正确"),
    "timezone_aware": Said("needs a time zone", "须带时区"),
}
NOT_VALID: Final = Said("is not valid: {msg}", "无效：{msg}")
A_MOMENT: Final = Said(
    "must be a moment such as 2026-11-24T10:15:00+08:00", "必须是时间，例如 2026-11-24T10:15:00+08:00"
)


def read_reply(raw: bytes) -> ReplyCase:
    """The reply and its case in a document. Raises `InvalidDocument`."""
    document = read_text(raw, LIMITS)
    try:
        shape = ReplyShape.model_validate_json(json.dumps(document.data, ensure_ascii=False))
    except ValidationError as error:
        raise InvalidDocument(tuple(_reason(document, each) for each in error.errors())) from None
    return shape.build()


def reply_schema() -> str:
    """The JSON Schema of a reply with its case."""
    schema = ReplyShape.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Reply to be checked"}
    return json.dumps({**schema, **head}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _reason(document: Document, error: ErrorDetails) -> DocumentProblem:
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind = error["type"]
    if kind.startswith(("datetime", "timezone")):
        return document.problem(path, A_MOMENT)
    said = REASONS.get(kind, NOT_VALID)
    facts: dict[str, Any] = {key: str(value) for key, value in error.get("ctx", {}).items()}
    facts["msg"] = error["msg"].removeprefix("Value error, ")
    return document.problem(path, Said(said.en.format(**facts), said.zh.format(**facts)))
