"""Documents are read strictly, within limits: what is refused is told with line, field and reason (R1.2, K05)."""

import pytest
from hypothesis import given, settings, strategies as st

from shared.documents.document import InvalidDocument, Limits, read_text, reads_as_text
from shared.kernel.errors import Language, Said
from tests.support.sizes import Build, limits

WIDE = Limits(most_bytes=64 * 1024, most_levels=16, most_values=1_000, longest_text=100)


def refusal(raw: bytes, limits: Limits = WIDE) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        read_text(raw, limits)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        (b'{\t"a":\t"\\ud83d\\ude00"}', {"a": "😀"}),
        ("\ufeffa: 您".encode(), {"a": "您"}),
        (b"[1, -2, 0]", [1, -2, 0]),
        (b"- true\n- false\n- null\n- ~\n-", [True, False, None, None, None]),
        (b"- 'true'\n- \"1\"\n- |\n  2", ["true", "1", "2"]),
        (b"- yes\n- no\n- 2026-11-02\n- 10:15\n- 0x1F\n- 1_000", ["yes", "no", "2026-11-02", "10:15", "0x1F", "1_000"]),
        (b"a: {b: [c]}", {"a": {"b": ["c"]}}),
        (b'"line\\nand\\ttab"', "line\nand\ttab"),
    ],
)
def test_nothing_is_guessed(raw: bytes, data: object) -> None:
    """A pair of surrogates is one character; `yes`, days and times stay texts."""
    assert read_text(raw, WIDE).data == data


@pytest.mark.parametrize(
    ("raw", "place", "field", "reason"),
    [
        (b"", (1, 1), "/", Said("the document is empty", "文件为空")),
        (b"\xff\xfe\x00", (1, 1), "/", Said("the document is not UTF-8 text", "文件不是 UTF-8 文本")),
        (b"\x00", (1, 1), "/", Said("a character that cannot be read", "无法读取的字符")),
        (b"{", (1, 2), "/", Said("not readable", "无法读取")),
        (b"{'a': 1}", (1, 2), "/", Said("not readable", "无法读取")),
        (b'{"a": 1,\n "b" 2}', (2, 6), "/", Said("not readable", "无法读取")),
        (b"a: [", (1, 5), "/", Said("not readable", "无法读取")),
        (b"a: 1\n--- \nb: 2", (2, 1), "/", Said("not readable", "无法读取")),
        (b'{"a": NaN}', (1, 1), "/", Said("NaN is not a number", "NaN 不是可用的数字")),
        (b'{"a": -Infinity}', (1, 1), "/", Said("-Infinity is not a number", "-Infinity 不是可用的数字")),
        (b'{"a": 1e400}', (1, 7), "/a", Said("only whole numbers", "只允许使用整数")),
        (b'{"a": 1.0}', (1, 7), "/a", Said("only whole numbers", "只允许使用整数")),
        (b"a:\n- .nan", (2, 3), "/a/0", Said("only whole numbers", "只允许使用整数")),
        (b"a: 1e3", (1, 4), "/a", Said("only whole numbers", "只允许使用整数")),
        (b"a: 10000000000000000000000", (1, 4), "/a", Said("too large", "整数过大")),
        (b"a: 010", (1, 4), "/a", Said("not written plainly", "写法不规范")),
        (b"a: +1", (1, 4), "/a", Said("not written plainly", "写法不规范")),
        (b'{"a": 1,\n "a": 2}', (2, 2), "/a", Said("a is said twice", "a 重复出现")),
        (b"a: 1\na: 2", (2, 1), "/a", Said("a is said twice", "a 重复出现")),
        (b"a: &x 1\nb: *x", (1, 4), "/", Said("anchors and aliases", "锚点和别名")),
        (b"a: &x [*x]", (1, 4), "/", Said("anchors and aliases", "锚点和别名")),
        (b"a: *x", (1, 4), "/", Said("anchors and aliases", "锚点和别名")),
        (b"a: !!python/object/apply:os.system [ls]", (1, 4), "/", Said("tags are not used", "不允许使用标签")),
        (b"a: !!set {b}", (1, 4), "/", Said("tags are not used", "不允许使用标签")),
        (b"<<: {a: 1}", (1, 1), "/", Said("a key is a plain word", "键名必须是普通文本")),
        (b"a:\n  ? [b]\n  : 1", (2, 5), "/a", Said("a key is a plain word", "键名必须是普通文本")),
        (b'a: "\\ud800"', (1, 4), "/a", Said("half a surrogate pair", "不成对的代理字符")),
        (b'{"\\udfff": 1}', (1, 2), "/", Said("half a surrogate pair", "不成对的代理字符")),
        (b'a: "\\x00"', (1, 4), "/a", Said("control characters", "控制字符")),
        (b'{"a": "\\u001b[2J"}', (1, 7), "/a", Said("control characters", "控制字符")),
        (b'{"a": "\\u009b2J"}', (1, 7), "/a", Said("control characters", "控制字符")),
        (b"[" * 5_000 + b"]" * 5_000, (1, 1), "/", Said("nested too deeply", "嵌套过深")),
    ],
)
def test_what_is_not_used_is_refused_with_line_field_and_reason(
    raw: bytes, place: tuple[int, int], field: str, reason: Said
) -> None:
    """S-50, S-51: NaN, huge, twice, cyclic, half a character."""
    (problem,) = refusal(raw).problems
    assert ((problem.line, problem.column), problem.field) == (place, field)
    assert reason.en in problem.says.en
    assert reason.zh in problem.says.zh


SMALL = Limits(most_bytes=3 * 1024, most_levels=5, most_values=20, longest_text=7)


@pytest.mark.parametrize(("build", "most", "reason"), limits(kib=3, levels=5, values=20, characters=7))
def test_a_limit_is_the_most_that_is_taken(build: Build, most: int, reason: str) -> None:
    read_text(build(most), SMALL)
    (problem,) = refusal(build(most + 1), SMALL).problems
    assert problem.says.en == reason
    assert problem.says.zh


def test_a_key_is_a_text_with_the_same_limit() -> None:
    assert "longer than 7 characters" in refusal(b"12345678: 1", SMALL).say("en")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "line 2, column 4, /b: only whole"), ("zh-CN", "第2行第4列, /b: 只允许使用整数")],
)
def test_a_refusal_says_where_and_what(language: Language, said: str) -> None:
    refused = refusal(b"a: 1\nb: 1.5")
    assert said in refused.say(language)
    assert [(part.pointer, part.line, part.column) for part in refused.parts] == [("/b", 2, 4)]
    assert refused.pointer == "/b"


@pytest.mark.parametrize(
    ("path", "line", "field"),
    [
        ((), 1, "/"),
        (("a",), 1, "/a"),
        (("a", 1), 3, "/a/1"),
        (("a", 1, "c"), 4, "/a/1/c"),
        (("a", 1, "d"), 3, "/a/1/d"),
        (("e",), 1, "/e"),
    ],
)
def test_a_problem_stands_at_the_deepest_value_that_there_is(
    path: tuple[str | int, ...], line: int, field: str
) -> None:
    document = read_text(b"a:\n- 1\n- b: 1\n  c: 2", WIDE)
    problem = document.problem(path, Said("x", "x"))
    assert (problem.line, problem.field) == (line, field)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused_with_a_reason(raw: bytes) -> None:
    """Hostile input: never any other exception, and the reason can be written down."""
    said = ["read"]
    try:
        read_text(raw, WIDE)
    except InvalidDocument as refused:
        said = [refused.say("en"), refused.say("zh-CN")]
    assert all(words.encode() for words in said)


@pytest.mark.parametrize(
    "word", ["1", "-1", "010", "1e3", "2026.1", ".inf", "true", "null", "~", "", "yes", "0x1F", "a"]
)
def test_a_word_reads_as_text_just_when_the_reader_gives_it_back(word: str) -> None:
    """What is written without quotes comes back the same, or is quoted (R1.2)."""
    try:
        given_back = read_text(f"- {word}".encode(), WIDE).data == [word]
    except InvalidDocument:
        given_back = False
    assert reads_as_text(word) is given_back
