r"""A text in the folded form that is compared with lists, with the places of the original text.

`view_of` makes a `TextView`. Patterns are matched against its `plain` text; `span` gives the place in the original.
Every function takes linear time in the length of the text, whatever the text contains.

The form of `plain`, for writers of lists:

- NFKD, so that full-width forms are half-width (`，` is `,`; `。` stays, `…` is `...`); circled numbers are `1.`;
- lower case; traditional characters are simplified; `妳` is `你`;
- curly apostrophes are `'`, hyphens and the dash of a range are `-`; curly double quotes and corner brackets stay as
  they are;
- zero-width characters, variation selectors and accents are gone, other emoji stay as they are;
- a run of blanks is one blank, and no line begins with one; line ends are `\n`; an unpaired surrogate is U+FFFD.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from sys import maxsize
from typing import Final, NamedTuple

from service_notifications.domain.care.text.simplified_characters import SIMPLIFIED
from shared.kernel.errors import Language

LONGEST_QUOTE: Final = 600
MOST_QUOTES: Final = 200
_LONGEST_FOLD: Final = 4
_NEAR: Final = 16

_SPECIAL: Final = {
    "\r": "",
    "\t": " ",
    "\x0b": "\n",
    "\x0c": "\n",
    "\x85": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u2018": "'",
    "\u2019": "'",
    "\u00b4": "'",
    "\u201f": "\u201c",
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    "\ufe0e": "",
    "\ufe0f": "",
    **{chr(0x2460 + place): f"{place + 1}." for place in range(20)},
    **{chr(0x1F3FB + place): "" for place in range(5)},
}
_QUOTES: Final = {"\u201c": "\u201d", "「": "」", "『": "』", '"': '"'}
_OPENING: Final = re.compile('[\u201c「『"]')
_THEIR_WORDS: Final = re.compile(
    r"(?<![向对给跟为和请])您(?:所|刚才?|之?前|也|曾|们)?(?:说|讲|提到|写到?|写道|表示|留言|问|反馈|描述)"
    r"(?:过|的是|道)?|\byou were (?:just |also )?(?:told|promised|asked)\b"
    r"|(?:客户|顾客|买家)(?:说|写道|表示|反馈|留言|原话)|您的(?:原话|留言)"
    r"|\b(?:you|customer) (?:just |also |then )?(?:said|wrote|told (?:us|me)|mentioned|asked|say|write|described)\b"
    r"|\b(?:your|customer's) (?:own )?(?:words|message said|note said)\b"
)
_CLAUSE_END: Final = re.compile(r"[,。!?;\n\u201c「『\"]|\.(?=[ \n]|$)|但是|不过|\bbut\b")
_QUOTED_LINE: Final = re.compile(r"^>.*$", re.MULTILINE)
_OLD_MAIL: Final = re.compile(
    r"^(?:-{2,} ?(?:original message|forwarded message|原始邮件|转发邮件)[^\n]*|(?:on [^\n]{6,80} wrote|发件人):.*)$",
    re.MULTILINE,
)
_END: Final = re.compile(r"(?:[。!?\n]|\.{2,}|\.(?=[ \n\"'\u201d)」』]|$))[。!?\n.\u201d」』\"')]*")
_END_ZH: Final = re.compile(r"(?:[。!?;\n]|\.{2,}|\.(?=[ \n\"'\u201d)」』]|$))[。!?;\n.\u201d」』\"')]*")
_LAST_WORD: Final = re.compile(r"(?:^|[ \n(])([a-z0-9.]{1,10})$")
_ABBREVIATIONS: Final = (
    "mr mrs ms mx dr prof st no nos vs e.g i.e approx inc ltd co dept ext tel a.m p.m jan feb mar apr jun jul aug "
    "sep sept oct nov dec mon tue wed thu fri sat sun"
)
_BLANK_LINE: Final = re.compile(r"\n{2,}")
_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_LATIN_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")


class Span(NamedTuple):
    """From the first character to the one after the last, counted in code points of the original text."""

    start: int
    end: int


class TextPart(NamedTuple):
    """A sentence, line or paragraph: its place in `plain`, without blanks at both ends."""

    start: int
    end: int


@dataclass(frozen=True)
class TextView:
    """A text and its folded form. `span` turns a place in `plain` into a place in `original`."""

    original: str
    plain: str
    starts: Sequence[int]
    ends: Sequence[int]
    customer_turns: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The place of `plain[start:end]` in the original. An empty place is where it would begin."""
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else len(self.original)
            return Span(place, place)
        return Span(self.starts[start], self.ends[end - 1])

    def original_words(self, span: Span) -> str:
        """The words of the original at a span, printable even when they held an unpaired surrogate."""
        return printable(self.original[span.start : span.end])

    def text(self, part: TextPart) -> str:
        """The folded text of a part."""
        return self.plain[part.start : part.end]

    @cached_property
    def language(self) -> Language:
        """The language of most of the text. Chinese when there are as many characters as English words."""
        han = len(_HAN.findall(self.plain))
        return "zh-CN" if han and han >= len(_LATIN_WORD.findall(self.plain)) else "en"

    @cached_property
    def quotes(self) -> tuple[TextPart, ...]:
        """The places of the customer's own words, in order and without overlap.

        These are quoted lines (`> `) and the text of an earlier mail, text in quotation marks, and text after "您说" or
        "you wrote" up to the end of the clause. When `customer_turns` is known, quotation marks alone are not enough:
        the words must be the customer's, or be introduced as the customer's.
        """
        found = [TextPart(match.start(), match.end()) for match in _QUOTED_LINE.finditer(self.plain)]
        mail = _OLD_MAIL.search(self.plain)
        if mail:
            found.append(TextPart(mail.start(), len(self.plain)))
        introduced = [TextPart(match.start(), match.end()) for match in _THEIR_WORDS.finditer(self.plain)]
        found += self._in_marks([part.end for part in introduced])
        walked = 0
        for part in introduced:
            # One clause may contain many introductions. It is searched once.
            if part.end >= walked:
                walked = self._clause_end(part.end)
                found.append(TextPart(part.end, walked))
        return tuple(_merged(found))

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether `plain[start:end]` is inside the customer's own words."""
        if not self.quotes:
            return False
        place = bisect_right(self.quotes, (start, maxsize)) - 1
        return place >= 0 and end <= self.quotes[place].end

    @cached_property
    def sentences(self) -> tuple[TextPart, ...]:
        """Sentences, each with its end mark. A line end ends a sentence, and in Chinese a semicolon does."""
        return tuple(self._sentences())

    @cached_property
    def lines(self) -> tuple[TextPart, ...]:
        """Lines that are not empty, which are paragraphs for a Chinese reader."""
        return tuple(self._split(re.compile("\n")))

    @cached_property
    def paragraphs(self) -> tuple[TextPart, ...]:
        """The text between empty lines."""
        return tuple(self._split(_BLANK_LINE))

    def sentence_at(self, place: int) -> TextPart:
        """The sentence at a place of `plain`; an empty one where there is none."""
        index = bisect_right(self.sentences, (place, maxsize)) - 1
        if index >= 0 and place < self.sentences[index].end:
            return self.sentences[index]
        return TextPart(place, place)

    def _in_marks(self, introductions: list[int]) -> Iterator[TextPart]:
        place = 0
        for _ in range(MOST_QUOTES):
            opening = _OPENING.search(self.plain, place)
            if opening is None:
                return
            start = opening.start()
            end = self.plain.find(_QUOTES[opening[0]], start + 1, start + LONGEST_QUOTE)
            if end == -1 or "\n\n" in self.plain[start:end]:
                place = start + 1
                continue
            before = bisect_right(introductions, start) - 1
            near = before >= 0 and start - introductions[before] <= _NEAR
            if not self.customer_turns or near or self._is_from_customer(self.plain[start + 1 : end]):
                yield TextPart(start, end + 1)
            place = end + 1

    def _is_from_customer(self, words: str) -> bool:
        words = words.strip(" ,。.!?;")
        return bool(words) and any(words in turn for turn in self._folded_turns)

    @cached_property
    def _folded_turns(self) -> tuple[str, ...]:
        return tuple(view_of(turn).plain for turn in self.customer_turns)

    def _clause_end(self, place: int) -> int:
        # A colon or comma and an opening mark may stand between "您说" and the quoted words.
        while place < len(self.plain) and self.plain[place] in ':, \u201c「『"':
            place += 1
        end = _CLAUSE_END.search(self.plain, place, place + LONGEST_QUOTE)
        return end.start() if end else min(place + LONGEST_QUOTE, len(self.plain))

    def _sentences(self) -> Iterator[TextPart]:
        start = 0
        for end in (_END_ZH if self.language == "zh-CN" else _END).finditer(self.plain):
            if end[0][0] == "." and self._is_no_end(end.start()):
                continue
            yield from self._trimmed(start, end.end())
            start = end.end()
        yield from self._trimmed(start, len(self.plain))

    def _is_no_end(self, place: int) -> bool:
        """Whether the full stop belongs to an abbreviation, an initial or the number of a list's item."""
        word = _LAST_WORD.search(self.plain[max(0, place - 12) : place])
        if word is None:
            return False
        if word[1].isdigit():
            begins = place - len(word[1])
            return begins == 0 or self.plain[begins - 1] == "\n"
        return word[1] in _ABBREVIATIONS.split() or (len(word[1]) == 1 and word[1].isalpha() and word[1] != "i")

    def _split(self, by: re.Pattern[str]) -> Iterator[TextPart]:
        start = 0
        for gap in by.finditer(self.plain):
            yield from self._trimmed(start, gap.start())
            start = gap.end()
        yield from self._trimmed(start, len(self.plain))

    def _trimmed(self, start: int, end: int) -> Iterator[TextPart]:
        text = self.plain[start:end]
        inner = text.strip()
        if inner:
            start += len(text) - len(text.lstrip())
            yield TextPart(start, start + len(inner))


def view_of(text: str, customer_turns: Sequence[str] = ()) -> TextView:
    """A view of any `str`, in linear time. `customer_turns` are the customer's messages, by which
    quotations are found.
    """
    pieces = [_fold(char) for char in text]
    plain = "".join(pieces)
    if len(plain) == len(text) and "" not in pieces and "  " not in plain and "\n " not in plain:
        return TextView(text, plain, range(len(text)), range(1, len(text) + 1), tuple(customer_turns))
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, piece in enumerate(pieces):
        for char in piece:
            if char == " " and kept and kept[-1] in " \n":
                ends[-1] = place + 1 if kept[-1] == " " else ends[-1]
                continue
            kept.append(char)
            starts.append(place)
            ends.append(place + 1)
    return TextView(text, "".join(kept), starts, ends, tuple(customer_turns))


def folded(text: str) -> str:
    """The folded form alone, to compare a fact (a name, an address) with `TextView.plain`."""
    return view_of(text).plain.strip()


def printable(text: str) -> str:
    """The text with unpaired surrogates replaced, so that it can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    """The folded form of one character; "" for a character that is dropped."""
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    form = unicodedata.normalize("NFKD", char)
    if len(form) > _LONGEST_FOLD:
        form = char
    form = "".join(SIMPLIFIED.get(each, each) for each in form.casefold())
    return "".join(" " if each.isspace() and each != "\n" else each for each in form if not _is_dropped(each))


def _is_dropped(char: str) -> bool:
    # Joiners, direction marks, soft hyphens and accents would hide a word that a reader still sees.
    return unicodedata.category(char) in {"Cf", "Mn", "Me"} or (char < " " and char != "\n")


def _merged(parts: list[TextPart]) -> Iterator[TextPart]:
    last: TextPart | None = None
    for part in sorted(parts):
        if part.end <= part.start:
            continue
        if last is None or part.start > last.end:
            if last is not None:
                yield last
            last = part
        elif part.end > last.end:
            last = TextPart(last.start, part.end)
    if last is not None:
        yield last


def first_at_or_after(places: Sequence[int], place: int) -> int | None:
    """The first of the sorted places that is not before `place`."""
    index = bisect_left(places, place)
    return places[index] if index < len(places) else None
