"""Findings from what was seen of a sender, without a server."""

from dataclasses import replace
from pathlib import Path

import pytest

from integration.kit.client.events import (
    ACCEPTED,
    Connection,
    Denied,
    Ended,
    Events,
    Opening,
    Request,
    SentDraft,
    Stream,
)
from integration.kit.client.findings import EXAMPLES, Severity, findings
from integration.kit.client.rules.words import RULES
from integration.kit.client.script import Fault, Script, names
from schemas import message_ids
from schemas.rules import Violation
from yrd.exchange.v1.message_pb2 import Mode

DOCUMENT = Path(__file__).parents[3] / "docs" / "contract-kit-client.md"
T = 1_780_000_000.0
"""When everything happens, in seconds since 1970."""
LATER = T + 1000
SCRIPT = Script("test", "试验", patience_seconds=30)
IDS = [message_ids.derived(int(T * 1000), bytes([number]) * 10) for number in range(40)]


def sent(number: int = 0, outcome: str = ACCEPTED, body: str = "", **changes: object) -> SentDraft:
    """A good draft; another body is other content."""
    parts = (
        ("header.message_id", IDS[number].encode()),
        ("header.entity_id", str(number).encode()),
        ("header.reported_time", b"t"),
        ("incident_report", (body or str(number)).encode()),
    )
    made = SentDraft(
        IDS[number],
        f"310000/{number}",
        1,
        Mode.MODE_TEST,
        "yrd.incident.v1.IncidentReport",
        T,
        T,
        parts,
        outcome=outcome,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # named by the tests


def request(*drafts: SentDraft, at: float = T, answered: bool = True, **changes: object) -> Request:
    """A call of Publish that was answered a hundredth of a second later, or never."""
    told = at + 0.01 if answered else None
    made = Request(1, at, 1, "Publish", 1, "310000/console", drafts, told)
    return replace(made, **changes)  # type: ignore[arg-type]  # named by the tests


def seen(*requests: Request, **changes: object) -> Events:
    """Requests in order, at the end of a long run."""
    counted = tuple(replace(r, number=number) for number, r in enumerate(requests, 1))
    made = Events("310000", T, LATER, counted)
    return replace(made, **changes)  # type: ignore[arg-type]  # named by the tests


def rules(events: Events) -> list[str]:
    return [finding.rule for finding in findings(events, SCRIPT)]


def nothing(*outcomes: str) -> Request:
    """A request that got no answer; what is given was stored."""
    drafts = [sent(number, outcome) for number, outcome in enumerate(outcomes)]
    return request(*drafts, answered=False, fault="answer_lost")


def busy(*numbers: int, at: float = T, wait: float = 2.0) -> Request:
    drafts = [sent(number, "") for number in numbers]
    return request(*drafts, at=at, refusal="UNAVAILABLE", retry_seconds=wait)


def under(number: int, other: int, outcome: str = ACCEPTED) -> SentDraft:
    """The content of one draft under the id of another."""
    made, named = sent(number, outcome), sent(other)
    return replace(made, message_id=named.message_id, parts=(named.parts[0], *made.parts[1:]))


def numbered(number: int) -> SentDraft:
    """One of many, without a look at its content."""
    parts = (("header.message_id", b""), ("incident_report", str(number).encode()))
    return sent(message_id=f"no uuid {number}", entity_id=f"310000/{number}", parts=parts)


def again_later(draft: SentDraft) -> SentDraft:
    parts = tuple((path, b"u" if path.endswith("reported_time") else d) for path, d in draft.parts)
    return replace(draft, parts=parts)


BROKEN = Violation("incident_report.title", "string.min_len", "correct it")
FUTURE = Violation("header.occurred_time", "header.time_in_future", "send UTC")
REFUSED = sent(0, "CONTRACT_VIOLATED")
REFUSED_1 = sent(1, "CONTRACT_VIOLATED")
AHEAD = T + 8 * 3600

WRONG: dict[str, Events] = {
    "client.contract_violated": seen(request(sent(violations=(BROKEN,)))),
    "client.unknown_fields": seen(request(sent(unknown=True, violations=(BROKEN,)))),
    "client.malformed": seen(
        request(SentDraft("", "", 0, 0, "", None, None, (), (), "MALFORMED_REQUEST"))
    ),
    "client.too_large": seen(request(sent(outcome="MESSAGE_TOO_LARGE", violations=(BROKEN,)))),
    "client.not_authority": seen(request(sent(outcome="NOT_AUTHORITY"))),
    "client.time_zone": seen(request(sent(occurred=AHEAD, reported=AHEAD, violations=(FUTURE,)))),
    "client.id_not_uuid7_time": seen(request(sent(reported=T - 4000))),
    "client.entity_prefix": seen(request(sent(entity_id="flood/1"))),
    "client.mode": seen(request(sent(mode=Mode.MODE_ACTUAL))),
    "client.revision_not_rising": seen(
        request(sent(revision=3), sent(1, entity_id="310000/0", revision=3))
    ),
    "client.step_out_of_order": seen(
        request(sent(), sent(1, "TRANSITION_REFUSED", entity_id="310000/0", revision=2))
    ),
    "client.retry_new_id": seen(nothing(ACCEPTED), request(under(0, 1), at=T + 1)),
    "client.retry_changed": seen(nothing(ACCEPTED), request(again_later(sent()), at=T + 1)),
    "client.no_retry": seen(nothing("")),
    "client.retry_too_early": seen(busy(0), request(sent(), at=T + 1)),
    "client.retry_hot": seen(
        *(busy(0, at=T + n / 20) for n in range(11)), request(sent(), at=T + 9)
    ),
    "client.refused_resent": seen(request(REFUSED), request(REFUSED, at=T + 1)),
    "client.batch_abandoned": seen(request(REFUSED, sent(1)), expected=4),
    "client.fewer_than_expected": seen(request(sent()), expected=2),
    "client.batch_size": seen(request(*[sent()] * 1001)),
    "client.batch_of_one": seen(*(request(numbered(n)) for n in range(100))),
    "client.stream_not_closed": seen(streams=(Stream(1, T, "cancelled"),)),
    "client.plaintext": seen(
        connections=(Connection(1, T, Opening.PLAINTEXT, Ended.BY_GATEWAY, T),)
    ),
    "client.certificate": seen(connections=(Connection(1, T, Opening.TLS, Ended.BY_GATEWAY, T),)),
    "client.no_call": seen(connections=(Connection(1, T, Opening.TLS, Ended.BY_SENDER, T),)),
    "client.not_permitted": seen(denied=(Denied(T, 1, "Publish", "NOT_PERMITTED", "may not"),)),
    "client.accepted_resent": seen(request(sent()), request(sent(), at=T + 1)),
    "client.unfinished": seen(nothing(ACCEPTED), ended=T + 29),
}


@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_finds_its_own_and_no_other(rule: str) -> None:
    assert set(rules(WRONG[rule])) == {rule}


def test_every_rule_has_a_test_and_words() -> None:
    assert set(WRONG) == set(RULES)
    assert {words.severity for words in RULES.values()} <= set(Severity)


def test_the_documentation_has_every_rule_and_script_step() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for rule, words in RULES.items():
        assert f"| `{rule}` | {words.severity} | {words.title_zh} | {words.title_en} |" in text
    assert text.count("| `client.") == len(RULES)
    assert all(f"\n| `{fault}` |" in text for fault in Fault)
    assert all(f"`{name}`" in text for name in names())


RIGHT: dict[str, Events] = {
    "nothing at all": seen(),
    "accepted at once": seen(request(sent(0), sent(1)), expected=2),
    "repeated unchanged until it is answered": seen(
        nothing(ACCEPTED), nothing(ACCEPTED), request(sent(), at=T + 5)
    ),
    "repeated after the wait": seen(busy(0), request(sent(), at=T + 2.1)),
    "another message does not wait": seen(
        busy(0), request(sent(1), at=T + 0.5), request(sent(0), at=T + 3)
    ),
    "refused and set aside": seen(request(REFUSED, sent(1)), request(sent(2), at=T + 1)),
    "refused and mended under its id": seen(
        request(REFUSED), request(again_later(sent()), at=T + 1)
    ),
    "refused, the answer lost, so sent again": seen(
        request(REFUSED, answered=False, fault="answer_lost"), request(REFUSED, at=T + 1)
    ),
    "already on its way when the refusal was told": seen(
        request(REFUSED), request(REFUSED, at=T + 0.005)
    ),
    "a refused revision may be sent anew with other content": seen(
        request(REFUSED), request(sent(1, entity_id="310000/0"), at=T + 1)
    ),
    "an old revision repeated behind a newer one": seen(
        busy(0), request(sent(1, entity_id="310000/0", revision=2)), request(sent(0), at=T + 3)
    ),
    "a step after one that the script refused, sent again once that is mended": seen(
        request(REFUSED, sent(1, "TRANSITION_REFUSED", entity_id="310000/0", revision=2)),
        request(again_later(sent()), at=T + 1),
        request(sent(1, entity_id="310000/0", revision=2), at=T + 2),
    ),
    "the same revision of another type": seen(
        request(sent(0), sent(1, entity_id="310000/0", type="yrd.hazmat.v1.Waybill"))
    ),
    "told long after it was made": seen(request(sent(), at=T + 5 * 3600)),
    "a batch too large is not a lost one": seen(request(sent(0, ""), refusal="MALFORMED_REQUEST")),
    "a port scan": seen(connections=(Connection(1, T, Opening.NOTHING, Ended.BY_SENDER, T),)),
    "a connection cut by the script": seen(
        request(sent()), connections=(Connection(1, T, Opening.TLS, Ended.CUT, T),)
    ),
    "a sender that only reads": seen(
        connections=(Connection(1, T, Opening.TLS, Ended.BY_SENDER, T),), called=frozenset({1})
    ),
    "an answer that may have been lost with the connection": seen(
        request(sent(), REFUSED_1),
        request(sent(), REFUSED_1, at=T + 1, connection=2),
        connections=(Connection(1, T, Opening.TLS, Ended.CUT, T + 0.5),),
    ),
    "streams that were closed, refused or cut": seen(
        streams=tuple(Stream(1, T, how) for how in ("closed", "refused", "cut", "at the end"))
    ),
    "99 calls of one draft": seen(*(request(numbered(n)) for n in range(99))),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_right_is_not_found(case: str) -> None:
    assert rules(RIGHT[case]) == []


def test_time_converted_twice_is_a_wrong_time_zone() -> None:
    behind = sent(reported=T - 8 * 3600, occurred=T - 9 * 3600)
    assert rules(seen(request(behind))) == ["client.time_zone"]


def test_a_new_id_after_a_refusal_is_a_refused_draft_sent_again() -> None:
    assert rules(
        seen(request(REFUSED), request(under(0, 1, outcome="REVISION_STALE"), at=T + 1))
    ) == ["client.refused_resent"]


def test_an_answer_long_before_the_connection_was_cut_has_arrived() -> None:
    cut = Connection(1, T, Opening.TLS, Ended.CUT, T + 5)
    again = request(REFUSED, at=T + 6, connection=2)
    assert rules(seen(request(REFUSED), again, connections=(cut,))) == ["client.refused_resent"]


def test_what_changed_is_named() -> None:
    (finding,) = findings(WRONG["client.retry_changed"], SCRIPT)
    assert finding.seen == "changed: header.reported_time"
    assert IDS[0] in finding.examples[0]


def test_the_same_again_is_counted_and_told_by_a_few_examples() -> None:
    (finding,) = findings(seen(request(*(sent(n, violations=(BROKEN,)) for n in range(9)))), SCRIPT)
    assert (finding.count, len(finding.examples)) == (9, EXAMPLES)
    assert "incident_report.title" in finding.seen


def test_one_bad_draft_repeated_is_one() -> None:
    bad = sent(violations=(BROKEN,))
    (finding,) = findings(seen(request(bad, answered=False), request(bad, at=T + 1)), SCRIPT)
    assert finding.count == 1


def test_errors_come_first() -> None:
    early = sent(1, occurred=AHEAD)
    both = seen(request(sent(entity_id="flood/1"), early))
    assert [f.severity for f in findings(both, SCRIPT)] == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(("age", "rule"), [(31.9, "client.unfinished"), (32.1, "client.no_retry")])
def test_the_wait_of_retry_info_is_added_to_the_patience(age: float, rule: str) -> None:
    told = T + 0.01
    assert rules(seen(busy(0, wait=2.0), ended=told + age)) == [rule]
