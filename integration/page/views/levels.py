"""Warnings in force, response levels of neighbours side by side, and controls."""

from integration.page.desk import Shown
from integration.page.views.values import Json, event_kind, ms, named
from pipelines.words import Words
from schemas.codes.tables import PROVINCES
from yrd.coordination.v1.coordination_pb2 import ControlKind
from yrd.situation.v1.alignment_pb2 import AlignmentPair, AlignmentSide, PlanAlignment

_CONTROLS: dict[int, tuple[str, str]] = {
    ControlKind.CONTROL_KIND_ROAD: ("道路", "road"),
    ControlKind.CONTROL_KIND_WATER: ("水路", "waterway"),
    ControlKind.CONTROL_KIND_AIR: ("航空", "air"),
    ControlKind.CONTROL_KIND_RAIL: ("铁路", "railway"),
    ControlKind.CONTROL_KIND_AREA: ("区域", "area"),
    ControlKind.CONTROL_KIND_SPECIAL_PERIOD: ("特别时期", "special period"),
}


def warnings(shown: Shown, words: Words) -> list[Json]:
    """In force, gravest colour first. A colour always comes with its word."""
    found = [
        {
            "who": words.name(warning.participant),
            "kind": event_kind(warning.event_type, words),
            "color": int(warning.color),
            "color_word": words.color(warning.color),
            "area": words.area(warning.area),
            "headline": warning.headline,
            "expire_ms": ms(warning, "expire_time"),
            "message_id": next(iter(warning.message_ids), ""),
        }
        for warning in shown.summary.warnings
    ]
    return sorted(found, key=lambda warning: warning["color"] or 9)


def levels(shown: Shown, words: Words) -> Json:
    """One row for each kind of event, one column for each province; and controls in force."""
    summary = shown.summary
    return {
        "provinces": [words.name(code) for code in PROVINCES],
        "rows": [_row(found, words) for found in summary.alignments],
        "responses": [
            {
                "who": words.name(response.participant),
                "kind": event_kind(response.event_type, words),
                "level": words.level(response.level),
                "issuer": response.issuer_name,
                "area": words.area(response.area),
                "message_id": next(iter(response.message_ids), ""),
            }
            for response in summary.responses
        ],
        "controls": [
            {
                "who": words.name(control.participant),
                "kind": named(_CONTROLS, control.kind, words),
                "name": control.object_name,
                "hazmat_only": control.hazmat_only,
                "area": words.area(control.area),
                "end_ms": ms(control, "end_time"),
                "message_id": next(iter(control.message_ids), ""),
            }
            for control in summary.controls
        ],
    }


def _row(found: PlanAlignment, words: Words) -> Json:
    sides = {side.participant: _side(side, words) for side in found.provinces}
    apart = [pair for pair in found.borders if pair.colors_differ or pair.levels_differ]
    return {
        "kind": event_kind(found.event_type, words),
        "sides": [sides.get(code) for code in PROVINCES],
        "borders": [_pair(pair, words) for pair in apart],
    }


def _side(side: AlignmentSide, words: Words) -> Json:
    return {
        "place": words.place(side.admin_code),
        "color": int(side.color),
        "color_word": words.color(side.color) if side.color else "",
        "color_in_part": side.color_in_part,
        "level": words.level(side.level) if side.level else "",
        "level_in_part": side.level_in_part,
        "silent": side.silent,
    }


def _pair(pair: AlignmentPair, words: Words) -> Json:
    return {
        "a": _side(pair.a, words),
        "b": _side(pair.b, words),
        "colors": pair.colors_differ,
        "levels": pair.levels_differ,
        "uncertain": pair.uncertain,
    }
