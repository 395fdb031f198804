"""Questions about the data go out as objections beside the picture, whatever happens to the process."""

from pathlib import Path
from random import Random

import pytest

from pipelines.questions.objection_words import BEGIN
from tests.support.builders import NOW
from tests.support.feeds import Fate, Feed
from tests.support.living import Life
from tests.support.objecting import answered
from tests.support.situation import after, answer, incident, request, resource, stock, warning
from yrd.coordination.v1.dialogue_pb2 import ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Message

FAR = after(days=73 * 365)
SUMMARY = "joint/summary/actual"
RAISED, TAKEN_BACK = "RAISED", "TAKEN_BACK"
MINUTE = 60_000_000


def ahead(number: int = 1, who: str = "320000") -> Message:
    """A report of 2099."""
    return incident(f"{who}/flood/{number}", told=FAR, sealed=NOW, sequence=number)


def objections(life: Life) -> list[Draft]:
    return [draft for draft in life.board.published if draft.HasField("objection")]


def steps(life: Life) -> list[tuple[str, str]]:
    """(message objected to, step) of each."""
    names = ObjectionStep.Name
    return [
        (d.objection.message_id, names(d.objection.step).removeprefix("OBJECTION_STEP_"))
        for d in objections(life)
    ]


def world(folder: Path) -> Life:
    """Nonsense from two provinces between good reports of two others; some of it is corrected."""
    told = [
        incident(),
        ahead(1),
        resource("330000/pumps/1"),
        resource("320000/pumps/1", {"stock": stock(-3)["stock"]}, sequence=2),
        incident("320000/flood/1", revision=2, sequence=3),
        ahead(7, "340000"),
        warning(),
        request(sequence=3),
    ]
    return Life(folder, Feed(told, 2))


def test_an_objection_is_said_once_and_taken_back_when_it_is_corrected(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), ahead(1)]))
    life.run()
    (raised,) = objections(life)
    assert raised.header.entity_id.startswith(BEGIN)
    assert raised.objection.addressee == "320000"
    life.now_us += MINUTE
    life.run()
    assert len(objections(life)) == 1
    life.feed.add(incident("320000/flood/1", revision=2, sequence=2))
    life.run()
    bad = ahead(1).header.message_id
    assert steps(life) == [(bad, RAISED), (bad, TAKEN_BACK)]


def test_it_is_taken_back_by_time_alone(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([request(told=after(hours=2), sealed=NOW)]))
    life.run()
    life.now_us += 60 * MINUTE
    with life.process() as (pipeline, _):
        pipeline.step(0)
    assert [step for _, step in steps(life)] == [RAISED, TAKEN_BACK]


def lone_answer() -> Message:
    """To a request of Shanghai's that has not come yet."""
    return answer("320000/answer/1", told=NOW, sealed=NOW)


def test_an_answer_that_overtook_its_request_is_never_objected_to(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), lone_answer()]))
    life.run()
    kinds = [question.kind for question in life.board.of(SUMMARY)[-1].situation_summary.questions]
    assert kinds == ["aid_reference_unknown"]
    life.now_us += 9 * MINUTE
    life.feed.add(request(sequence=2))
    life.run()
    life.now_us += 5 * MINUTE
    with life.process() as (pipeline, _):
        pipeline.step(0)
    assert objections(life) == []


def test_an_answer_to_nothing_is_objected_to_once_its_request_would_have_come(
    tmp_path: Path,
) -> None:
    life = Life(tmp_path, Feed([incident(), lone_answer()]))
    life.run()
    life.now_us += 10 * MINUTE
    with life.process() as (pipeline, _):
        pipeline.step(0)
    assert steps(life) == [(lone_answer().header.message_id, RAISED)]


def test_an_answer_to_nothing_is_not_objected_to_while_another_is_silent(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), lone_answer()]))
    life.run()
    for hours, wanted in ((1, []), (23, [RAISED])):
        life.now_us += hours * 60 * MINUTE
        with life.process() as (pipeline, _):
            pipeline.step(0)
        assert [step for _, step in steps(life)] == wanted


def test_what_the_origin_has_answered_is_not_taken_back(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), ahead(1)]))
    life.run()
    (raised,) = objections(life)
    life.feed.add(answered(raised, "UPHELD"))
    life.feed.add(incident("320000/flood/1", revision=2, sequence=2))
    life.run()
    assert objections(life) == [raised]


def test_answers_are_no_part_of_the_picture(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), ahead(1)]))
    life.run()
    before, archived = life.board.of(SUMMARY)[-1], life.archived()
    life.feed.add(answered(objections(life)[0], "REJECTED"))
    life.run()
    assert life.board.of(SUMMARY)[-1] == before
    assert life.archived() == archived


def test_killed_anywhere_the_same_objections_are_said(tmp_path: Path) -> None:
    whole = world(tmp_path / "whole")
    whole.run()
    fate = Fate()
    world(tmp_path / "points").run(fate)
    assert len(objections(whole)) == 4
    for at in range(0, len(fate.passed), 7):
        life = world(tmp_path / str(at))
        life.run_on(Fate(at))
        assert life.board.contents() == whole.board.contents(), fate.passed[at]
        assert len(life.board.published) == len(whole.board.published), fate.passed[at]


@pytest.mark.parametrize("most", [1, 3, 99])
def test_a_lost_store_says_nothing_again(most: int, tmp_path: Path) -> None:
    life = world(tmp_path)
    life.run()
    before = steps(life)
    again = life.without_store()
    again.now_us += MINUTE
    again.feed.most = most
    again.run()
    assert steps(again) == before


def test_two_pipelines_say_it_once(tmp_path: Path) -> None:
    first = world(tmp_path)
    second = first.without_store()
    second.now_us += MINUTE // 60
    with first.process() as (one, _), second.process() as (other, _):
        for _ in range(60):
            one.step(0)
            other.step(0)
    said = [(d.header.entity_id, d.objection.step) for d in objections(first)]
    assert len(said) == len(set(said)) == 4


@pytest.mark.parametrize("seed", range(5))
def test_fed_twice_and_shuffled_the_same_is_published(seed: int, tmp_path: Path) -> None:
    plain, mixed = world(tmp_path / "plain"), world(tmp_path / "mixed")
    told = [m for m in plain.feed.entries if m is not None]
    twice = Random(seed).sample([*told, *told], 2 * len(told))
    mixed.feed = Feed(twice, 99)
    mixed.board.feed = mixed.feed
    plain.feed.most = 99
    plain.run()
    mixed.run()
    assert mixed.board.contents() == plain.board.contents()


def test_with_each_message_alone_the_same_objections_stand_in_the_end(tmp_path: Path) -> None:
    stand = []
    for most in (1, 99):
        life = world(tmp_path / str(most))
        life.feed.most = most
        life.run()
        last = {draft.header.entity_id: draft for draft in objections(life)}
        raised = (d for d in last.values() if d.objection.step == 1)
        stand.append(sorted(d.objection.message_id for d in raised))
    assert stand[0] == stand[1]
    assert len(stand[0]) == 2
