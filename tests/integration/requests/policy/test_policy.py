"""The policy as a published document: read, published, tried, and the decisions that stand on it; on both engines."""

import asyncio
import re
from typing import Any

import pytest
import yaml

from service_requests.adapters.policy import rulebook_source
from service_requests.adapters.policy.rulebook_source import SHIPPED, SqlRulebookSource
from service_requests.adapters.tables import policies
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind, Principal
from tests.integration.requests.conftest import ADMIN, AGENT, ANNA, BERT, SHOP, RequestsService, a_wish

STANDARD = (SHIPPED / "standard.yaml").read_text("utf-8")
MONTHS_AGO: dict[str, Any] = {"ordered_at": "2026-10-02T09:00:00Z", "delivered_at": "2026-10-05T09:00:00Z"}
KINDER = """
  - id: everybody-60
    when: {regime: {any_of: [CN, EU, UK]}}
    window: {cause: change_of_mind, period: {days: 60}, remedies: [refund]}
"""


def a_version(version: str = "2026-11", *, begins: str = "2026-11-24", more_windows: str = "") -> str:
    """Our policy with another number, and windows before those it has."""
    text = STANDARD.replace('version: "2026-01"', f'version: "{version}"').replace("2000-01-01", begins)
    return text.replace("\nwindows:\n", f"\nwindows:{more_windows}\n") if more_windows else text


async def publish(requests_service: RequestsService, text: str, **more: Any) -> Any:
    return await requests_service.post("/v1/policies", {"document": text}, ADMIN, **more)


async def test_the_policy_is_open_to_read_in_both_languages(requests_service: RequestsService) -> None:
    """B11, R1.2: figures, sentences and machine form from one source; nobody has to be known."""
    found = await requests_service.see("/v1/policy", ANNA)
    assert found["version"] == "standard@2026-01"
    assert [regime["window_days"] for regime in found["regimes"]] == [7, 14, 14, 30]
    assert [regime["statutory"] for regime in found["regimes"]] == [True, True, True, False]
    assert all(sentence["en"] and sentence["zh-CN"] for sentence in found["prose"])
    assert {name: state["change_of_mind"]["CN"] for state in found["conditions"] for name in [state["code"]]} == {
        "unopened": "yes",
        "opened": "yes",
        "used": "look",
        "damaged": "no",
    }
    assert found["text"].startswith("# Returns policy")
    for way in ({"language": "zh-CN"}, {}):
        answer = await requests_service.look("/v1/policy", ANNA, **way)
        assert (answer.json()["language"] == "zh-CN") is bool(way)
    assert (await requests_service.see("/v1/policy", ANNA, language="zh-CN"))["text"].startswith("# 退货政策")
    order = await requests_service.order()
    for reason in found["reasons"]:
        verdict = await requests_service.good("/v1/eligibility", a_wish(order, reason=reason["code"]), ANNA)
        assert (verdict["outcome"] == "refer") is reason["person_looks"]


async def test_storefronts_and_agents_read_the_machine_form(requests_service: RequestsService) -> None:
    """B11, N10: UCP return policies with the guaranteed minimum for each regime."""
    found = await requests_service.see("/v1/policy/machine-form", SHOP)
    assert found["policy"] == "standard@2026-01"
    everything = {entry["regime"]: entry for entry in found["policies"] if entry["category"] == "*"}
    assert {code: entry["window"]["days"] for code, entry in everything.items()} == {
        "CN": 7,
        "EU": 14,
        "UK": 14,
        "US": 30,
    }
    assert everything["EU"]["methods"][0]["fee"]["amount"] == 495


NOBODY = Principal(Kind.SYSTEM, "public")
PUBLIC = ("/v1/policy", "/v1/policy/machine-form")


@pytest.mark.parametrize("path", PUBLIC)
async def test_the_policy_is_read_by_nobody_in_particular_and_may_be_kept_for_a_minute(
    requests_service: RequestsService, path: str
) -> None:
    """B11, N10: an agent without an account; who has it already is not sent it again (RFC 9110 13.1.2)."""
    first = await requests_service.look(path, NOBODY)
    tag = first.headers["etag"]
    kept = {"cache-control": "public, max-age=60", "vary": "Accept-Language", "etag": tag}
    assert (first.status_code, kept.items() <= dict(first.headers).items()) == (200, True)
    for same in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await requests_service.look_again(path, NOBODY, same)
        assert (again.status_code, again.content, kept.items() <= dict(again.headers).items()) == (304, b"", True)
    for other in ('"other"', tag.strip('"')):
        assert (await requests_service.look_again(path, NOBODY, other)).content == first.content
    assert (await requests_service.look(path, ANNA)).content == first.content
    assert (await publish(requests_service, a_version(more_windows=KINDER))).status_code == 201
    newer = await requests_service.look_again(path, NOBODY, tag)
    assert (newer.status_code, newer.headers["etag"] == tag) == (200, False)


async def test_what_is_public_says_nothing_of_what_staff_may_give(requests_service: RequestsService) -> None:
    """B09: limits of goodwill are in the document, which is not public; a version that nobody published is nowhere."""
    text = a_version().replace("amount_minor: 20000", "amount_minor: 98765")
    assert (await requests_service.post("/v1/policies/trial", {"document": text}, ADMIN)).status_code == 200
    for path in PUBLIC:
        assert (await requests_service.look(path, NOBODY, version="standard@2026-11")).status_code == 404
    assert (await publish(requests_service, text)).status_code == 201
    assert "98765" in (await requests_service.see("/v1/policies/standard@2026-11"))["document"]
    for path in PUBLIC:
        for version in ("standard@2026-11", "standard@2026-01"):
            shown = await requests_service.look(path, NOBODY, version=version)
            assert shown.status_code == 200
            assert not re.search("98765|987[.]65|second_above|up_to", shown.text)
    for closed in ("/v1/policies", "/v1/policies/standard@2026-11"):
        assert (await requests_service.look(closed, NOBODY)).status_code == 403


async def test_an_order_keeps_the_policy_of_its_day_and_a_later_kinder_one_counts(
    requests_service: RequestsService,
) -> None:
    """R1.2, B08: by the door; orders of yesterday stay under their version, and get what the new one gives on top."""
    old = await requests_service.order(**MONTHS_AGO)
    assert old["policy"] == "standard@2026-01"
    before = await requests_service.request(old)
    assert before["status"] == "refused"
    published = await publish(requests_service, a_version(more_windows=KINDER))
    assert published.status_code == 201, published.text
    assert (await requests_service.see("/v1/policy", ANNA))["version"] == "standard@2026-11"
    after = await requests_service.request(old)
    assert (after["status"], after["decision"]["policy"]) == ("approved", "standard@2026-01")
    assert "standard@2026-11 windows/everybody-60" in after["decision"]["reasons"][0]["clause"]
    new = await requests_service.order(ordered_at="2026-11-24T07:00:00Z", delivered_at=None)
    assert new["policy"] == "standard@2026-11"
    assert (await requests_service.request(new))["decision"]["policy"] == "standard@2026-11"


async def test_a_decision_comes_out_the_same_to_the_byte_after_the_policy_has_changed(
    requests_service: RequestsService,
) -> None:
    """B10, R1.2: replayed from order, request and the versions of that day; hers to see, not another's."""
    order = await requests_service.order(**MONTHS_AGO)
    refused = await requests_service.request(order)
    referred = await requests_service.request(
        await requests_service.order(), reason="unsafe", comment="It smells of smoke."
    )
    approved = await requests_service.request(await requests_service.order(), quantity=2)
    path = f"/v1/returns/{refused['id']}/decision"
    first = await requests_service.see(path, ANNA)
    assert (await publish(requests_service, a_version(more_windows=KINDER))).status_code == 201
    requests_service.clock.move(days=40)
    again = await requests_service.see(path, ANNA)
    assert again == first
    assert (again["same"], again["verdict"], again["policies"]) == (True, "refuse", ["standard@2026-01"])
    assert len(again["decision_sha256"]) == len(again["inputs_sha256"]) == 64
    assert any("ended on 19 October 2026" in line["en"] for line in again["explanation"])
    assert any("2026年10月19日届满" in line["zh-CN"] for line in again["explanation"])
    assert (await requests_service.look(path, BERT)).status_code == 404
    for other in (referred, approved):
        found = await requests_service.see(f"/v1/returns/{other['id']}/decision", AGENT)
        assert found["same"] is True
        assert {"decide_by", "object_by"} <= {deadline["name"] for deadline in found["deadlines"]}


async def test_publishing_again_changes_nothing_and_another_text_is_another_version(
    requests_service: RequestsService,
) -> None:
    """O02, R1.2: the same key, the same text with another key, twins at once; other contents are refused."""
    text = a_version()
    answers = await asyncio.gather(*(publish(requests_service, text) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    one = await publish(requests_service, text, key="k-1")
    assert (await publish(requests_service, text, key="k-1")).content == one.content
    assert len(await requests_service.service.database.reader.rows(policies.select())) == 1
    other = await publish(requests_service, text.replace("{days: 14}", "{days: 21}"))
    assert (other.status_code, other.json()["code"]) == (409, "policy_differs")
    shipped = await publish(requests_service, STANDARD.replace("Retour\n", "Somebody\n"))
    assert (shipped.status_code, shipped.json()["code"]) == (409, "policy_differs")
    listed = (await requests_service.see("/v1/policies"))["items"]
    assert [(item["name"], item["in_force"]) for item in listed] == [
        ("standard@2026-11", True),
        ("standard@2026-01", False),
    ]
    assert (listed[0]["published_by"], listed[1]["published_by"]) == ("staff:wang", "service:retour")
    word_for_word = await requests_service.see("/v1/policies/standard@2026-11")
    assert word_for_word["document"] == text
    assert (await requests_service.look("/v1/policies/standard@1999")).status_code == 404
    assert (await requests_service.look("/v1/policy", ANNA, version="standard@1999")).status_code == 404
    assert (await requests_service.see("/v1/policy", ANNA, version="standard@2026-01"))["version"] == "standard@2026-01"


@pytest.mark.parametrize("by", [AGENT, SHOP, ANNA])
async def test_only_the_merchant_publishes(requests_service: RequestsService, by: Any) -> None:
    """O01."""
    for path in ("/v1/policies", "/v1/policies/trial"):
        assert (await requests_service.post(path, {"document": a_version()}, by)).status_code == 403


UNDERCUT = ("{cause: change_of_mind, period: {days: 30}", "{cause: change_of_mind, period: {days: 5}")


async def test_a_policy_that_gives_less_than_the_law_is_refused_with_line_and_reason(
    requests_service: RequestsService,
) -> None:
    """B01, R1.2: the line of the text, the field, the article, in the caller's language; nothing is kept."""
    text = a_version().replace("when: {regime: {is: US}}\n    window", "window").replace(*UNDERCUT)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "{days: 5}" in each)
    for language, words in (("en", "The law of EU gives 14 days"), ("zh-CN", "EU 法律规定为14天")):
        refused = await publish(requests_service, text, **{"Accept-Language": language})
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, "invalid_document")
        assert refused.headers["content-type"].startswith("application/problem+json")
        found = [each for each in problem["errors"] if words in each["detail"]]
        assert [(each["line"], each["pointer"]) for each in found] == [(line, "/windows/0/window/period")]
        assert "2011/83" in found[0]["detail"]
        assert "消费者权益保护法 25" in str(problem["errors"])
    assert await requests_service.service.database.reader.rows(policies.select()) == []
    assert (await requests_service.see("/v1/policy", ANNA))["version"] == "standard@2026-01"


@pytest.mark.parametrize(
    ("old", "new", "words", "pointer"),
    [
        pytest.param("{days: 30}", "{days: .nan}", "whole number", "/windows/0/window/period/days", id="NaN"),
        pytest.param("{days: 30}", "{days: 1e22}", "whole number", "/windows/0/window/period/days", id="1e22"),
        pytest.param("{days: 30}", "{days: -3}", "at least 1", "/windows/0/window/period/days", id="negative"),
        pytest.param(
            "\nwindows:\n",
            "\nwindows:\n  - {id: a, window: {cause: defect, period: {years: 9}}}\n",
            "never",
            "/windows/2/when",
            id="a row that can never apply",
        ),
        pytest.param(
            "regime: {is: US}", "category: {is: unicorns}", "unicorns", "/windows/0/when/category", id="unknown"
        ),
        pytest.param(
            "law_class: electronics}", "parent: electronics}", "circle", "/categories/electronics/parent", id="a circle"
        ),
        pytest.param("2026-11-24", "2026-11-23", "2026-11-24", "/effective_from", id="in the past"),
        pytest.param("regimes: [CN, EU, UK, US]", "regimes: [CN, MARS]", "MARS", "/regimes/1", id="unknown regime"),
        pytest.param("currency: CNY\n", "currency: XXQ\n", "ISO 4217", "/currency", id="no such currency"),
        pytest.param("remedies: [refund, exchange, repair]", "remedies: &a [*a]", "anchors", "/", id="an anchor"),
        pytest.param("merchant: Retour", "merchant: Retour\nmerchant: Retour", "twice", "/merchant", id="a key twice"),
        pytest.param("merchant: Retour", "merchant: [[[[", "not readable", "/", id="no YAML"),
        pytest.param("merchant: Retour", "mood: good", "not known", "/mood", id="an unknown field"),
    ],
)
async def test_a_hostile_document_is_refused_where_it_is_wrong(
    requests_service: RequestsService, old: str, new: str, words: str, pointer: str
) -> None:
    """DESIGN 8: line, field and reason; the same from the trial; nothing is kept."""
    text = a_version()
    assert old in text
    for path in ("/v1/policies", "/v1/policies/trial"):
        refused = await requests_service.post(path, {"document": text.replace(old, new, 1)}, ADMIN)
        assert refused.status_code == 422, refused.text
        found = [each for each in refused.json()["errors"] if each["pointer"] == pointer]
        assert found, refused.text
        assert any(re.search(words.replace("2026-11-24", "24 November 2026"), each["detail"]) for each in found)
        assert all(each["line"] >= 1 and each["column"] >= 1 for each in found)
    assert await requests_service.service.database.reader.rows(policies.select()) == []


async def test_a_version_is_tried_on_what_was_asked_before_it_is_published(requests_service: RequestsService) -> None:
    """B07, B16: whose answer would change, to the better and to the worse; nothing is done."""
    late = await requests_service.request(await requests_service.order(**MONTHS_AGO))
    fine = await requests_service.request(await requests_service.order(), reason="does_not_fit")
    kinder = await requests_service.good("/v1/policies/trial", {"document": a_version(more_windows=KINDER)}, ADMIN)
    assert (kinder["name"], kinder["compared"], kinder["kinder"], kinder["stricter"]) == ("standard@2026-11", 2, 1, 0)
    assert kinder["changes"] == [{"return_id": late["id"], "line_id": "L1", "before": "refuse", "after": "accept"}]
    looks = yaml.safe_load(a_version())
    looks["reasons"]["does_not_fit"]["person"] = True
    looks["effective_from"] = "2026-11-24"
    text = yaml.safe_dump(looks, allow_unicode=True)
    stricter = await requests_service.good("/v1/policies/trial", {"document": text}, ADMIN)
    assert stricter["changes"] == [{"return_id": fine["id"], "line_id": "L1", "before": "accept", "after": "look"}]
    assert stricter["stricter"] == 1
    del looks["reasons"]["does_not_fit"]
    looks["persons"] = []
    looks["alternatives"] = []
    text = yaml.safe_dump(looks, allow_unicode=True)
    missing = await requests_service.good("/v1/policies/trial", {"document": text}, ADMIN)
    assert (missing["compared"], missing["skipped"]) == (1, 1)
    assert await requests_service.service.database.reader.rows(policies.select()) == []
    assert (await requests_service.see(f"/v1/returns/{late['id']}"))["status"] == "refused"


async def test_what_another_process_has_published_is_known_here_soon(
    requests_service: RequestsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the distributed mode every process keeps its own rulebook; names are compared, texts are read once."""
    monkeypatch.setattr(rulebook_source, "FRESH_SECONDS", 3600.0)
    here = SqlRulebookSource(requests_service.service.database.reader)
    assert [policy.name for policy in (await here.rules()).policies] == ["standard@2026-01"]
    assert (await publish(requests_service, a_version())).status_code == 201
    assert [policy.name for policy in (await here.rules()).policies] == ["standard@2026-01"]
    monkeypatch.setattr(rulebook_source, "FRESH_SECONDS", 0.0)
    names = [policy.name for policy in (await here.rules()).policies]
    assert names == ["standard@2026-11", "standard@2026-01"]
    first = (await here.rules()).policies[0]
    assert (await here.rules()).policies[0] is first


async def test_states_proofs_goods_and_parcels_come_in_with_order_and_wish(requests_service: RequestsService) -> None:
    """B02, B05, B06, R1.3: what the engine can judge by, a storefront can say."""
    order: dict[str, Any] = await requests_service.order(parcels=[{"id": "p", "delivered_at": "2026-11-20T09:00:00Z"}])
    washed = a_wish(order, states=["washed"], proofs=["photo"])
    assert (await requests_service.good("/v1/eligibility", washed, ANNA))["outcome"] == "accept"
    hostile: tuple[tuple[dict[str, Any], str], ...] = (
        ({"states": ["haunted"]}, "/lines/0/states/0"),
        ({"proofs": ["horoscope"]}, "/lines/0/proofs/0"),
    )
    for bad, pointer in hostile:
        refused = await requests_service.post("/v1/eligibility", a_wish(order, **bad), ANNA)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    asked = await requests_service.request(order, states=["washed"])
    assert (await requests_service.see(f"/v1/returns/{asked['id']}/decision"))["same"] is True


@pytest.mark.parametrize("before", [True, False])
async def test_cut_off_while_publishing_there_is_all_of_it_or_nothing(
    requests_service: RequestsService, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    """One unit of work: lost before the commit nothing is there; after it, the call gets the answer it had missed."""
    committer = type(requests_service.service.database.committer)
    real, cut = committer.commit, [before]

    async def commit(self: Any, work: Any) -> Any:
        publishes = work.answer is not None  # what the service notes by itself goes on
        if publishes and cut == [True]:
            cut.clear()
            raise Unavailable("database")
        outcome = await real(self, work)
        if publishes and cut == [False]:
            cut.clear()
            raise Unavailable("database")
        return outcome

    monkeypatch.setattr(committer, "commit", commit)
    assert (await publish(requests_service, a_version(), key="k")).status_code == (503 if before else 201)
    assert len(await requests_service.service.database.reader.rows(policies.select())) == (0 if before else 1)
    known = "standard@2026-01" if before else "standard@2026-11"
    assert (await requests_service.see("/v1/policy", ANNA))["version"] == known
    assert (await publish(requests_service, a_version(), key="k")).status_code == 201
    assert len(await requests_service.service.database.reader.rows(policies.select())) == 1
    order = await requests_service.order(ordered_at="2026-11-24T07:00:00Z", delivered_at=None)
    assert order["policy"] == "standard@2026-11"


async def test_goodwill_is_given_by_a_member_of_staff_and_agreed_to_by_another(
    requests_service: RequestsService,
) -> None:
    """B09: recorded with its reason, told as goodwill, above the amount by two; nobody gives it to himself."""
    late: dict[str, Any] = {"ordered_at": "2026-10-28T09:00:00Z", "delivered_at": "2026-11-02T09:00:00Z"}
    order = await requests_service.order(**late)
    scarf = a_wish(order, line="L2")
    assert (await requests_service.good("/v1/eligibility", scarf, ANNA))["outcome"] == "refuse"
    body = {**scarf, "goodwill": {"reason": "bereavement"}}
    for by in (ANNA, SHOP):
        assert (await requests_service.post("/v1/returns", body, by)).status_code == 403
    asked = await requests_service.good("/v1/returns", body, AGENT)
    assert asked["status"] == "in_review"
    path = f"/v1/returns/{asked['id']}"
    own = await requests_service.post(f"{path}/approval", {}, AGENT)
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    assert (await requests_service.good(f"{path}/approval", {}, ADMIN))["status"] == "approved"
    trace = await requests_service.see(f"{path}/decision")
    assert (trace["same"], trace["lines"][0]["stands_on"]) == (True, "goodwill")
    paid = {"quantity": 1, "unit_price_minor": 4_000, "paid_minor": 4_000}
    cheap = await requests_service.order(
        **late,
        lines=[{"line_id": "L1", "sku": "HAT", "name": "Hat", **paid}],
        freight={"paid_minor": 0},
        tenders=[{"tender_id": "T1", "kind": "card", "captured_minor": 4_000, "reference": "ch_1"}],
        total_minor=4_000,
    )
    at_once = await requests_service.good(
        "/v1/returns", {**a_wish(cheap), "goodwill": {"reason": "bereavement"}}, AGENT
    )
    assert at_once["status"] == "approved"
    assert [reason["rule"] for reason in at_once["decision"]["reasons"]] == ["goodwill"]
