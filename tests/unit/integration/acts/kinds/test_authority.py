"""Who may do what: an act that is another's says whose it is; one that is done says so."""

from datetime import timedelta

import pytest

from integration.acts.kinds import ACTS
from integration.acts.seam import CannotAct, FieldErrors
from schemas.catalog import body_of
from schemas.rules import violations
from tests.support.aid_story import asked, committed, offered, ordered, released
from tests.support.builders import NOW
from tests.support.known_things import KEY, OFFICER, Knows, about, filled, knows, of
from tests.support.situation import exercise, incident, lacking, resource
from yrd.exchange.v1.message_pb2 import Message

BY_NAME = {act.name: act for act in ACTS}
FLOODED, PUMPS = lacking("310000/flood/1"), resource("320000/pumps/1")
ASKED, OFFERED, ORDERED, COMMITTED = asked(), offered(), ordered(), committed()
STORY = (FLOODED, PUMPS, ASKED, OFFERED, ORDERED, COMMITTED)


def why(name: str, known: Knows, thing: str) -> str:
    with pytest.raises(CannotAct) as caught:
        BY_NAME[name].form(known, thing)
    assert caught.value.reason.en
    return caught.value.reason.zh


@pytest.mark.parametrize(
    ("name", "me", "message", "word"),
    [
        ("answer", "310000", ASKED, "自己的请求"),
        ("answer", "330000", ASKED, "只有被请求方可以应答"),
        ("order", "320000", OFFERED, "只有请求方可以调派"),
        ("order", "joint", OFFERED, "只有请求方可以调派"),
        ("commit", "310000", ORDERED, "只有江苏可以承诺自己的资源"),
        ("release", "320000", COMMITTED, "只有调派方可以释放"),
        ("return-home", "310000", COMMITTED, "由江苏报告归建"),
        ("acknowledge", "310000", FLOODED, "自己的报文"),
        ("object", "310000", FLOODED, "自己的数据"),
    ],
)
def test_what_is_anothers_says_whose_it_is(name: str, me: str, message: Message, word: str) -> None:
    assert word in why(name, knows(me, *STORY), of(message))


def test_only_the_province_that_lacks_it_requests_what_is_proposed() -> None:
    known = knows("joint", FLOODED, PUMPS)
    assert "只有上海可以发出请求" in why("request-aid", known, about("proposal", "310000"))


def test_a_province_merges_its_own_only() -> None:
    known = knows("330000", FLOODED, incident("320000/flood/2"))
    assert "本省" in why("merge", known, about("incident", "310000/flood/1"))
    mine = knows("310000", FLOODED, incident("320000/flood/2"))
    form = BY_NAME["merge"].form(mine, about("incident", "310000/flood/1"))
    fields = filled(form) | {"with:320000/flood/2": "true", "reason": "同一河段", "post": "值班长"}
    (made,) = BY_NAME["merge"].drafts(mine, form.about, fields, OFFICER, KEY)
    assert made.incident_decision.incident.participant == "310000"


@pytest.mark.parametrize(
    ("name", "me", "story", "message"),
    [
        ("answer", "320000", (ASKED, OFFERED), ASKED),
        ("order", "310000", (ASKED, OFFERED, ORDERED), OFFERED),
        ("commit", "320000", (ASKED, OFFERED, ORDERED, COMMITTED), ORDERED),
        ("release", "310000", (ASKED, OFFERED, ORDERED, COMMITTED, released()), COMMITTED),
    ],
)
def test_what_is_done_is_not_done_again(
    name: str, me: str, story: tuple[Message, ...], message: Message
) -> None:
    assert why(name, knows(me, FLOODED, PUMPS, *story), of(message))


def test_a_line_is_asked_for_once() -> None:
    known = knows("310000", FLOODED, PUMPS)
    act, thing = BY_NAME["request-aid"], about("proposal", "310000")
    fields = filled(act.form(known, thing), justification="力量不足")
    (made,) = act.drafts(known, thing, fields, OFFICER, KEY)
    assert made.aid_request.incident_id == "310000/flood/1"
    assert made.aid_request.addressed_to == ["320000"]
    sent = Message.FromString(made.SerializeToString())
    sent.stamp.origin = "310000"
    known.told.append(sent)
    assert "已请求" in why("request-aid", known, thing)


def test_less_than_all_is_a_part() -> None:
    """Four can be spared of the six that are asked for."""
    known = knows("320000", FLOODED, PUMPS, ASKED)
    act, thing = BY_NAME["answer"], of(ASKED)
    form = act.form(known, thing)
    with pytest.raises(FieldErrors) as caught:
        act.drafts(known, thing, filled(form, line1_decision="ACCEPT"), OFFICER, KEY)
    assert set(caught.value.problems) == {"line1-quantity"}
    known = knows("320000", *STORY[:-1])
    act, thing = BY_NAME["commit"], of(ORDERED)
    less = {"line1-of:320000/pumps/1": "5"}
    with pytest.raises(FieldErrors) as caught:
        act.drafts(known, thing, filled(act.form(known, thing)) | less, OFFICER, KEY)
    assert set(caught.value.problems) == {"line1-decision"}


def test_what_was_not_released_can_only_be_called_back_and_with_a_reason() -> None:
    known, act = knows("320000", *STORY), BY_NAME["return-home"]
    form = act.form(known, of(COMMITTED))
    assert [c.value for c in form.fields[0].choices] == ["RECALLED"]
    with pytest.raises(FieldErrors) as caught:
        act.drafts(known, of(COMMITTED), filled(form), OFFICER, KEY)
    assert set(caught.value.problems) == {"reason"}


def test_a_decision_an_order_and_a_request_are_withdrawn_once_by_who_made_them() -> None:
    known = knows("joint", FLOODED, incident("320000/flood/2"))
    merging = BY_NAME["merge"].form(known, about("incident", "310000/flood/1"))
    chosen = {"with:320000/flood/2": "true", "reason": "同一河段", "post": "值班长"}
    (made,) = BY_NAME["merge"].drafts(known, merging.about, filled(merging) | chosen, OFFICER, KEY)
    merged = Message.FromString(made.SerializeToString())
    merged.stamp.origin = "joint"
    act = BY_NAME["withdraw"]
    for me, message in (("joint", merged), ("310000", ORDERED), ("310000", ASKED)):
        known = knows(me, *STORY, merged)
        form = act.form(known, of(message))
        fields = (
            filled(form) | {"reason": "情况有变"} | ({"post": "值班长"} if me == "joint" else {})
        )
        (made,) = act.drafts(known, of(message), fields, OFFICER, KEY)
        assert (made.header.entity_id, made.header.revision) == (message.header.entity_id, 2)
        body = body_of(made)
        assert body is not None
        assert violations(made, NOW + timedelta(minutes=1)) == []
        after = Message.FromString(made.SerializeToString())
        after.stamp.origin = me
        assert "已撤销" in why("withdraw", knows(me, *STORY, merged, after), of(message))
        assert "不是本机构" in why("withdraw", knows("330000", *STORY, merged), of(message))


def test_an_objection_is_answered_by_its_addressee_and_taken_back_by_its_objector() -> None:
    objector = knows("320000", FLOODED)
    act, thing = BY_NAME["object"], of(FLOODED)
    fields = filled(act.form(objector, thing), statement="应为一人")
    (made,) = act.drafts(objector, thing, fields, OFFICER, KEY)
    raised = Message.FromString(made.SerializeToString())
    raised.stamp.origin = "320000"
    settle = BY_NAME["settle-objection"]
    offered_to = {
        me: [c.value for c in settle.form(knows(me, FLOODED, raised), of(raised)).fields[0].choices]
        for me in ("310000", "320000")
    }
    assert offered_to == {"310000": ["UPHOLD", "REJECT"], "320000": ["TAKE_BACK"]}
    assert "由上海答复" in why("settle-objection", knows("330000", FLOODED, raised), of(raised))
    back = settle.form(knows("320000", FLOODED, raised), of(raised))
    (taken,) = settle.drafts(
        knows("320000", FLOODED, raised), of(raised), filled(back), OFFICER, KEY
    )
    assert (taken.header.entity_id, taken.header.revision) == (raised.header.entity_id, 2)


def test_a_message_of_another_picture_is_not_there() -> None:
    drill = incident("310000/flood/7", **exercise())
    known = knows("320000", drill)
    assert "没有这条报文" in why("acknowledge", known, of(drill, "actual"))


def test_in_an_exercise_everything_is_of_the_exercise() -> None:
    drill = incident("310000/flood/7", **exercise())
    known = knows("320000", drill)
    act, thing = BY_NAME["acknowledge"], of(drill, "exercise/drill")
    form = act.form(known, thing)
    assert "演练" in form.warning.zh
    assert "EXERCISE" in form.warning.en
    (made,) = act.drafts(known, thing, filled(form, post="值班长"), OFFICER, KEY)
    assert made.header.exercise_id == "drill"
    assert made.header.reported_time == drill.header.reported_time


def test_an_acknowledgement_goes_on_under_its_entity_until_it_is_done() -> None:
    known = knows("320000", FLOODED)
    act, thing = BY_NAME["acknowledge"], of(FLOODED)
    for revision, kind in enumerate(("READ", "ACTING", "DONE"), start=1):
        key = f"019e0000-0000-7000-8000-00000000010{revision}"
        (made,) = act.drafts(
            known, thing, filled(act.form(known, thing), kind=kind, post="班"), OFFICER, key
        )
        assert made.header.revision == revision
        sent = Message.FromString(made.SerializeToString())
        sent.stamp.origin = "320000"
        known.told.append(sent)
    assert "已办结" in why("acknowledge", known, thing)
