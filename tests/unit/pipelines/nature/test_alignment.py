"""Neighbours' colours and levels stand side by side; where they differ, it is shown."""

from typing import Any

import pytest

from pipelines.nature import alignment
from schemas.codes.tables import city_borders
from tests.support.builders import NOW
from tests.support.nature import fix, storm
from tests.support.situation import after, known, picture, response, us, warning
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.alignment_pb2 import AlignmentPair, AlignmentSide, PlanAlignment

RED, ORANGE, YELLOW, BLUE = 1, 2, 3, 4
SHANGHAI, SUZHOU, JIAXING = "310000", "320500", "330400"


def warned(province: str, color: str, *codes: str, **changes: Any) -> Message:
    area = {"adminCodes": list(codes) or [province]}
    return warning(
        f"{province}/w/{color}", {"color": f"WARNING_COLOR_{color}", "area": area} | changes
    )


def answered(province: str, level: str, *codes: str) -> Message:
    area = {"adminCodes": list(codes) or [province]}
    return response(f"{province}/r/{level}", {"level": f"RESPONSE_LEVEL_{level}", "area": area})


def aligned(*told: Message, silent: tuple[str, ...] = ()) -> list[PlanAlignment]:
    return alignment.evaluate(known(*told), us(NOW), silent)


def only(*told: Message, silent: tuple[str, ...] = ()) -> PlanAlignment:
    (found,) = aligned(*told, silent=silent)
    return found


def border(found: PlanAlignment, a: str, b: str) -> AlignmentPair:
    return next(p for p in found.borders if (p.a.admin_code, p.b.admin_code) == (a, b))


def province(found: PlanAlignment, code: str) -> AlignmentSide:
    return next(side for side in found.provinces if side.admin_code == code)


def test_shanghai_orange_and_jiangsu_blue_is_shown_where_they_adjoin() -> None:
    found = only(warned("310000", "ORANGE"), warned("320000", "BLUE"))
    assert [side.color for side in found.provinces] == [ORANGE, BLUE, 0, 0]
    pair = border(found, SHANGHAI, SUZHOU)
    assert (pair.a.color, pair.b.color) == (ORANGE, BLUE)
    assert pair.colors_differ
    assert not pair.levels_differ
    assert list(pair.a.warning_ids) == ["310000/w/ORANGE"]


def test_the_same_on_both_sides_is_no_disagreement() -> None:
    pair = border(only(warned("310000", "BLUE"), warned("320000", "BLUE")), SHANGHAI, SUZHOU)
    assert not pair.colors_differ


def test_levels_are_compared_with_levels_only() -> None:
    told = [answered("310000", "II"), answered("320000", "III"), warned("310000", "BLUE")]
    pair = border(only(*told, warned("320000", "BLUE")), SHANGHAI, SUZHOU)
    assert (pair.a.level, pair.b.level) == (2, 3)
    assert (pair.colors_differ, pair.levels_differ) == (False, True)
    alone = border(only(answered("310000", "II"), warned("320000", "ORANGE")), SHANGHAI, SUZHOU)
    assert (alone.a.color, alone.b.level) == (0, 0)
    assert (alone.colors_differ, alone.levels_differ) == (True, True)


def test_a_pair_with_nothing_in_force_is_left_out() -> None:
    found = only(warned("310000", "BLUE"))
    assert {p.a.admin_code for p in found.borders} == {SHANGHAI}
    everywhere = only(*(warned(f"3{n}0000", "BLUE") for n in range(1, 5)))
    assert [(p.a.admin_code, p.b.admin_code) for p in everywhere.borders] == [*city_borders()]


def test_the_highest_counts_and_all_are_named() -> None:
    found = only(warned("320000", "BLUE"), warned("320000", "RED", SUZHOU))
    side = border(found, SHANGHAI, SUZHOU).b
    assert (side.color, side.color_in_part) == (RED, False)
    assert list(side.warning_ids) == ["320000/w/RED", "320000/w/BLUE"]
    assert province(found, "320000").color_in_part


def test_what_covers_only_a_county_covers_the_city_in_part() -> None:
    side = border(only(warned("330000", "RED", "330482")), SHANGHAI, JIAXING).b
    assert (side.color, side.color_in_part) == (RED, True)


def test_another_provinces_warning_is_not_the_areas_own() -> None:
    side = border(only(warned("310000", "RED", "310000", SUZHOU)), SHANGHAI, SUZHOU).b
    assert not side.color
    assert not side.warning_ids


def test_kinds_of_events_stand_apart() -> None:
    rain = {"eventType": {"scheme": "GB/T 35561", "value": "11B03"}}
    found = aligned(warned("310000", "BLUE", **rain), warned("320000", "BLUE"))
    assert [a.event_type.value for a in found] == ["11B01", "11B03"]
    assert border(found[1], SHANGHAI, SUZHOU).colors_differ


@pytest.mark.parametrize(("silent", "uncertain"), [((), False), (("320000",), True)])
def test_nothing_told_by_a_silent_one_is_not_nothing_in_force(
    silent: tuple[str, ...], uncertain: bool
) -> None:
    pair = border(only(warned("310000", "BLUE"), silent=silent), SHANGHAI, SUZHOU)
    assert (pair.uncertain, pair.b.silent) == (uncertain, uncertain)


def test_a_difference_between_two_that_spoke_is_certain() -> None:
    told = [warned("310000", "BLUE"), warned("320000", "RED")]
    assert not border(only(*told, silent=("320000",)), SHANGHAI, SUZHOU).uncertain


def test_the_storms_are_named() -> None:
    found = only(storm([fix(NOW, (30.0, 123.0))]))
    assert list(found.storm_numbers) == ["2106"]


def test_a_summary_takes_silence_from_its_coverage() -> None:
    told = [warned("310000", "BLUE"), answered("320000", "IV")]
    (found,) = picture(told, after(minutes=5)).summary.alignments
    assert [side.silent for side in found.provinces] == [False, False, True, True]
    assert sorted(found.message_ids) == sorted(m.header.message_id for m in told)
