"""Searches for phrases in one pass, however many there are, and recognises negation and quotation.

The notation of a phrase (both languages, in the folded form of `folded_text`; `Lexicon` folds it once more):

- `(a|b|)` stands for each of its alternatives, the last one empty: `you should( really|) have`; groups do not nest;
- `…` stands for at most `GAP_ZH` or `GAP_EN` characters within the same sentence: `都是您…造成`; at most two of them;
- a blank also matches a line end; a phrase that begins or ends with a letter or digit of ASCII ends at a word's edge.

A found phrase is a `Hit`. A hit `counts` unless the words are the customer's own or negated. A negator ("不是", "not")
in the same clause before the phrase negates it; so do words after the phrase that reverse its meaning ("保证不了"). A
phrase that begins with ! counts even when it is negated (`!您没看清`). A shield of a lexicon is a phrase that makes a
hit inside it harmless, such as 您自己方便 for 您自己.

An automaton (Aho and Corasick) reads each character once, so time is linear in the text and the hits. `Scanner.steps`
counts the moves for the test of linear time.
"""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from operator import attrgetter
from typing import Final

from service_notifications.domain.care.text.folded_text import TextView, folded

GAP_ZH: Final = 12
GAP_EN: Final = 24
MOST_FORMS: Final = 400
_NEGATED_WITHIN_ZH: Final = 7
_NEGATED_WITHIN_EN: Final = 30
_GROUP: Final = re.compile(r"\(([^()]*)\)")
_CLAUSE: Final = re.compile(r"[,。.!?;:\n]|而是|但|\bbut\b")
_NEGATOR: Final = re.compile(
    r"(?P<harmless>不仅|不但|不只|不过|不管|不论|不得不|不止|不好意思|没错|没问题|没事|不瞒|别的|特别|分别|区别"
    r"|要不要|是不是|能不能|会不会|可不可以|有没有|好不好|行不行"
    r"|no doubt|not only|no matter|no worries|no problem|no wonder)"
    r"|不是|并非|绝非|不属于|不算|不怪|没有|没说|没在|没要|不会|不能|无法|不可能|不敢|不必|不用|无需|无须|不要|别|请勿|避免"
    r"|不该|不应|不想|不|未|没"
    r"|\b(?:not|never|no|nobody|nor|none|neither|nothing|without|cannot|hardly|isn't|wasn't|aren't|weren't|don't|doesn't"
    r"|didn't|won't|can't|couldn't|wouldn't|shouldn't|haven't|hasn't|avoid|isnt|dont|cant|wont)\b"
)
_TURNED: Final = frozenset({"不了", "不到", "不起", "不上"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase found at `plain[start:end]`: its lexicon, the phrase in the notation of the list, and
    whether it counts.
    """

    lexicon: str
    phrase: str
    start: int
    end: int
    negated: bool
    quoted: bool
    shielded: bool

    @property
    def counts(self) -> bool:
        """Whether the words are the writer's own and not negated."""
        return not (self.negated or self.quoted or self.shielded)


@dataclass(frozen=True)
class Lexicon:
    """A named list of phrases. `negatable`: a negation before a phrase reverses its meaning."""

    name: str
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    shields: tuple[str, ...] = ()
    negatable: bool = True

    @property
    def phrases(self) -> tuple[str, ...]:
        return self.zh + self.en


@dataclass(slots=True)
class _Node:
    moves: dict[str, int] = field(default_factory=dict)
    fail: int = 0
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Form:
    """One expanded form of a phrase: the ids of its parts, in order."""

    lexicon: Lexicon
    phrase: str
    parts: tuple[int, ...]
    is_shield: bool


class Negation:
    """The negations of a text, found once. `of` says whether a place is negated."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._starts = [match.start() for match in _NEGATOR.finditer(plain) if not match["harmless"]]
        self._clauses = [match.end() for match in _CLAUSE.finditer(plain)] if self._starts else []

    def of(self, start: int, end: int) -> bool:
        """Whether a negation stands before `plain[start:end]` in its clause, or the following words reverse its
        meaning.
        """
        if self._plain[end : end + 2] in _TURNED:
            return True
        if not self._starts:
            return False
        place = bisect_left(self._starts, start) - 1
        if place < 0:
            return False
        negator = self._starts[place]
        reach = _NEGATED_WITHIN_EN if self._plain[start].isascii() else _NEGATED_WITHIN_ZH
        if negator < start - reach:
            return False
        clause = bisect_right(self._clauses, start) - 1
        return clause < 0 or self._clauses[clause] <= negator


_Found = tuple[str, bool, Iterable[tuple[int, int]]]
"""A phrase, whether it can be negated, and its place."""
_PLACE: Final = attrgetter("start", "end")


class Scanner:
    """Lexicons prepared for a common search. Building a scanner takes milliseconds: build it once."""

    def __init__(self, *lexicons: Lexicon) -> None:
        self.steps = 0
        self._words: list[str] = []
        self._ids: dict[str, int] = {}
        self._beginning: dict[int, list[_Form]] = {}
        for lexicon in lexicons:
            for phrase in lexicon.phrases:
                self._add(lexicon, phrase, is_shield=False)
            for phrase in lexicon.shields:
                self._add(lexicon, phrase, is_shield=True)
        nodes = self._build()
        self._moves = [node.moves for node in nodes]
        self._fails = [node.fail for node in nodes]
        self._ends = [tuple(map(self._end, node.words)) for node in nodes]

    def scan(self, view: TextView) -> "Hits":
        """Every hit in order of place. Of hits of one lexicon inside each other only the longest."""
        search = self.search(view)
        hits = [hit for name in search.names for hit in search.of(name)]
        hits.sort(key=_PLACE)
        return Hits(hits)

    def search(self, view: TextView) -> "Search":
        """The hits of the lexicons that a caller asks for. Other lexicons cost next to nothing."""
        places = self._places(view.plain)
        found: dict[str, list[_Found]] = {}
        shields: dict[str, list[tuple[int, int]]] = {}
        for form in (each for first in places for each in self._beginning.get(first, ())):
            joined = self._joined(form, places, view)
            name = form.lexicon.name
            if form.is_shield:
                shields.setdefault(name, []).extend(joined)
                continue
            asks = form.lexicon.negatable and not form.phrase.startswith("!")
            found.setdefault(name, []).append((form.phrase, asks, tuple(joined)))
        return Search(view, found, shields)

    def _add(self, lexicon: Lexicon, phrase: str, *, is_shield: bool) -> None:
        for form in expand(phrase.removeprefix("!")):
            parts = tuple(self._id(part) for part in form.split("…"))
            self._beginning.setdefault(parts[0], []).append(_Form(lexicon, phrase, parts, is_shield))

    def _id(self, word: str) -> int:
        if not word:
            raise ValueError("a phrase has an empty part")
        if word not in self._ids:
            self._ids[word] = len(self._words)
            self._words.append(word)
        return self._ids[word]

    def _end(self, number: int) -> tuple[int, int, bool]:
        """A word that ends in a state: its id, its length, and whether its edges matter."""
        word = self._words[number]
        return number, len(word), _is_word(word[0]) or _is_word(word[-1])

    def _build(self) -> list[_Node]:
        nodes = [_Node()]
        for number, word in enumerate(self._words):
            state = 0
            for char in word:
                following = nodes[state].moves.get(char)
                if following is None:
                    following = len(nodes)
                    nodes[state].moves[char] = following
                    nodes.append(_Node())
                state = following
            nodes[state].words += (number,)
        waiting = deque(nodes[0].moves.values())
        while waiting:
            state = waiting.popleft()
            for char, following in nodes[state].moves.items():
                fail = nodes[state].fail
                while fail and char not in nodes[fail].moves:
                    fail = nodes[fail].fail
                target = nodes[fail].moves.get(char, 0)
                nodes[following].fail = target if target != following else 0
                nodes[following].words += nodes[nodes[following].fail].words
                waiting.append(following)
        return nodes

    def _places(self, plain: str) -> dict[int, list[int]]:
        """The places where each word starts, by its id, in order."""
        moves, fails, ends = self._moves, self._fails, self._ends
        root = moves[0]
        state = steps = 0
        found: dict[int, list[int]] = {}
        for place, char in enumerate(plain.replace("\n", " "), 1):
            while state and char not in moves[state]:
                state = fails[state]
                steps += 1
            state = moves[state].get(char, 0) if state else root.get(char, 0)
            steps += 1
            for word, length, edged in ends[state]:
                steps += 1
                if not edged or _is_whole(plain, place - length, place):
                    found.setdefault(word, []).append(place - length)
        self.steps = steps
        return found

    def _joined(self, form: _Form, places: dict[int, list[int]], view: TextView) -> Iterable[tuple[int, int]]:
        """The places where the parts follow one another, each next part as near as possible."""
        if any(part not in places for part in form.parts):
            return ()
        if len(form.parts) == 1:
            starts, length = places[form.parts[0]], len(self._words[form.parts[0]])
            return ((start, start + length) for start in starts)
        return self._near(form, places, view)

    def _near(self, form: _Form, places: dict[int, list[int]], view: TextView) -> Iterator[tuple[int, int]]:
        for start in places[form.parts[0]]:
            end = start + len(self._words[form.parts[0]])
            gap = GAP_EN if view.plain[start].isascii() else GAP_ZH
            for part in form.parts[1:]:
                behind = places[part]
                index = bisect_left(behind, end)
                if index == len(behind) or behind[index] > end + gap or _CUT.search(view.plain, end, behind[index]):
                    break
                end = behind[index] + len(self._words[part])
            else:
                yield start, end


class Search:
    """The hits of a scanner in one text. A lexicon is judged when it is first asked for."""

    def __init__(
        self, view: TextView, found: dict[str, list[_Found]], shields: dict[str, list[tuple[int, int]]]
    ) -> None:
        self._view = view
        self._found = found
        self._shields = shields
        self._negation: Negation | None = None
        self._hits_of: dict[str, tuple[Hit, ...]] = {}

    @property
    def names(self) -> Iterable[str]:
        """The lexicons with any find."""
        return self._found

    def of(self, name: str) -> tuple[Hit, ...]:
        """The hits of one lexicon in order, counting or not, without hits inside a longer one."""
        if name not in self._hits_of:
            self._hits_of[name] = tuple(self._judged_hits(name)) if name in self._found else ()
        return self._hits_of[name]

    def counts(self, name: str) -> bool:
        """Whether any hit of a lexicon counts. The search stops at the first that does."""
        return name in self._found and any(hit.counts for hit in self._hits_of.get(name) or self._judged_hits(name))

    def _judged_hits(self, name: str) -> Iterator[Hit]:
        if self._negation is None:
            self._negation = Negation(self._view.plain)
        shields = _merged(self._shields.get(name, ()))
        found = [(start, -end, phrase, asks) for phrase, asks, places in self._found[name] for start, end in places]
        reach = -1
        for start, minus_end, phrase, asks in sorted(found):
            end = -minus_end
            if end <= reach:
                continue
            reach = end
            shield = bisect_left(shields, (start + 1,)) - 1 if shields else -1
            yield Hit(
                lexicon=name,
                phrase=phrase,
                start=start,
                end=end,
                negated=asks and self._negation.of(start, end),
                quoted=self._view.is_quoted(start, end),
                shielded=shield >= 0 and end <= shields[shield][1],
            )


class Hits(tuple[Hit, ...]):
    """The hits of a scanner, in order."""

    __slots__ = ()

    def of(self, lexicon: Lexicon | str) -> tuple[Hit, ...]:
        """The hits of one lexicon, counting or not."""
        name = lexicon if isinstance(lexicon, str) else lexicon.name
        return tuple(hit for hit in self if hit.lexicon == name)

    def counting(self, lexicon: Lexicon | str) -> tuple[Hit, ...]:
        """The hits of one lexicon that are the writer's own words and not negated."""
        return tuple(hit for hit in self.of(lexicon) if hit.counts)


def find(view: TextView, *lexicons: Lexicon) -> Hits:
    """Scan with a new scanner. A caller that scans often keeps a `Scanner`."""
    return Scanner(*lexicons).scan(view)


def expand(phrase: str) -> tuple[str, ...]:
    """Every form of a phrase, folded. `ValueError` for more than `MOST_FORMS` forms."""
    pieces = _GROUP.split(phrase)
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    forms = ["".join(each) for each in product(*choices)]
    if len(forms) > MOST_FORMS:
        raise ValueError(f"{phrase} stands for {len(forms)} forms")
    return tuple(dict.fromkeys("…".join(folded(part) for part in form.split("…")) for form in forms))


def is_negated(plain: str, start: int, end: int) -> bool:
    """Whether `plain[start:end]` is negated. A caller that asks often keeps a `Negation`."""
    return Negation(plain).of(start, end)


_WORD_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_CUT: Final = re.compile(r"[。!?\n]|\. ")


def _is_whole(plain: str, start: int, end: int) -> bool:
    """Whether an English word is found whole. Chinese words have no edges."""
    if start > 0 and _is_word(plain[start]) and _is_word(plain[start - 1]):
        return False
    return not (end < len(plain) and _is_word(plain[end - 1]) and _is_word(plain[end]))


def _is_word(char: str) -> bool:
    return char in _WORD_CHARACTERS


def _merged(parts: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
