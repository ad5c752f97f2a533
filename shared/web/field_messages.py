"""What a caller is told about a field that does not fit, by Pydantic's type of the error."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Said

FIELD: Final[Mapping[str, Said]] = {
    "missing": Said("This field is required.", "此字段为必填项。"),
    "extra_forbidden": Said("There is no such field.", "没有此字段。"),
    "string_type": Said("This must be text.", "须为文本。"),
    "string_too_short": Said("At least {min_length} characters.", "至少 {min_length} 个字符。"),
    "string_too_long": Said("At most {max_length} characters.", "最多 {max_length} 个字符。"),
    "string_pattern_mismatch": Said("This does not have the expected form: {pattern}", "格式不符，应为：{pattern}"),
    "string_unicode": Said("This is not valid text.", "不是有效的文本。"),
    "int_type": Said("This must be a whole number.", "须为整数。"),
    "int_from_float": Said("This must be a whole number.", "须为整数。"),
    "int_parsing": Said("This must be a whole number.", "须为整数。"),
    "int_parsing_size": Said("This number is too large.", "数值过大。"),
    "greater_than_equal": Said("At least {ge}.", "不小于 {ge}。"),
    "greater_than": Said("More than {gt}.", "须大于 {gt}。"),
    "less_than_equal": Said("At most {le}.", "不大于 {le}。"),
    "less_than": Said("Less than {lt}.", "须小于 {lt}。"),
    "too_short": Said("At least {min_length} entries.", "至少 {min_length} 项。"),
    "too_long": Said("At most {max_length} entries.", "最多 {max_length} 项。"),
    "enum": Said("One of: {expected}.", "须为以下之一：{expected}。"),
    "literal_error": Said("One of: {expected}.", "须为以下之一：{expected}。"),
    "bool_type": Said("This must be true or false.", "须为 true 或 false。"),
    "bool_parsing": Said("This must be true or false.", "须为 true 或 false。"),
    "datetime_type": Said("This must be a moment as RFC 3339, with its time zone.", "须为带时区的 RFC 3339 时间。"),
    "datetime_parsing": Said("This must be a moment as RFC 3339, with its time zone.", "须为带时区的 RFC 3339 时间。"),
    "datetime_from_date_parsing": Said(
        "This must be a moment as RFC 3339, with its time zone.", "须为带时区的 RFC 3339 时间。"
    ),
    "timezone_aware": Said("The moment needs its time zone.", "时间须带时区。"),
    "date_type": Said("This must be a date.", "须为日期。"),
    "date_parsing": Said("This must be a date as YYYY-MM-DD.", "须为 YYYY-MM-DD 格式的日期。"),
    "list_type": Said("This must be a list.", "须为列表。"),
    "tuple_type": Said("This must be a list.", "须为列表。"),
    "model_type": Said("This must be an object.", "须为对象。"),
    "model_attributes_type": Said("This must be a JSON object.", "须为 JSON 对象。"),
    "dict_type": Said("This must be an object.", "须为对象。"),
    "json_invalid": Said("This is not valid JSON.", "不是有效的 JSON。"),
    "value_error": Said("{error}", "{error}"),
}
ODD: Final = Said("This value does not fit.", "此值不符合要求。")
