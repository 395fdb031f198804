"""Both pictures as text, then what differs, in two languages; and all of it as JSON."""

import json

from pipelines.pictures.as_of import AsOf, as_of
from pipelines.report import as_of as report_as_of
from pipelines.report.as_of import as_of_json, as_of_text
from tests.support.situation import after, incident, lacking, resource, text, us, warning


def found() -> AsOf:
    """A correction and a warning that came hours later."""
    late = after(hours=5)
    told = [
        lacking(changes={"casualties": {"dead": 2}}),
        lacking(
            changes={"kind": "REPORT_KIND_CORRECTION", "casualties": {"dead": 1}},
            revision=2,
            sequence=1,
            reportedTime=text(late),
            sealed=late,
        ),
        warning("320000/warning/1", sealed=late),
        resource("330000/pumps/1"),
    ]
    for one in told:
        one.receipt.received_time.CopyFrom(one.stamp.sealed_time)
    return as_of(told, us(after(hours=1)))


def test_both_pictures_and_what_differs() -> None:
    said = as_of_text(found())
    parts = [
        "当时所知 · as it was known then",
        "现在所知 · as it is known now",
        "【差异】",
        "[Differences]",
    ]
    assert [said.count(part) for part in parts] == [1, 1, 1, 1]
    assert sorted(parts, key=said.index) == parts
    assert said.count("互助建议") == 2
    count = len(found().differences)
    assert count >= 3
    assert f"2026-06-01 21:00（北京时间）：当时所知 → 现在所知，共{count}项" in said


def test_a_difference_names_its_messages() -> None:
    first = found().differences[0].ids_then + found().differences[0].ids_now
    lines = as_of_text(found()).splitlines()
    zh = (
        f"  · 联合事件 310000/flood/1「内涝」 casualties.dead: 2 → 1；依据：{first[0]} → {first[1]}"
    )
    en = f'  · incident 310000/flood/1 "内涝" casualties.dead: 2 → 1; messages: {first[0]} → {first[1]}'
    assert zh in lines
    assert en in lines
    assert any(
        line.startswith("  · 预警 320000/warning/1「台风蓝色预警」 新增；依据：— → ")
        for line in lines
    )


def test_nothing_differs() -> None:
    said = as_of_text(as_of([incident()], us(after(hours=1))))
    assert "共0项" in said
    assert "0 in all" in said


def test_many_differences_are_counted() -> None:
    late = [incident(f"310000/flood/{n}", sealed=after(hours=5)) for n in range(150)]
    said = as_of_text(as_of(late, us(after(hours=1))))
    count = len(as_of(late, us(after(hours=1))).differences)
    assert count > report_as_of.MOST_LISTED
    assert said.count("  · 联合事件 310000/flood") <= report_as_of.MOST_LISTED
    assert f"… {count - report_as_of.MOST_LISTED} (--json)" in said


def test_as_json() -> None:
    read = json.loads(as_of_json(found()))
    assert list(read) == ["at", "scope", "known_then", "known_now", "differences"]
    assert read["at"] == "2026-06-01T13:00:00Z"
    assert read["known_then"]["summary"]["totals"]["known"]["dead"] == 2
    assert read["known_now"]["summary"]["totals"]["known"]["dead"] == 1
    assert read["known_now"]["proposals"][0]["beneficiary"] == "310000"
    changed = read["differences"][0]
    assert (changed["field"], changed["then"], changed["now"]) == ("casualties.dead", "2", "1")
    assert len(changed["ids_now"]) == 1
