"""A reply that is analysed once for all checks: its view, the hits of every list, its sentences, amounts and days."""

import re
from bisect import bisect_left
from functools import cache, cached_property
from typing import Final

from service_notifications.domain.care.reply_check.phrases import (
    clarity,
    closing,
    decision_notice,
    empathy,
    honesty,
    respect,
)
from service_notifications.domain.care.reply_check.reply_case import (
    Feeling,
    Purpose,
    ReplyCase,
    ReplyDraft,
    ReplyFacts,
    Speaker,
    Turn,
)
from service_notifications.domain.care.text.folded_text import (
    TextPart,
    TextView,
    first_at_or_after,
    folded,
    view_of,
)
from service_notifications.domain.care.text.phrase_search import Hit, Hits, Lexicon, Scanner, Search
from service_notifications.domain.care.text.stated_amount import StatedAmount, amounts_in
from service_notifications.domain.care.text.stated_day import StatedDay, days_in

LEXICONS: Final[tuple[Lexicon, ...]] = tuple(
    lexicon
    for module in (clarity, closing, empathy, honesty, decision_notice, respect)
    for lexicon in vars(module).values()
    if isinstance(lexicon, Lexicon)
) + tuple(decision_notice.PROOFS.values())


NEAR: Final = 80
_BEHIND_QUESTION: Final = " 。.!\"'\u201d)」』"
_TOKEN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?")


@cache
def scanner() -> Scanner:
    """The scanner of all lists, built at first use."""
    return Scanner(*LEXICONS)


class AnalysedReply:
    """What the checks read. Every property is computed once, at first use."""

    def __init__(self, case: ReplyCase) -> None:
        self.case = case
        self.draft: ReplyDraft = case.draft
        self.facts: ReplyFacts = case.facts

    @cached_property
    def view(self) -> TextView:
        customer_turns = tuple(turn.text for turn in self.case.turns if turn.by is Speaker.CUSTOMER)
        return view_of(self.draft.text, customer_turns)

    @property
    def plain(self) -> str:
        return self.view.plain

    @property
    def chinese(self) -> bool:
        return self.draft.language == "zh-CN"

    @cached_property
    def _search(self) -> Search:
        return scanner().search(self.view)

    def hits(self, lexicon: Lexicon) -> tuple[Hit, ...]:
        """Every hit of a list, counting or not."""
        return self._search.of(lexicon.name)

    def has(self, lexicon: Lexicon) -> bool:
        """Whether any hit of a list counts."""
        return self._search.counts(lexicon.name)

    def counting(self, lexicon: Lexicon) -> list[Hit]:
        """The hits of a list that are the writer's own words and not negated."""
        known = self._counting.get(lexicon.name)
        if known is None:
            known = self._counting[lexicon.name] = [hit for hit in self.hits(lexicon) if hit.counts]
        return known

    @cached_property
    def _counting(self) -> dict[str, list[Hit]]:
        return {}

    @cached_property
    def amounts(self) -> tuple[StatedAmount, ...]:
        quote = self.facts.quote
        return tuple(
            each
            for each in amounts_in(self.view, quote.total.currency if quote else None)
            if not self.view.is_quoted(each.start, each.end)
        )

    @cached_property
    def days(self) -> tuple[StatedDay, ...]:
        return days_in(self.view, self.draft.now)

    def days_within(self, part: TextPart) -> list[StatedDay]:
        """The days stated in a sentence or line."""
        starts = self._day_starts
        return list(self.days[bisect_left(starts, part.start) : bisect_left(starts, part.end)])

    @cached_property
    def _day_starts(self) -> list[int]:
        return [day.start for day in self.days]

    def sentence(self, place: int) -> TextPart:
        """The sentence at a place."""
        return self.view.sentence_at(place)

    @cached_property
    def questions(self) -> list[TextPart]:
        """The sentences in which the writer asks something, whatever marks follow the question mark."""
        return [part for part in self.view.sentences if self._asks(part)]

    def _asks(self, part: TextPart) -> bool:
        words = self.view.text(part).rstrip(_BEHIND_QUESTION)
        last = part.start + len(words.rstrip("?")) - 1
        return words.endswith("?") and not self.view.is_quoted(last, last + 1)

    def any_in(self, lexicon: Lexicon, part: TextPart) -> bool:
        """Whether a counting hit of a list begins in a part of the text."""
        place = first_at_or_after(self._starts(lexicon), part.start)
        return place is not None and place < part.end

    def text_around(self, start: int, end: int) -> str:
        """The text around a place in its sentence, of limited length because a sentence may be very long."""
        part = self.sentence(start)
        return self.plain[max(part.start, start - NEAR) : min(part.end, end + NEAR)]

    def hits_in(self, lexicon: Lexicon, part: TextPart) -> list[Hit]:
        """The counting hits of a list that begin in a part of the text."""
        starts = self._starts(lexicon)
        return self.counting(lexicon)[bisect_left(starts, part.start) : bisect_left(starts, part.end)]

    def in_same_sentence(self, hit: Hit, lexicon: Lexicon) -> bool:
        """Whether a counting hit of a list is in the same sentence as this hit."""
        return self.any_in(lexicon, self.sentence(hit.start))

    def _starts(self, lexicon: Lexicon) -> list[int]:
        known = self._known_starts.get(lexicon.name)
        if known is None:
            known = self._known_starts[lexicon.name] = [hit.start for hit in self.counting(lexicon)]
        return known

    @cached_property
    def _known_starts(self) -> dict[str, list[int]]:
        return {}

    @cached_property
    def ours(self) -> tuple[Turn, ...]:
        """The earlier turns of agents."""
        return tuple(turn for turn in self.case.turns if turn.by is Speaker.AGENT)

    @property
    def is_first(self) -> bool:
        """Whether no agent has written before."""
        return not self.ours

    @cached_property
    def earlier(self) -> tuple[Hits, ...]:
        """The hits in each earlier turn of the agents."""
        return tuple(scanner().scan(view_of(turn.text)) for turn in self.ours)

    @cached_property
    def unanswered(self) -> tuple[int, ...]:
        """Places of the customer's turns since the last turn of an agent."""
        last = max((place for place, turn in enumerate(self.case.turns) if turn.by is Speaker.AGENT), default=-1)
        return tuple(
            place for place, turn in enumerate(self.case.turns) if place > last and turn.by is Speaker.CUSTOMER
        )

    def has_feeling(self, *feelings: Feeling) -> bool:
        """Whether one of these feelings was detected in the turns that the reply answers."""
        return any(signal.feeling in feelings and signal.turn in self.unanswered for signal in self.case.signals or ())

    def ever_has_feeling(self, empathy: Feeling) -> bool:
        """Whether this feeling was detected anywhere in the conversation."""
        return any(signal.feeling is empathy for signal in self.case.signals or ())

    def purpose(self, *purposes: Purpose) -> bool:
        """Whether the reply has one of these purposes."""
        return self.draft.purpose in purposes

    def states(self, fact: str) -> bool:
        """Whether the text contains a fact, whatever blanks and punctuation are between its letters."""
        wanted = letters_and_digits(folded(fact))
        return bool(wanted) and wanted in self._bare

    @cached_property
    def _bare(self) -> str:
        return letters_and_digits(self.plain)

    @cached_property
    def tokens(self) -> list[tuple[str, int, int]]:
        """The runs of letters, digits and hyphens in the text, folded, with their places."""
        return [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(self.plain)]


def letters_and_digits(text: str) -> str:
    """The letters, digits and characters of a text, without anything else."""
    return "".join(char for char in text if char.isalnum())
