"""Phrases are found whole, in one pass, with negation and quotation told apart (N3.2, N3.3)."""

import re

import pytest

from service_notifications.domain.care.reply_check.analysed_reply import LEXICONS, scanner
from service_notifications.domain.care.reply_check.checks import (
    clarity,
    decision_notice,
    opening,
    privacy,
    respect,
)
from service_notifications.domain.care.text import (
    folded_text as texts,
    phrase_search,
    stated_amount,
    stated_day,
)
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.phrase_search import Lexicon, Scanner, expand, find, is_negated

BLAME = Lexicon(
    "blame",
    zh=("您的错", "都是您…造成", "!您没看清", "保证"),
    en=("your fault", "you should( really|) have"),
    shields=("您的错误页面", "your fault tolerance"),
)


def found(text: str) -> list[tuple[str, bool]]:
    view = view_of(text)
    return [(view.original_words(view.span(hit.start, hit.end)), hit.counts) for hit in find(view, BLAME)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("这是您的錯！", [("您的錯", True)]),
        ("这不是您的错。", [("您的错", False)]),
        ("没人说这是，您的错", [("您的错", True)]),
        ("不仅如此，您的错", [("您的错", True)]),
        ("不是我们，而是您的错", [("您的错", True)]),
        ("我们保证不了", [("保证", False)]),
        ("您没看清", [("您没看清", True)]),
        ("并不是您没看清", [("您没看清", True)]),
        ("都是您自己操作造成的", [("都是您自己操作造成", True)]),
        ("都是您。别人造成的", []),
        ("都是您这样那样这样那样这样那样这样造成的", []),
        ("您的错误页面已修复", [("您的错", False)]),
        ("您说“您的错”", [("您的错", False)]),
        ("It is your fault", [("your fault", True)]),
        ("it's not your fault", [("your fault", False)]),
        ("It is your\n fault", [("your\n fault", True)]),
        ("your faults", []),
        ("nobody says it is your fault", [("your fault", False)]),
        ("I know it is not easy, but your fault", [("your fault", True)]),
        ("You should really have asked", [("You should really have", True)]),
        ("your fault tolerance", [("your fault", False)]),
        ("YOUR FAULT ＹＯＵＲ ＦＡＵＬＴ", [("YOUR FAULT", True), ("ＹＯＵＲ ＦＡＵＬＴ", True)]),
    ],
)
def test_a_phrase_counts_when_it_is_meant(text: str, hits: list[tuple[str, bool]]) -> None:
    assert found(text) == hits


def test_of_hits_inside_each_other_the_longest_is_told() -> None:
    view = view_of("as soon as possible")
    hits = find(view, Lexicon("vague", en=("soon", "as soon as possible")))
    assert [hit.phrase for hit in hits] == ["as soon as possible"]


def test_a_list_is_asked_by_name_or_by_itself() -> None:
    hits = find(view_of("这是您的错，不是您的错"), BLAME, Lexicon("other", zh=("这是",)))
    assert len(hits.of("blame")) == len(hits.of(BLAME)) == 2
    assert [hit.start for hit in hits.counting(BLAME)] == [2]


@pytest.mark.parametrize(
    ("phrase", "forms"), [("a(b|c|)d", ("abd", "acd", "ad")), ("Ａ（", ("a(",)), ("您…没", ("您…没",))]
)
def test_a_phrase_stands_for_its_forms(phrase: str, forms: tuple[str, ...]) -> None:
    assert expand(phrase) == forms


@pytest.mark.parametrize("phrase", ["", "…a", "(a|b|c|d|e)" * 4])
def test_a_phrase_that_makes_no_sense_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|stands for"):
        Scanner(Lexicon("bad", zh=(phrase,)))


def test_negation_reaches_so_far_and_no_further() -> None:
    assert is_negated("不是您的错", 2, 5)
    assert not is_negated("不是这样那样这样那样您的错", 10, 13)


NEGATORS = (
    "不是 并非 绝非 不属于 不算 不怪 没有 没说 没在 没要 不会 不能 无法 不可能 不敢 不必 不用 无需 无须 不要 别 请勿 "
    "避免 不该 不应 不想 不 未 没"
)
NEGATORS_EN = (
    "not never no nobody nor none neither nothing without cannot hardly isn't wasn't aren't weren't don't doesn't "
    "didn't won't can't couldn't wouldn't shouldn't haven't hasn't avoid isnt dont cant wont"
)
HARMLESS = (
    "不仅 不但 不只 不过 不管 不论 不得不 不止 不好意思 没错 没问题 没事 不瞒 别的 特别 分别 区别 要不要 是不是 能不能 "
    "会不会 可不可以 有没有 好不好 行不行"
)
HARMLESS_EN = ["no doubt", "not only", "no matter", "no worries", "no problem", "no wonder"]


@pytest.mark.parametrize("word", NEGATORS.split())
def test_a_negator_before_a_phrase_denies_it(word: str) -> None:
    assert found(f"{word}您的错") == [("您的错", False)]


@pytest.mark.parametrize("word", NEGATORS_EN.split())
def test_an_english_negator_before_a_phrase_denies_it(word: str) -> None:
    assert found(f"it {word} your fault") == [("your fault", False)]
    assert found(f"it x{word}x your fault") == [("your fault", True)]


@pytest.mark.parametrize("word", HARMLESS.split())
def test_what_only_looks_like_a_negator_denies_nothing(word: str) -> None:
    assert found(f"{word}您的错") == [("您的错", True)]


@pytest.mark.parametrize("word", HARMLESS_EN)
def test_what_only_looks_like_an_english_negator_denies_nothing(word: str) -> None:
    assert found(f"{word}, it is your fault") == found(f"{word} your fault") == [("your fault", True)]


@pytest.mark.parametrize("mark", [",", "。", ".", "!", "?", ";", ":", "\n", "而是", "但", " but "])
def test_a_denial_ends_with_its_clause(mark: str) -> None:
    assert found(f"不{mark}您的错") == [("您的错", True)]
    assert found(f"not{mark} your fault") == [("your fault", True)]


@pytest.mark.parametrize("turn", ["不了", "不到", "不起", "不上"])
def test_what_follows_turns_a_phrase_round(turn: str) -> None:
    assert found(f"我们保证{turn}") == [("保证", False)]


def test_a_denial_reaches_as_far_as_people_mean_it() -> None:
    """Seven characters in Chinese, thirty in English."""
    assert found("不" + "一" * 6 + "您的错") == [("您的错", False)]
    assert found("不" + "一" * 7 + "您的错") == [("您的错", True)]
    assert found("not" + " " + "x" * 25 + " your fault") == [("your fault", False)]
    assert found("not" + " " + "x" * 26 + " your fault") == [("your fault", True)]


def test_a_gap_is_as_wide_as_people_leave_it() -> None:
    """Twelve characters in Chinese, twenty-four in English."""
    gaps = Lexicon("gaps", zh=("都是…造成",), en=("not…do",))
    text = "都是{}造成 not {} do"
    assert [hit.start for hit in find(view_of(text.format("一" * 12, "x" * 22)), gaps)] == [0, 17]
    assert find(view_of(text.format("一" * 13, "x" * 23)), gaps) == ()
    for mark in "。!?\n":
        assert find(view_of(f"都是{mark}造成"), gaps) == ()
    assert find(view_of("not it. do"), gaps) == ()
    assert find(view_of("not 1.5 do"), gaps) != ()


def test_a_hit_inside_two_exceptions_that_overlap_is_none() -> None:
    shielded = Lexicon("shielded", zh=("乙丙",), shields=("甲乙", "丙丁", "乙丙"))
    assert not find(view_of("甲乙丙丁"), shielded)[0].counts
    beside = Lexicon("beside", zh=("乙丙",), shields=("甲乙", "丙丁"))
    assert find(view_of("甲乙丙丁"), beside)[0].counts
    over = Lexicon("over", zh=("乙丙丁",), shields=("甲乙丙", "丙丁戊"))
    assert not find(view_of("甲乙丙丁戊"), over)[0].counts


def test_a_word_of_letters_is_found_whole_on_the_side_where_its_letters_stand() -> None:
    mixed = Lexicon("mixed", zh=("ok啦", "好ok"))
    assert find(view_of("book啦，好okay"), mixed) == ()
    assert len(find(view_of("说ok啦a，a好ok。"), mixed)) == 2


def test_a_phrase_has_at_most_four_hundred_forms() -> None:
    assert len(expand("(0|1|2|3|4|5|6|7|8|9)(0|1|2|3|4|5|6|7|8|9)(a|b|c|d)")) == 400
    with pytest.raises(ValueError, match="401 forms"):
        expand("(" + "|".join(map(str, range(401))) + ")")


def test_the_steps_of_a_scan_are_counted() -> None:
    """One for each character, one for each way back, one for each word that ends there."""
    scan = Scanner(Lexicon("few", zh=("甲乙", "乙")))
    scan.scan(view_of("甲乙甲丙"))
    assert scan.steps == 4 + 3 + 2


PIECES = ("a", "您", "都是您", "都是", "your fault ", "保证不是", "\ud800", "您说“", "尽快", "请您", "1. ")


@pytest.mark.parametrize("piece", PIECES)
def test_the_scanner_takes_steps_in_proportion_to_the_text(piece: str) -> None:
    """Twice the text is twice the steps, and there are never more than a few for each character."""
    steps = []
    for times in (500, 1_000, 2_000):
        scanner().scan(view_of(piece * times))
        steps.append(scanner().steps)
    assert steps[2] - steps[1] == pytest.approx(2 * (steps[1] - steps[0]), rel=0.02)
    assert steps[2] <= 12 * 2_000 * len(piece)


NESTED = re.compile(r"\((?:[^()\\]|\\.|\[[^\]]*\])*[+*](?:[^()\\]|\\.)*\)[+*]")


def _patterns() -> list[re.Pattern[str]]:
    modules = (stated_amount, stated_day, phrase_search, texts, clarity, decision_notice, opening, privacy, respect)
    return [each for module in modules for each in vars(module).values() if isinstance(each, re.Pattern)]


@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: pattern.pattern[:30])
def test_no_pattern_repeats_what_repeats(pattern: re.Pattern[str]) -> None:
    """An endless repetition inside an endless repetition is what takes exponential time."""
    assert not NESTED.search(pattern.pattern)


def test_the_rule_about_repetition_bites() -> None:
    assert NESTED.search(r"(?:a+b)*")
    assert NESTED.search(r"(x*)+")
    assert not NESTED.search(r"(?:a{1,3})*")
    assert len(_patterns()) > 20


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.name)
def test_every_phrase_of_every_list_finds_itself(lexicon: Lexicon) -> None:
    """A list with a phrase that can never be found is a mistake in the list."""
    lone = Scanner(Lexicon(lexicon.name, lexicon.zh, lexicon.en, negatable=False))
    for phrase in lexicon.phrases:
        for form in expand(phrase.removeprefix("!")):
            hits = lone.scan(view_of(form.replace("…", " ")))
            assert hits, (lexicon.name, phrase, form)


def test_every_list_has_a_name_of_its_own() -> None:
    names = [lexicon.name for lexicon in LEXICONS]
    assert len(set(names)) == len(names) > 30
