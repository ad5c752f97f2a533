"""A text is read in one folded form, and every place in it leads back to what was written (K05)."""

import re
from typing import Final

import pytest
from hypothesis import given, strategies as st

from service_notifications.domain.care.text.folded_text import Span, folded, printable, view_of
from shared.kernel.errors import Language
from tests.norms.readings import reread, sections


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＹＯＵＲ　ＦＡＵＬＴ", "your fault"),
        ("這是您的問題，後於", "这是您的问题,后于"),
        ("妳好！", "你好!"),
        ("can’t", "can't"),
        ("保\u200b证\ufeff", "保证"),
        ("re\u0301fund", "refund"),
        ("a  \t b\r\n  c", "a b\nc"),
        ("①②", "1.2."),
        ("😡👍🏽\ufe0f", "😡👍"),
        ("\ud800x", "\ufffdx"),
        ("…", "..."),
    ],
)
def test_what_looks_alike_is_read_alike(written: str, plain: str) -> None:
    """Half and full width, both scripts, accents, zero-width characters, emoji, half of a surrogate pair."""
    assert view_of(written).plain == plain


@given(st.text(max_size=80))
def test_every_place_leads_back_to_the_original(written: str) -> None:
    view = view_of(written)
    assert len(view.starts) == len(view.ends) == len(view.plain)
    for place in range(len(view.plain)):
        span = view.span(place, place + 1)
        assert 0 <= span.start < span.end <= len(written)
    assert list(view.starts) == sorted(view.starts)


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_text_can_be_read_and_printed(written: str) -> None:
    """Unpaired surrogates too: what is quoted from a text can be written as UTF-8."""
    view = view_of(written + "\udc00")
    assert view.original_words(Span(0, len(view.original))).encode("utf-8")
    assert printable(written + "\ud800").encode("utf-8")
    assert view.sentences or not view.plain.strip()


def test_a_finding_quotes_the_words_as_they_were_written() -> None:
    view = view_of("好的， 這是 您的問題 。")
    start = view.plain.index("您的问题")
    assert view.original_words(view.span(start, start + 4)) == "您的問題"


@pytest.mark.parametrize(
    "text",
    [
        "您说“都是你们的错”，我理解。",
        "您寫道：「都是你们的错」。",
        "> 都是你们的错\n好的",
        "您提到都是你们的错，我们会看。",
        'You wrote "都是你们的错" and I see why.',
        "On 3 Nov, Ms Wang wrote:\n都是你们的错",
        "好的\n-----Original Message-----\n都是你们的错",
        "客户反馈：都是你们的错",
    ],
)
def test_the_customers_own_words_are_known(text: str) -> None:
    view = view_of(text)
    start = view.plain.index("都是你们的错")
    assert view.is_quoted(start, start + 6)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("您说得对，这都是您的错。", "您的错"),
        ("You said so, but it is your fault.", "your fault"),
        ("向您表示歉意，都是我们不好。", "都是我们"),
        ("“保证”一词不妥。我保证今天到账。", "今天到账"),
    ],
)
def test_what_we_say_ourselves_is_no_quotation(text: str, ours: str) -> None:
    view = view_of(text)
    start = view.plain.rindex(ours)
    assert not view.is_quoted(start, start + len(ours))


def test_quotation_marks_count_only_around_what_the_customer_said() -> None:
    """When the conversation is known, marks around our own words do not hide them."""
    assert view_of("我们“保证”到账", customer_turns=["今天能到账吗"]).quotes == ()
    assert view_of("关于“今天能到账吗”", customer_turns=["今天能到账吗？"]).quotes != ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("您好。请问？好的！", ["您好。", "请问?", "好的!"]),
        ("先拍照；再寄回。", ["先拍照;", "再寄回。"]),
        ("Hello Mr. Li. It is 8.50 EUR. Thanks", ["hello mr. li.", "it is 8.50 eur.", "thanks"]),
        ("1. Send it.\n2. Wait.", ["1. send it.", "2. wait."]),
        ("He said so… Then left.", ["he said so...", "then left."]),
        ("好的...稍等", ["好的...", "稍等"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    view = view_of(text)
    assert [view.text(part) for part in view.sentences] == sentences


def test_a_place_knows_its_sentence() -> None:
    view = view_of("您好。请问您的订单号？")
    assert view.text(view.sentence_at(4)) == "请问您的订单号?"
    assert view.sentence_at(len(view.plain)).start == len(view.plain)


@pytest.mark.parametrize(
    ("text", "language"),
    [("您的RMA编号", "zh-CN"), ("Hello Ms 王, your parcel is here", "en"), ("", "en"), ("好", "zh-CN")],
)
def test_the_language_is_guessed(text: str, language: Language) -> None:
    assert view_of(text).language == language


def test_lines_and_paragraphs() -> None:
    view = view_of("一\n二\n\n三 ")
    assert [view.text(part) for part in view.lines] == ["一", "二", "三"]
    assert [view.text(part) for part in view.paragraphs] == ["一\n二", "三"]
    assert folded(" Ｍ號 ") == "m号"


READINGS: Final = sections("text")
_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[nrt])")


def unescaped(written: str) -> str:
    """Python's escapes, without touching what is not ASCII."""
    return _ESCAPE.sub(lambda found: str(found[0].encode().decode("unicode_escape")), written)


def escaped(text: str) -> str:
    """What cannot be seen or printed in a line, as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def told(heading: str, written: str) -> str:
    """A text as the heading looks at it."""
    view = view_of(written, customer_turns=[heading.split()[1]] if heading.startswith("heard:") else ())
    match heading:
        case "folded characters":
            return escaped(view.plain)
        case "the language":
            return view.language
        case "sentences" | "lines" | "paragraphs":
            return escaped(" | ".join(view.text(part) for part in getattr(view, heading)))
    ends = {part.end for part in view.quotes}
    starts = {part.start for part in view.quotes}
    marked = [
        ("⟧" if place in ends else "") + ("⟦" if place in starts else "") + view.plain[place : place + 1]
        for place in range(len(view.plain) + 1)
    ]
    return escaped("".join(marked))


@pytest.mark.parametrize("heading", READINGS)
def test_every_kind_of_text_is_read_as_a_reader_reads_it(heading: str) -> None:
    """K05: what looks alike, where sentences end, and whose words they are."""
    lines = READINGS[heading]
    assert reread(lines, lambda text: told(heading, unescaped(text))) == lines
