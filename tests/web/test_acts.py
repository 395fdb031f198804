"""Acts in a real browser: by people with certificates of their own, in both languages, during In-Fa."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Tab
from playwright.sync_api import Request, Route, expect

from schemas import message_ids
from tests.web.acting import (
    ASKED,
    ASKER,
    GRAVE,
    JOINT,
    field,
    help_until_home,
    message_of,
    pick,
    send,
)
from tests.web.conftest import SHOTS, Room
from yrd.coordination.v1.dialogue_pb2 import Acknowledgement
from yrd.exchange.v1.message_pb2 import Draft

ACKNOWLEDGEMENT = Acknowledgement.DESCRIPTOR.full_name
Shot = Callable[[Tab, str], None]


def key_of(request: Request) -> str:
    return str(json.loads(request.post_data or "{}")["key"])


def acknowledged(room: Room) -> int:
    return len(message_of(room, JOINT, ACKNOWLEDGEMENT))


def told_newest(
    room: Room, participant: str, revise: Callable[[Draft], None], type_name: str
) -> None:
    """A participant's last message of a type, revised and published."""
    last = [m for m in message_of(room, participant, type_name) if m.stamp.origin == participant][
        -1
    ]
    made = Draft(header=last.header)
    body = str(last.WhichOneof("body"))
    getattr(made, body).CopyFrom(getattr(last, body))
    made.header.revision += 1
    told_ms = made.header.reported_time.ToMilliseconds()
    made.header.message_id = message_ids.new(told_ms)
    revise(made)
    (result,) = room.delta.client(participant).publish([made])
    assert result.HasField("accepted"), result


FORMS: list[tuple[str, str, str, str]] = [
    (JOINT, "log", "message:", "acknowledge"),
    (JOINT, "log", "message:", "object"),
    (JOINT, "incident/330000%2Finfa-2021%2Fflood%2Fyuyao", "incident:", "merge"),
    (ASKED, "aid", "message:", "answer"),
    (ASKER, "aid", "message:", "order"),
    (ASKER, "aid", "proposal:", "request-aid"),
]
"""Whose page, where, on what, and which act."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_dialog_is_free_of_grave_faults(
    sit: Callable[..., Tab], shot: Shot, language: str
) -> None:
    faults: dict[str, list[Any]] = {}
    tabs = {who: sit("officer", who, language) for who in (JOINT, ASKED, ASKER)}
    for who, view, thing, act in FORMS:
        tab = tabs[who]
        tab.goto(re.sub(r"#.*", f"#/{view}", tab.url))
        tab.wait_for_selector(f'[data-key^="act-{thing}"]')
        pick(tab, thing, act)
        expect(tab.locator("#act form")).to_be_visible()
        expect(tab.locator("#act .act-band")).to_contain_text(
            "演练" if language == "zh" else "EXERCISE"
        )
        report = Axe().run(tab).response
        faults[act] = [
            (v["id"], [n["target"] for n in v["nodes"][:3]])
            for v in report["violations"]
            if v["impact"] in GRAVE
        ]
        shot(tab, f"act-{act}-{language}")
        tab.keyboard.press("Escape")
    SHOTS.joinpath(f"axe-acts-{language}.json").write_text(json.dumps(faults, ensure_ascii=False))
    assert [act for act, found in faults.items() if found] == [], faults


def test_it_is_done_by_keys_alone(sit: Callable[..., Tab], room: Room) -> None:
    tab, before = sit("officer"), acknowledged(room)
    pick(tab, "message:", "acknowledge")  # finds a message that may be acknowledged
    tab.keyboard.press("Escape")
    expect(tab.locator(":focus")).to_have_attribute("data-key", re.compile("^act-message:"))
    opener = str(tab.locator(":focus").get_attribute("data-key"))
    expect(tab.locator("#act")).to_be_hidden()  # also when the form came after that
    tab.keyboard.press("Enter")
    expect(tab.locator('#act [data-key="act-acknowledge"]')).to_be_visible()
    expect(tab.locator("#act-title")).to_be_focused()
    press_until(tab, "act-acknowledge")
    tab.keyboard.press("Enter")
    expect(tab.locator("#act form")).to_be_visible()
    for key in ("Tab", "ArrowDown", "Tab"):
        tab.keyboard.press(key)
    tab.keyboard.type("值班员")
    press_until(tab, "act-send")
    tab.keyboard.press("Enter")
    expect(tab.locator(".act-outcome")).to_contain_text("已发出")
    tab.keyboard.press("Escape")
    expect(tab.locator(":focus")).to_have_attribute("data-key", opener)  # once it is closed
    assert acknowledged(room) == before + 1


def press_until(tab: Tab, key: str) -> None:
    """Tabs until the element with that key has the focus."""
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.dataset.key") == key:
            return
    pytest.fail(f"Tab does not reach {key}")


def test_a_dialog_fits_a_phone(sit: Callable[..., Tab], shot: Shot) -> None:
    tab = sit("officer", ASKED, "en", "aid", "390x844")
    pick(tab, "message:", "answer")
    wider = tab.evaluate(
        "(() => { const d = document.querySelector('#act'); return d.scrollWidth - d.clientWidth })()"
    )
    assert wider <= 0
    expect(tab.locator("[data-key=act-send]")).to_be_in_viewport()
    shot(tab, "act-answer-390x844")


def test_a_double_click_sends_once_and_the_focus_goes_back(
    sit: Callable[..., Tab], room: Room, shot: Shot
) -> None:
    tab, before = sit("officer"), acknowledged(room)
    pick(tab, "message:", "acknowledge")
    field(tab, "post").fill("联合值班室值班员")
    tab.locator("[data-key=act-send]").evaluate("b => { b.click(); b.click(); b.click() }")
    expect(tab.locator(".act-outcome")).to_contain_text("已发出")
    assert [v["id"] for v in Axe().run(tab).response["violations"] if v["impact"] in GRAVE] == []
    shot(tab, "act-sent-zh")
    assert acknowledged(room) == before + 1
    last = message_of(room, JOINT, ACKNOWLEDGEMENT)[-1]
    assert last.acknowledgement.post == "联合值班室值班员"
    tab.keyboard.press("Escape")
    expect(tab.locator("#act")).to_be_hidden()
    expect(tab.locator(":focus")).to_have_attribute("data-key", re.compile("^act-message:"))


def test_what_is_wrong_is_said_at_its_field_and_at_the_top(
    sit: Callable[..., Tab], shot: Shot
) -> None:
    tab = sit("officer", language="en")
    pick(tab, "message:", "acknowledge")
    field(tab, "kind").select_option("PASSED_ON")
    send(tab)
    expect(tab.locator(".act-said")).to_be_focused()
    expect(tab.locator(".act-said li")).not_to_have_count(0)
    expect(field(tab, "post")).to_have_attribute("aria-invalid", "true")
    shot(tab, "act-errors-en")
    tab.locator(".act-said a").first.click()
    expect(tab.locator(":focus")).to_have_id(re.compile("^act-"))
    field(tab, "post").fill("duty officer")
    tab.keyboard.press("Enter")  # sends nothing
    expect(tab.locator(".act-outcome")).to_have_count(0)


def test_a_stale_page_says_what_changed_and_keeps_what_was_typed(
    sit: Callable[..., Tab], room: Room, shot: Shot
) -> None:
    tab = sit("officer", ASKED, view="aid")
    pick(tab, "message:", "answer")
    field(tab, "line1-decision").select_option("DECLINE")
    field(tab, "line1-reason").fill("本省排涝力量已全部投入")

    def revised(made: Draft) -> None:
        made.aid_request.justification = "水位继续上涨"

    told_newest(room, ASKER, revised, "yrd.aid.v1.AidRequest")
    wait_newest(room)
    expect_stale(tab)
    expect(field(tab, "line1-reason")).to_have_value("本省排涝力量已全部投入")
    expect(field(tab, "line1-decision")).to_have_value("DECLINE")
    shot(tab, "act-stale-zh")
    send(tab)
    expect(tab.locator(".act-outcome")).to_contain_text("已发出")


def wait_newest(room: Room) -> None:
    """Until the one that is asked has what the asker told."""
    room.delta.wait_level(ASKER, ASKED)


def expect_stale(tab: Tab) -> None:
    """The page at which it is sent has what is new, too; it gets it a moment after its gateway."""
    send(tab)
    expect(tab.locator(".act-said")).to_contain_text("情况已有变化")


def test_help_from_the_answer_until_it_is_home(
    sit: Callable[..., Tab], room: Room, shot: Shot
) -> None:
    asked, asker = sit("officer", ASKED, view="aid"), sit("officer", ASKER)
    pick(asked, "message:", "answer")
    help_until_home(asked, asker, "zh", 12, shot)
    home = message_of(room, ASKED, "yrd.aid.v1.AidReturn")[-1]
    assert home.aid_return.lines[0].returned.value == 11
    assert home.header.act.acted_by.person_id == "officer"


def test_who_only_looks_has_no_buttons_and_is_refused(sit: Callable[..., Tab], room: Room) -> None:
    tab, before = sit("watcher"), acknowledged(room)
    expect(tab.locator("[data-key=who]")).to_contain_text("查看")
    expect(tab.locator("button.act")).to_have_count(0)
    one = message_of(room, ASKER, "yrd.incident.v1.IncidentReport")[0]
    about = f"message:exercise/{one.header.exercise_id}:{one.header.message_id}"
    told = tab.evaluate(
        """async (about) => {
          const me = await (await fetch("/me")).json();
          const key = "019e0000-0000-7000-8000-000000000001";
          const answer = await fetch("/acts", {
            method: "POST",
            headers: {"Content-Type": "application/json", "X-CSRF-Token": me.csrf},
            body: JSON.stringify({
              act: "acknowledge", about, key, seen: {}, fields: {kind: "READ", post: "x", note: ""},
            }),
          });
          return [answer.status, (await answer.json()).problem];
        }""",
        about,
    )
    assert told == [403, "role"]
    assert acknowledged(room) == before


def test_a_script_in_a_narrative_stays_text_in_a_dialog(
    sit: Callable[..., Tab], room: Room
) -> None:
    script = "<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script>"

    def revised(made: Draft) -> None:
        made.header.entity_id, made.header.revision = f"{ASKER}/script", 1  # nobody's story goes on
        made.control_measure.object_name = script

    tab = sit("officer")
    told_newest(room, ASKER, revised, "yrd.coordination.v1.ControlMeasure")
    row = tab.locator("tr", has_text=script)
    expect(row.first).to_be_visible()
    row.first.locator("button.act").click()
    tab.locator('#act [data-key="act-object"]').click()
    expect(field(tab, "field")).to_contain_text("object_name = <img")
    assert tab.locator("#act img, #act script").count() == 0
    expect(tab).to_have_title(re.compile("【演练】"))


def test_a_session_that_is_over_and_a_lost_answer_lose_nothing(
    sit: Callable[..., Tab], room: Room, shot: Shot
) -> None:
    tab, before = sit("officer"), acknowledged(room)
    keys: list[str] = []
    pick(tab, "message:", "acknowledge")
    field(tab, "post").fill("联合值班室")
    field(tab, "note").fill("已电话核实")
    over = {
        "problem": "session",
        "text": {"zh": "登录已失效", "en": "over"},
        "remedy": {"zh": "", "en": ""},
    }
    nobody = {"acts": True, "person": None, "csrf": None, "sign_in": "/sign-in", "why": None}

    def refused(route: Route) -> None:
        keys.append(key_of(route.request))
        route.fulfill(status=401, json=over)

    tab.route("**/acts", refused)
    tab.route("**/me", lambda route: route.fulfill(json=nobody))
    send(tab)
    expect(tab.locator(".act-said")).to_contain_text("登录已失效")
    expect(field(tab, "note")).to_have_value("已电话核实")
    shot(tab, "act-session-zh")
    tab.unroute("**/acts")
    tab.unroute("**/me")

    def lost(route: Route) -> None:
        keys.append(key_of(route.request))
        route.fetch()  # it is done, and the answer does not come back
        route.abort()

    tab.evaluate("fetch('/me')")
    tab.route("**/acts", lost)
    send(tab)
    expect(tab.locator(".act-said")).to_contain_text("不会重复")
    tab.unroute("**/acts")
    with tab.expect_request("**/acts") as sent:
        send(tab)
    keys.append(key_of(sent.value))
    expect(tab.locator(".act-outcome")).to_contain_text("已发出")
    assert len(set(keys)) == 1
    assert acknowledged(room) == before + 1


def test_a_report_is_drafted_by_one_issued_by_another_and_printed(
    sit: Callable[..., Tab], room: Room, shot: Shot
) -> None:
    officer = sit("officer", view="situation")
    officer.locator("[data-key=act-report]").click()
    expect(field(officer, "text-zh")).to_have_value(re.compile("【演练】以下内容均非真实事件"))
    field(officer, "post").fill("联合值班室带班领导")
    shot(officer, "act-report-zh")
    send(officer)
    expect(officer.locator(".act-outcome")).to_contain_text("待另一人复核")
    officer.keyboard.press("Escape")
    officer.locator("[data-key=waiting]").click()
    expect(officer.locator(".act-waiting")).to_be_visible()
    expect(officer.locator(".act-waiting [data-key^=act-yes]")).to_have_count(0)  # not by oneself

    second = sit("second", view="situation")
    expect(second.locator("button.act")).to_have_count(0)  # who only confirms begins nothing
    second.locator("[data-key=waiting]").click()
    expect(second.locator(".act-waiting")).to_contain_text("带班领导")
    assert [v["id"] for v in Axe().run(second).response["violations"] if v["impact"] in GRAVE] == []
    shot(second, "act-waiting-zh")
    second.locator(".act-waiting [data-key^=act-yes]").click()
    expect(second.locator(".act-outcome")).to_contain_text("已发出")
    second.locator("[data-key=act-report-link]").click()
    expect(second.locator("article.report h2").first).to_contain_text("态势报告（首报）")
    shot(second, "report-zh")
    assert [v["id"] for v in Axe().run(second).response["violations"] if v["impact"] in GRAVE] == []
    second.emulate_media(media="print")
    expect(second.locator("#tabs, #top, .report-tools").first).to_be_hidden()
    expect(second.locator(".report-drill")).to_be_visible()
    shot(second, "report-printed-zh")
    printed = second.pdf(path=SHOTS / "situation-report-zh.pdf")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 2
    (issued,) = message_of(room, JOINT, "yrd.situation.v1.SituationReport")
    assert issued.situation_report.post == "联合值班室带班领导"
