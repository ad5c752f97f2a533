"""Reads YAML and JSON text into plain data with the place of every value, strictly and with limits.

YAML is restricted: no anchors, aliases, tags or merge keys, no key twice, no fractions, no control characters, no half
of a surrogate pair. `yes`, `no`, dates and times stay texts. The reader of the data decides what a value must be.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml

from shared.kernel.errors import ErrorPart, Language, Malformed, Said

_WORDS: Final[Mapping[str, Any]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_PLAIN_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")
_FRACTION: Final = re.compile(
    r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
# A terminal would execute them; line ends and tabs are allowed.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a document; each kind of document has its own."""

    most_bytes: int
    most_levels: int
    """Of values within values; the whole document is at 0."""
    most_values: int
    """As YAML counts: beginnings and ends of tables and lists, too."""
    longest_text: int
    """In characters."""


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """One error and its place; lines and columns begin at 1."""

    line: int
    column: int
    field: str
    says: Said

    def say(self, language: Language) -> str:
        """Place and error, in one line."""
        where = (
            f"第{self.line}行第{self.column}列" if language == "zh-CN" else f"line {self.line}, column {self.column}"
        )
        return f"{where}, {self.field}: {self.says.to(language)}"


class InvalidDocument(Malformed):
    """A document that cannot be used, with all its errors."""

    code = "invalid_document"
    title = Said("The document is not valid", "文件无效")

    def __init__(self, problems: tuple[DocumentProblem, ...]) -> None:
        self.problems = problems
        self.parts = tuple(ErrorPart(each.field, each.line, each.column, each.says) for each in problems)
        super().__init__(pointer=problems[0].field)

    def say(self, language: Language) -> str:
        return "\n".join(problem.say(language) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, and the place of each value."""

    data: Any
    places: Mapping[Path, tuple[int, int]]

    def problem(self, path: Path, says: Said) -> DocumentProblem:
        """A problem at the deepest existing value on that path."""
        known: Path = ()
        for part in path:
            if (*known, part) in self.places:
                known = (*known, part)
        line, column = self.places.get(known, (1, 1))
        return DocumentProblem(line, column, _pointer(path), says)


def read_text(raw: bytes, limits: Limits) -> Document:
    """The document in the bytes. Raises `InvalidDocument`."""
    if len(raw) > limits.most_bytes:
        kib = limits.most_bytes // 1024
        _refuse(f"the document is longer than {kib} KiB", f"文件超过 {kib} KiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("the document is not UTF-8 text", "文件不是 UTF-8 文本")
    if text.lstrip()[:1] in {"{", "["}:
        _check_json(text)
        # Tabs may separate tokens in JSON only; inside its texts they are always escaped.
        text = text.replace("\t", " ")
    try:
        return _Reader(text, limits).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = error.problem or "it cannot be read"
        _refuse(f"not readable: {what}", f"无法读取：{what}", place)
    except (yaml.YAMLError, RecursionError, ValueError):
        _refuse("it holds a character that cannot be read or is nested too deeply", "含有无法读取的字符或嵌套过深")


def reads_as_text(plain: str) -> bool:
    """Whether these words, written without quotes, are read as text and not as a number, a flag or nothing."""
    return plain not in _WORDS and not _INTEGER.fullmatch(plain) and not _FRACTION.fullmatch(plain)


def _check_json(text: str) -> None:
    """Text that starts like JSON must be JSON, so that both parsers agree."""
    try:
        json.loads(text, parse_constant=_no_constant, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        _refuse(f"not readable: {error.msg}", f"无法读取：{error.msg}", (error.lineno, error.colno))
    except RecursionError:
        _refuse("it is nested too deeply", "嵌套过深")


def _no_constant(word: str) -> NoReturn:
    _refuse(f"{word} is not a number that can be used", f"{word} 不是可用的数字")


def _refuse(en: str, zh: str, place: tuple[int, int] = (1, 1), path: Path = ()) -> NoReturn:
    raise InvalidDocument((DocumentProblem(*place, _pointer(path), Said(en, zh)),))


def _pointer(path: Path) -> str:
    return "/" + "/".join(map(str, path))


class _Loader(yaml.SafeLoader):
    """Refuses unused features of YAML while reading, before any value is built."""

    def __init__(self, text: str, most: int) -> None:
        super().__init__(text)
        self._most = most
        self._events = 0

    def get_event(self) -> Any:
        event = super().get_event()  # type: ignore[no-untyped-call]
        self._events += 1
        place = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            _refuse("anchors and aliases are not used here", "不允许使用锚点和别名", place)
        if getattr(event, "tag", None) is not None:
            _refuse("tags are not used here", "不允许使用标签", place)
        if self._events > self._most:
            _refuse(f"there are more than {self._most} values", f"超过 {self._most} 个值", place)
        return event


class _Reader:
    """Walks the composed tree and collects data and places together."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._places: dict[Path, tuple[int, int]] = {}

    def document(self) -> Document:
        loader = _Loader(self._text, self._limits.most_values)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
        if root is None:
            _refuse("the document is empty", "文件为空")
        return Document(self._value(root, ()), self._places)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        self._places[path] = place
        if len(path) > self._limits.most_levels:
            _refuse("it is nested too deeply", "嵌套过深", place, path)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place, path)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self._value(each, (*path, number)) for number, each in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
                _refuse("a key is a plain word", "键名必须是普通文本", place, path)
            key = self._text_of(key_node, place, path)
            if key in found:
                _refuse(f"{key} is said twice", f"{key} 重复出现", place, (*path, key))
            found[key] = self._value(value_node, (*path, key))
            self._places[*path, key] = place
        return found

    def _scalar(self, node: yaml.ScalarNode, place: tuple[int, int], path: Path) -> Any:
        text = self._text_of(node, place, path)
        if node.style is not None or reads_as_text(text):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if not _INTEGER.fullmatch(text):
            _refuse("only whole numbers are used here", "只允许使用整数", place, path)
        if not _PLAIN_INTEGER.fullmatch(text):
            _refuse("this whole number is too large or not written plainly", "整数过大或写法不规范", place, path)
        return int(text)

    def _text_of(self, node: yaml.ScalarNode, place: tuple[int, int], path: Path) -> str:
        """The text with JSON's surrogate pairs joined; half a pair is no character."""
        try:
            joined = str(node.value).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            _refuse("half a surrogate pair is not a character", "包含不成对的代理字符", place, path)
        most = self._limits.longest_text
        if len(joined) > most:
            _refuse(f"this text is longer than {most} characters", f"文本超过 {most} 个字符", place, path)
        if _CONTROL.search(joined):
            _refuse("control characters are not used here", "不允许使用控制字符", place, path)
        return joined
