"""What all acts have in common: whatever is typed, a draft keeps the contract, or the field is named."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.acts.kinds import ACTS
from integration.acts.seam import Act, CannotAct, FieldErrors, Form, message_id
from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.rules import violations
from tests.support.aid_story import asked, committed, offered, ordered, released
from tests.support.builders import NOW
from tests.support.known_things import (
    KEY,
    OFFICER,
    OTHER_KEY,
    Knows,
    about,
    filled,
    knows,
    of,
    typed,
)
from tests.support.situation import incident, lacking, resource, said
from yrd.exchange.v1.message_pb2 import Draft

FLOODED = lacking("310000/flood/1")
BESIDE = incident("320000/flood/9", {"title": "对岸内涝", "sameEventIds": ["310000/flood/1"]})
ELSEWHERE = incident("330000/flood/3", {"title": "余姚内涝"})
PUMPS = resource("320000/pumps/1")
OBJECTION = said(
    "objection",
    "320000/objection/1",
    {
        "author": "320000",
        "objector": "320000",
        "addressee": "310000",
        "step": "OBJECTION_STEP_RAISED",
        "messageId": FLOODED.header.message_id,
        "ground": "OBJECTION_GROUND_INCORRECT",
        "statement": "应为一人",
    },
)
ASKED, OFFERED, ORDERED, COMMITTED = asked(), offered(), ordered(), committed()

CASES: dict[str, Callable[[], tuple[Knows, str, dict[str, str]]]] = {
    "acknowledge": lambda: (knows("320000", FLOODED), of(FLOODED), {"post": "值班长"}),
    "object": lambda: (
        knows("320000", FLOODED),
        of(FLOODED),
        {"statement": "死亡人数应为一人", "field": "incident_report.casualties.dead"},
    ),
    "settle-objection": lambda: (
        knows("310000", FLOODED, OBJECTION),
        of(OBJECTION),
        {"step": "REJECT", "statement": "已核实"},
    ),
    "request-aid": lambda: (
        knows("310000", FLOODED, PUMPS),
        about("proposal", "310000"),
        {"justification": "本市力量不足"},
    ),
    "answer": lambda: (
        knows("320000", FLOODED, PUMPS, ASKED),
        of(ASKED),
        {"line1_decision": "PARTIAL", "line1_reason": "自用其余"},
    ),
    "order": lambda: (knows("310000", FLOODED, PUMPS, ASKED, OFFERED), of(OFFERED), {}),
    "commit": lambda: (knows("320000", FLOODED, PUMPS, ASKED, OFFERED, ORDERED), of(ORDERED), {}),
    "release": lambda: (
        knows("310000", FLOODED, PUMPS, ASKED, OFFERED, ORDERED, COMMITTED),
        of(COMMITTED),
        {},
    ),
    "return-home": lambda: (
        knows("320000", FLOODED, PUMPS, ASKED, OFFERED, ORDERED, COMMITTED, released()),
        of(COMMITTED),
        {"step": "RETURNED", "line1_returned": "6", "line1_damaged": "1"},
    ),
    "merge": lambda: (
        knows("joint", FLOODED, ELSEWHERE),
        about("incident", "310000/flood/1"),
        {"with:330000/flood/3": "true", "reason": "同一条河", "post": "值班长"},
    ),
    "split": lambda: (
        knows("joint", FLOODED, BESIDE),
        about("incident", "310000/flood/1"),
        {"apart": "320000 320000/flood/9", "reason": "两处", "post": "值班长"},
    ),
    "withdraw": lambda: (
        knows("310000", FLOODED, PUMPS, ASKED, OFFERED, ORDERED),
        of(ORDERED),
        {"reason": "水已退"},
    ),
    "issue-report": lambda: (
        knows("joint", FLOODED, ELSEWHERE, PUMPS),
        about("scope", ""),
        {"post": "联合值班室带班领导"},
    ),
}
"""For each act: what is known, the thing, and what a person fills in beside what is offered."""
BY_NAME = {act.name: act for act in ACTS}
names = pytest.mark.parametrize("name", CASES)


def prepared(name: str) -> tuple[Act, Knows, str, Form, dict[str, str]]:
    act = BY_NAME[name]
    known, thing, changes = CASES[name]()
    form = act.form(known, thing)
    return act, known, thing, form, filled(form, **changes)


def problems(made: Draft, me: str) -> list[object]:
    body = body_of(made)
    assert body is not None
    return [*violations(made, NOW + timedelta(minutes=1)), *foreign_claims(body, me)]


def test_every_act_has_a_case() -> None:
    assert set(CASES) == set(BY_NAME)


@names
def test_what_is_offered_can_be_sent(name: str) -> None:
    act, known, thing, _, fields = prepared(name)
    drafts = act.drafts(known, thing, fields, OFFICER, KEY)
    assert drafts
    for made in drafts:
        assert problems(made, known.me) == []
        assert made.header.mode == 1
    again = act.drafts(known, thing, fields, OFFICER, KEY)
    assert again == drafts
    other = act.drafts(known, thing, fields, OFFICER, OTHER_KEY)
    assert not {d.header.message_id for d in drafts} & {d.header.message_id for d in other}
    assert len({d.header.message_id for d in drafts}) == len(drafts)


@names
def test_forms_speak_both_languages_and_name_each_field_once(name: str) -> None:
    act, _, _, form, _ = prepared(name)
    assert form.act == act.name
    assert form.title.zh
    assert form.title.en
    assert form.warning.zh.startswith("【实战】")
    assert len({f.name for f in form.fields}) == len(form.fields)
    for field in form.fields:
        assert field.label.zh
        assert field.label.en
        assert len(field.value) <= field.most
        if field.kind == "choice":
            assert field.choices


@names
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_keeps_the_contract_or_is_named(name: str, data: st.DataObject) -> None:
    act, known, thing, form, fields = _CACHED.setdefault(name, prepared(name))
    changes = data.draw(typed(form))
    kept = data.draw(st.sets(st.sampled_from(sorted(changes))))
    fields = fields | {n: v for n, v in changes.items() if n not in kept}
    try:
        drafts = act.drafts(known, thing, fields, OFFICER, KEY)
    except FieldErrors as error:
        assert set(error.problems) <= {f.name for f in form.fields}
        assert all(said.zh and said.en for said in error.problems.values())
        return
    assert drafts
    for made in drafts:
        assert problems(made, known.me) == []


_CACHED: dict[str, tuple[Act, Knows, str, Form, dict[str, str]]] = {}


def test_ids_are_those_of_the_key() -> None:
    act, known, thing, _, fields = prepared("acknowledge")
    (made,) = act.drafts(known, thing, fields, OFFICER, KEY)
    assert made.header.message_id == message_id(KEY)


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_none_of_an_act_is_not_explained(name: str) -> None:
    """Neither an act's thing of another kind, nor an unknown one, makes a form."""
    act = BY_NAME[name]
    known, _, _ = CASES[name]()
    nothing = [about("message", KEY), about("incident", "310000/none"), about("scope", "", "none")]
    for thing in nothing:
        with pytest.raises(CannotAct):
            act.form(known, thing)
