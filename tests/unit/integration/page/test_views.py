"""What a browser is told: plain values, nothing unknown as zero, nothing of people, in one language each."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.page.board import as_json
from integration.page.desk import Desk, Shown
from integration.page.views.geography import outlines
from integration.page.views.incident import incident as incident_of
from integration.page.views.parts import PARTS, history, parts, scopes
from integration.page.views.report import report
from pipelines.facts.scope import ACTUAL
from pipelines.pictures.results import draft, views
from pipelines.words import EN, ZH, Words
from tests.support.aid_story import asked, committed, offered, ordered
from tests.support.arbitrary import messages
from tests.support.builders import NOW, message, place
from tests.support.reported import EVERYTHING, LEAK
from tests.support.situation import (
    JIASHAN,
    SHANGHAI,
    after,
    answer,
    incident,
    lacking,
    offer,
    picture,
    request,
    resource,
    response,
    said,
    text,
    warning,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

SCRIPT = "<img src=x onerror=alert(1)>"


def shown(*told: Message, hours: float = 0) -> Shown:
    """The page's picture of what was told."""
    desk = Desk()
    desk.take(told)
    made = picture(told, NOW + timedelta(hours=hours))
    desk.take(
        message("joint", number, draft(view, 1), NOW + timedelta(hours=hours))
        for number, view in enumerate(views(made))
    )
    found = desk.scopes[ACTUAL].shown()
    assert found is not None
    return found


def hurt(entity: str, title: str, **figures: int) -> Message:
    return incident(entity, {"title": title, "casualties": figures})


def texts(value: Any) -> Iterator[str]:
    """All text in a value."""
    if isinstance(value, str):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from texts(inner)


def test_the_severest_comes_first() -> None:
    found = shown(
        hurt("310000/a/1", "转移", evacuated=900),
        hurt("320000/b/1", "被困", trapped=3),
        hurt("330000/c/1", "死亡", dead=1),
        incident("340000/d/1", {"title": "重大", "grade": "INCIDENT_GRADE_SERIOUS"}),
    )
    titles = [line["title"] for line in parts(found, ZH)["incidents"]]
    assert titles == ["重大", "死亡", "被困", "转移"]


def test_what_is_unknown_is_never_zero() -> None:
    found = parts(shown(hurt("310000/a/1", "火灾", dead=0)), ZH)
    figures = {f["key"]: f["value"] for f in found["incidents"][0]["figures"]}
    assert (figures["dead"], figures["missing"]) == (0, None)
    sums = {f["key"]: (f["value"], f["unknown"]) for f in found["glance"]["figures"]}
    assert (sums["dead"], sums["missing"]) == ((0, 0), (None, 1))


def test_who_is_silent_since_when() -> None:
    told = [
        incident("310000/a/1"),
        incident("320000/b/1", told=after(hours=-2), sealed=after(hours=-2)),
    ]
    found = parts(shown(*told), EN)
    by = {line["name"]: line for line in found["coverage"]}
    assert (by["Shanghai"]["silent"], by["Jiangsu"]["silent"], by["Jiangsu"]["minutes"]) == (
        False,
        True,
        120,
    )
    assert by["Anhui"]["never"]
    assert found["glance"]["silent"] == ["Jiangsu", "Zhejiang", "Anhui"]


def test_every_province_answers_or_not() -> None:
    found = parts(shown(response(), incident("330000/a/1")), ZH)["glance"]["answered"]
    assert [(a["name"], bool(a["level"])) for a in found] == [
        ("上海", True),
        ("江苏", False),
        ("浙江", False),
        ("安徽", False),
    ]
    assert [a["silent"] for a in found] == [False, True, False, True]


def test_an_incident_has_its_sources_and_every_revision() -> None:
    first = incident("310000/a/1", {"casualties": {"dead": 1}}, revision=1)
    second = incident(
        "310000/a/1",
        {"casualties": {"dead": 3}, "description": SCRIPT},
        revision=2,
        told=after(minutes=5),
        sealed=after(minutes=5),
    )
    found = incident_of(shown(first, second, hours=1), "310000/a/1", EN)
    assert found is not None
    assert [source["name"] for source in found["sources"]] == ["Shanghai"]
    newest, oldest = found["timeline"]
    assert newest["changes"] == [{"label": "dead", "was": "1", "now": "3"}]
    assert {"label": "dead", "was": "", "now": "1"} in oldest["changes"]
    assert newest["text"] == SCRIPT
    assert found["earlier"] == []
    assert incident_of(shown(first), "310000/nothing", EN) is None


def test_earlier_reports_that_were_not_loaded_are_named() -> None:
    first = incident("310000/a/1", {"casualties": {"dead": 1}}, revision=1)
    second = incident("310000/a/1", {}, revision=2, told=after(minutes=5), sealed=after(minutes=5))
    whole = shown(first, second, hours=1)
    for known, before in ((second,), 2), ((), 3):
        part = replace(whole, reports={("310000", "310000/a/1"): known})
        found = incident_of(part, "310000/a/1", EN)
        assert found is not None
        assert found["earlier"] == [{"name": "Shanghai", "before": before}]


def test_sources_that_differ_are_named() -> None:
    near = {"primaryType": {"scheme": "GB/T 35561", "value": "11A02"}}
    one = incident(
        "310000/a/1", near | {"casualties": {"dead": 1}, "place": place("310118", SHANGHAI)}
    )
    two = incident(
        "320000/b/1",
        near
        | {
            "casualties": {"dead": 4},
            "place": place("310118", SHANGHAI),
            "sameEventIds": ["310000/a/1"],
        },
    )
    found = shown(one, two)
    (line,) = parts(found, ZH)["incidents"]
    assert line["differ"] == ["死亡"]
    detail = incident_of(found, line["id"], ZH)
    assert detail is not None
    assert [d["key"] for d in detail["disagreements"]] == ["dead"]
    assert sum(source["counts"] for source in detail["sources"]) == 1
    assert detail["links"] and detail["rule"]


def test_a_need_says_what_is_open_and_what_is_late() -> None:
    told = [lacking(), request(), answer(lines=[offer(2)]), resource()]
    found = parts(shown(*told, hours=3), ZH)
    assert found["glance"]["missing"] and found["glance"]["needs"]
    board = found["aid"]
    assert board["lives"][0]["branches"][0]["stage"] in board["stages"]
    assert all(step["done_ms"] is None for step in board["decide"])


def test_a_colour_has_its_word_and_a_place() -> None:
    found = parts(shown(warning()), ZH)
    (line,) = found["warnings"]
    assert line["color_word"] in ("红色", "橙色", "黄色", "蓝色")
    assert found["map"]["warnings"][0]["warnings"][0]["text"].endswith(line["color_word"])


def test_an_incident_stands_on_the_map_and_says_if_its_place_is_inferred() -> None:
    found = shown(
        incident("310000/a/1", {"place": place("310118", JIASHAN)}),
        incident("330000/c/1", {"place": {"adminCode": "330282"}}),
    )
    by = {mark["id"]: mark for mark in parts(found, ZH)["map"]["incidents"]}
    assert (by["310000/a/1"]["lat"], by["310000/a/1"]["inferred"]) == (JIASHAN[0], False)
    assert by["330000/c/1"]["inferred"]
    assert len(json.loads(outlines())["provinces"]) == 4


@pytest.mark.parametrize("words", [ZH, EN])
def test_every_part_of_everything_is_json_without_people(words: Words) -> None:
    found = parts(shown(*EVERYTHING), words)
    assert set(found) == set(PARTS)
    told = json.dumps(found, ensure_ascii=False)
    assert json.loads(told) == found
    assert found["log"]


def test_help_on_its_way_is_drawn_from_the_lender_to_the_incident() -> None:
    found = shown(incident("310000/flood/1"), asked(), offered(), ordered(), committed())
    (help_,) = parts(found, ZH)["map"]["aid"]
    assert help_["text"].startswith("江苏")
    assert help_["to"] != help_["from"]


def test_an_isolation_area_has_its_outline_and_what_is_assumed() -> None:
    found = parts(shown(*LEAK), EN)
    zone, drawn = found["hazmat"]["zones"][0], found["map"]["zones"][0]
    assert zone["isolation_m"] and zone["material"].startswith("UN 1017")
    assert drawn["isolation"][0] == drawn["isolation"][-1]
    assert found["hazmat"]["trips"][0]["alerts"]


@pytest.mark.parametrize("steps", range(1, 5))
def test_a_line_of_help_names_the_message_that_comes_next_to_act_on(steps: int) -> None:
    story = [asked(), offered(), ordered(), committed()][:steps]
    aid = parts(shown(lacking("310000/flood/1"), *story), ZH)["aid"]
    (branch,) = aid["lives"][0]["branches"]
    assert branch["on"] == story[-1].header.message_id
    assert {step["on"] for step in aid["decide"]} == {branch["on"]}


def test_a_report_that_was_issued_is_read_whole_and_listed_by_its_title() -> None:
    body = {
        "author": "joint",
        "number": 2,
        "asOfTime": text(NOW),
        "summaryId": "017ae0f8-3200-71a2-a1cc-96a062ddb674",
        "titleZh": "态势报告",
        "titleEn": "Report",
        "textZh": SCRIPT,
        "textEn": SCRIPT,
        "post": "带班领导",
    }
    issued = said("situationReport", "joint/report/1", body)
    found = report(issued, EN)
    assert found is not None
    assert found["texts"] == [SCRIPT, SCRIPT]
    assert found["exercise"] is None
    assert report(asked(), EN) is None
    for words, title in ((ZH, "态势报告"), (EN, "Report")):
        (line,) = [told for told in parts(shown(issued), words)["log"] if told["report"]]
        assert line["title"] == title


def test_without_a_picture_every_part_is_there_and_empty() -> None:
    assert parts(None, ZH) == dict.fromkeys(PARTS)


def test_the_slider_is_thinned_and_keeps_the_newest() -> None:
    found = shown(incident())
    marks = [found.marks[0]._replace(as_of_us=number * 1000) for number in range(2001)]
    thinned = history(marks)
    assert thinned["count"] == 2001
    assert thinned["marks"][-1] == 2000
    assert len(thinned["marks"]) <= 400


def test_scopes_that_have_a_picture_are_listed() -> None:
    desk = Desk()
    desk.take([incident()])
    assert scopes(desk.scopes.values()) == []


AID_AND_HAZMAT = (
    "aid_lives need_lines double_promises hazmat handovers isolation_zones hazmat_counts storms"
)
SHOWN = [
    *[
        "incidents",
        "totals",
        "coverage",
        "escalations",
        "warnings",
        "responses",
        "controls",
        "resources",
    ],
    *["alignments", "supplies", "shelters", "question_counts"],
    *AID_AND_HAZMAT.split(),
]


@pytest.mark.parametrize("name", SHOWN)
@settings(max_examples=12)
@given(data=st.data())
def test_whatever_a_summary_says_can_be_shown(name: str, data: st.DataObject) -> None:
    """What a later contract may say, and what no rule forbids, ends in no error and in plain JSON."""
    field = SituationSummary.DESCRIPTOR.fields_by_name[name]
    one = data.draw(messages(field.message_type))
    summary = SituationSummary()
    target: Any = getattr(summary, name)
    if field.is_repeated:
        target.append(one)
    else:
        target.CopyFrom(one)
    found = Shown(ACTUAL, Message(situation_summary=summary), [], {})
    for words in (ZH, EN):
        told = as_json(parts(found, words))
        assert json.loads(told, parse_constant=pytest.fail)
        for joint in summary.incidents:
            assert incident_of(found, joint.joint_id, words)
