"""Acts sent from a real browser, in both languages, and taken back: the next test finds what it expects."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.web.acting import (
    ASKED,
    ASKER,
    JOINT,
    SENT,
    act_on_newest,
    begin,
    field,
    go,
    help_until_home,
    message_of,
    pick,
    send,
    sent,
)
from tests.web.conftest import Room
from yrd.aid.v1.aid_pb2 import AidRequest
from yrd.aid.v1.return_pb2 import AidReturn
from yrd.coordination.v1.dialogue_pb2 import Acknowledgement, Objection
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.decision_pb2 import IncidentDecision
from yrd.situation.v1.report_pb2 import SituationReport

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
NAMES = {"zh": "浙江", "en": "Zhejiang"}
FLOOD, WATERLOG = "330000%2Finfa-2021%2Fflood%2Fyuyao", "310000%2Finfa-2021%2Fwaterlog%2Fqingpu"
Sit = Callable[..., Tab]
Shot = Callable[[Tab, str], None]


def told_last(room: Room, participant: str, type_name: str) -> Message:
    """What a participant told last of a type, as its own gateway has it."""
    return [m for m in message_of(room, participant, type_name) if m.stamp.origin == participant][
        -1
    ]


@LANGUAGES
def test_what_is_proposed_is_asked_for_after_editing_and_withdrawn(
    sit: Sit, room: Room, language: str
) -> None:
    kind = AidRequest.DESCRIPTOR.full_name
    tab = sit("officer", ASKER, language, "aid")
    pick(tab, "proposal:", "request-aid")
    field(tab, "line1-wanted").check()
    field(tab, "line1-quantity").fill("7")
    field(tab, "justification").fill("城区内涝，排涝力量不足")
    sent(tab, language)
    asked = told_last(room, ASKER, kind)
    assert asked.aid_request.lines[0].need.quantity.value == 7
    assert asked.aid_request.proposal_id and not asked.aid_request.withdrawn
    assert asked.header.act.acted_by.person_id == "officer"
    go(tab, "log")
    act_on_newest(tab, "withdraw")
    field(tab, "reason").fill("试发")
    sent(tab, language)
    ended = told_last(room, ASKER, kind)
    assert ended.header.entity_id == asked.header.entity_id and ended.aid_request.withdrawn


def test_help_from_the_proposal_until_it_is_home_in_english(
    sit: Sit, room: Room, shot: Shot
) -> None:
    asker, asked = sit("officer", ASKER, "en", "aid"), sit("officer", ASKED, "en", "log")
    pick(asker, "proposal:", "request-aid")
    field(asker, "line1-wanted").check()
    field(asker, "line1-quantity").fill("7")
    field(asker, "justification").fill("pumps are needed in the city")
    sent(asker, "en")
    act_on_newest(asked, "answer")
    help_until_home(asked, asker, "en", 5, shot)
    home = told_last(room, ASKED, AidReturn.DESCRIPTOR.full_name)
    assert home.aid_return.lines[0].returned.value == 4


def test_a_message_is_acknowledged_in_english(sit: Sit, room: Room) -> None:
    tab = sit("officer", JOINT, "en", "log")
    pick(tab, "message:", "acknowledge")
    field(tab, "post").fill("duty officer of the joint room")
    sent(tab, "en")
    told = told_last(room, JOINT, Acknowledgement.DESCRIPTOR.full_name)
    assert told.acknowledgement.post == "duty officer of the joint room"


def test_a_report_is_issued_by_two_in_english(sit: Sit, room: Room, shot: Shot) -> None:
    kind = SituationReport.DESCRIPTOR.full_name
    before = len(message_of(room, JOINT, kind))
    officer = sit("officer", JOINT, "en", "situation")
    officer.locator("[data-key=act-report]").click()
    field(officer, "post").fill("chief of the watch")
    shot(officer, "act-report-en")
    send(officer)
    expect(officer.locator(".act-outcome")).to_contain_text("waits for a second person")
    assert len(message_of(room, JOINT, kind)) == before
    second = sit("second", JOINT, "en", "situation")
    second.locator("[data-key=waiting]").click()
    expect(second.locator(".act-waiting")).to_contain_text("chief of the watch")
    second.locator(".act-waiting [data-key^=act-yes]").click()
    expect(second.locator(".act-outcome")).to_contain_text(SENT["en"])
    issued = told_last(room, JOINT, kind)
    assert issued.situation_report.post == "chief of the watch"
    assert issued.header.act.approved_by.person_id == "second"


@LANGUAGES
def test_an_objection_is_raised_and_answered(sit: Sit, room: Room, language: str) -> None:
    kind = Objection.DESCRIPTOR.full_name
    tab = sit("officer", JOINT, language, "log")
    pick(tab, "message:", "object", NAMES[language])
    field(tab, "statement").fill("与现场回传不符")
    sent(tab, language)
    raised = told_last(room, JOINT, kind).objection
    assert raised.statement == "与现场回传不符"
    owner = sit("officer", ASKER, language, "log")
    act_on_newest(owner, "settle-objection")
    field(owner, "step").select_option("REJECT")
    field(owner, "statement").fill("以水文站实测为准")
    sent(owner, language)
    assert told_last(room, ASKER, kind).objection.statement == "以水文站实测为准"


@LANGUAGES
@pytest.mark.parametrize("act", ["merge", "split"])
def test_joint_incidents_are_decided_on_and_the_decision_withdrawn(
    sit: Sit, room: Room, act: str, language: str
) -> None:
    kind = IncidentDecision.DESCRIPTOR.full_name
    tab = sit("officer", JOINT, language, f"incident/{FLOOD if act == 'merge' else WATERLOG}")
    begin(tab, "incident:", act)
    if act == "merge":
        tab.locator('#act input[id^="act-with:"]').first.check()
    else:
        field(tab, "apart").select_option(index=1)
    field(tab, "reason").fill("现场核实")
    field(tab, "post").fill("联合值班室值班员")
    sent(tab, language)
    decided = told_last(room, JOINT, kind)
    assert decided.incident_decision.reason == "现场核实"
    go(tab, "log")
    expect(tab.locator(".panel.log")).to_be_visible()
    act_on_newest(tab, "withdraw")
    field(tab, "reason").fill("试发")
    field(tab, "post").fill("联合值班室值班员")
    sent(tab, language)
    ended = told_last(room, JOINT, kind)
    assert ended.header.entity_id == decided.header.entity_id
    assert ended.header.revision == decided.header.revision + 1
