"""Drafts from recipes: each base is valid, and each change does what it says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from integration.kit.prepare import PROVINCES, Plan
from integration.kit.recipes import HEADER, RecipeError, bases, make, value_of
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft

NAMES: dict[str, Any] = {
    "participant": "310000",
    "peer": "320000",
    "stranger": "330000",
    "scope": "310000/kit/x",
    "slug": "x",
}


def one(recipe: Any, **names: Any) -> Draft:
    return make(recipe, NAMES | names)[0].draft


@pytest.mark.parametrize("participant", PROVINCES)
@pytest.mark.parametrize("base", sorted(bases().keys() - {HEADER}))
def test_every_base_is_valid_in_every_province(base: str, participant: str) -> None:
    plan = Plan(participant)
    draft = one(base, participant=participant, peer=plan.peer, stranger=plan.stranger)
    assert violations(draft, datetime.now(UTC)) == []


def test_ids_are_fresh() -> None:
    made = make({"copies": 3}, NAMES)
    assert len({m.draft.header.message_id for m in made}) == 3
    assert len({m.draft.header.entity_id for m in made}) == 3


def test_set_clear_and_lists() -> None:
    draft = one(
        {
            "base": "waybill",
            "entity": "w",
            "set": {"waybill.goods[1]": {"un_number": "1005"}, "waybill.goods[0].name": "其他"},
            "clear": ["waybill.driver"],
        }
    )
    assert draft.header.entity_id == "310000/kit/x/w"
    assert [g.un_number for g in draft.waybill.goods] == ["1203", "1005"]
    assert draft.waybill.goods[0].name == "其他"
    assert not draft.waybill.HasField("driver")


def test_times_unknown_fields_and_bytes() -> None:
    (made,) = make(
        {
            "times": {"header.expire_time": {"seconds": -(1 << 60)}},
            "unknown": ["header"],
            "set": {"incident_report.title": "KITKIT"},
            "replace": {"text": "KITKIT", "by": "ffffffffffff"},
            "messages": 3,
        },
        NAMES,
    )
    assert made.draft.header.expire_time.seconds == -(1 << 60)
    assert made.draft.header.ByteSize() > make({}, NAMES)[0].draft.header.ByteSize()
    assert b"\xff" * 6 in made.data
    assert made.data.endswith(bytes.fromhex("9a06069a06039a0600"))


def test_again_is_the_same_draft_with_changes() -> None:
    first = one("resource")
    again = one({"again": "=first", "set": {"resource_status.name": "改名"}}, first=first)
    assert again.header == first.header
    assert again.resource_status.name == "改名"
    assert first.resource_status.name != "改名"


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"bass": "incident"}, "bass: no key of a draft"),
        ({"base": "flood"}, "'flood' is not in drafts.yaml"),
        ({"set": {"incident_report.color": "red"}}, "color"),
        ({"replace": {"text": "nowhere", "by": "00"}}, "must stand there once"),
    ],
)
def test_a_recipe_that_makes_no_draft_is_explained(recipe: Any, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        make(recipe, NAMES)


def test_values() -> None:
    assert value_of(
        {"a": ["{slug}", "=n + 1", {"repeat": "x", "times": 3}]}, {"slug": "s", "n": 1}
    ) == {"a": ["s", 2, "xxx"]}
    assert value_of("now-1h", {}) < value_of("now+1h", {})
    assert value_of("{unknown}", {}) == "{unknown}"
