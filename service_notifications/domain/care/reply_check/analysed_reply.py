"""A reply read once for all checks: its view, the hits of every list, its sentences, amounts and days."""

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
    """The one scanner of every list, made when it is first wanted."""
    return Scanner(*LEXICONS)


class AnalysedReply:
    """What the checks look at. Everything is found when it is first asked for, and once."""

    def __init__(self, case: ReplyCase) -> None:
        self.case = case
        self.draft: ReplyDraft = case.draft
        self.facts: ReplyFacts = case.facts

    @cached_property
    def view(self) -> TextView:
        heard = tuple(turn.text for turn in self.case.turns if turn.by is Speaker.CUSTOMER)
        return view_of(self.draft.text, heard)

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
        """Whether anything of a list counts."""
        return self._search.counts(lexicon.name)

    def counting(self, lexicon: Lexicon) -> list[Hit]:
        """The hits of a list that are the writer's own and meant."""
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
        """The sentence that holds a place."""
        return self.view.sentence_at(place)

    @cached_property
    def questions(self) -> list[TextPart]:
        """The sentences in which we ask something ourselves, whatever marks stand behind the question mark."""
        return [part for part in self.view.sentences if self._asks(part)]

    def _asks(self, part: TextPart) -> bool:
        words = self.view.text(part).rstrip(_BEHIND_QUESTION)
        last = part.start + len(words.rstrip("?")) - 1
        return words.endswith("?") and not self.view.is_quoted(last, last + 1)

    def within(self, lexicon: Lexicon, part: TextPart) -> bool:
        """Whether a counting hit of a list begins in a part of the text."""
        place = first_at_or_after(self._starts(lexicon), part.start)
        return place is not None and place < part.end

    def near(self, start: int, end: int) -> str:
        """What stands around a place in its sentence, as far as anybody looks; a sentence may be endless."""
        part = self.sentence(start)
        return self.plain[max(part.start, start - NEAR) : min(part.end, end + NEAR)]

    def inside(self, lexicon: Lexicon, part: TextPart) -> list[Hit]:
        """The counting hits of a list that begin in a part of the text."""
        starts = self._starts(lexicon)
        return self.counting(lexicon)[bisect_left(starts, part.start) : bisect_left(starts, part.end)]

    def beside(self, hit: Hit, lexicon: Lexicon) -> bool:
        """Whether a counting hit of a list stands in the same sentence as this one."""
        return self.within(lexicon, self.sentence(hit.start))

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
        """What agents wrote before."""
        return tuple(turn for turn in self.case.turns if turn.by is Speaker.AGENT)

    @property
    def is_first(self) -> bool:
        """Whether no agent has written before."""
        return not self.ours

    @cached_property
    def earlier(self) -> tuple[Hits, ...]:
        """The hits in each of the agents' earlier turns."""
        return tuple(scanner().scan(view_of(turn.text)) for turn in self.ours)

    @cached_property
    def unanswered(self) -> tuple[int, ...]:
        """Places of the customer's turns since an agent last wrote."""
        last = max((place for place, turn in enumerate(self.case.turns) if turn.by is Speaker.AGENT), default=-1)
        return tuple(
            place for place, turn in enumerate(self.case.turns) if place > last and turn.by is Speaker.CUSTOMER
        )

    def hears(self, *feelings: Feeling) -> bool:
        """Whether one of these feelings was detected in the turns that the reply answers."""
        return any(signal.feeling in feelings and signal.turn in self.unanswered for signal in self.case.signals or ())

    def ever_heard(self, empathy: Feeling) -> bool:
        """Whether this feeling was detected anywhere in the conversation."""
        return any(signal.feeling is empathy for signal in self.case.signals or ())

    def purpose(self, *purposes: Purpose) -> bool:
        """Whether the reply is for one of these."""
        return self.draft.purpose in purposes

    def says(self, fact: str) -> bool:
        """Whether a fact stands in the text, whatever blanks and punctuation are between."""
        wanted = letters_and_digits(folded(fact))
        return bool(wanted) and wanted in self._bare

    @cached_property
    def _bare(self) -> str:
        return letters_and_digits(self.plain)

    @cached_property
    def tokens(self) -> list[tuple[str, int, int]]:
        """The text's runs of letters, digits and hyphens, folded, with their places."""
        return [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(self.plain)]


def letters_and_digits(text: str) -> str:
    """Letters, digits and characters only."""
    return "".join(char for char in text if char.isalnum())
