"""Neighbours' warning colours and response levels side by side (预案衔接).

What is in force in an area is what its own province warns of and responds with. Colour, level and grade are
three things: none is derived from another; colours are compared with colours only, levels with levels.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipelines.facts.known import Known
from pipelines.nature.publications import standing
from pipelines.nature.warnings import responses, warnings
from pipelines.places.covering import concerns
from schemas.codes.tables import PROVINCES, city_borders, province_of
from yrd.common.v1.common_pb2 import Code
from yrd.situation.v1.alignment_pb2 import AlignmentPair, AlignmentSide, PlanAlignment
from yrd.situation.v1.situation_pb2 import ActiveResponse, ActiveWarning

Kind = tuple[str, str]
"""Scheme and value of an event type."""


@dataclass(frozen=True, slots=True)
class InForce:
    """Warnings and responses for one kind of event, each highest first, and who is silent."""

    warnings: list[ActiveWarning]
    responses: list[ActiveResponse]
    silent: Collection[str]

    def items(self) -> list[ActiveWarning | ActiveResponse]:
        """All of them."""
        return [*self.warnings, *self.responses]

    def side(self, code: str) -> AlignmentSide:
        """One area, by its own province."""
        participant = province_of(code)
        side = AlignmentSide(
            admin_code=code, participant=participant, silent=participant in self.silent
        )
        for warning in self.warnings:
            own = warning.participant == participant
            whole = concerns(warning.area, code) if own else None
            if whole is not None:
                side.warning_ids.append(warning.entity_id)
                if not side.color:
                    side.color, side.color_in_part = warning.color, not whole
        for response in self.responses:
            own = response.participant == participant
            whole = concerns(response.area, code) if own else None
            if whole is not None:
                side.response_ids.append(response.entity_id)
                if not side.level:
                    side.level, side.level_in_part = response.level, not whole
        return side


def evaluate(known: Known, as_of_us: int, silent: Collection[str]) -> list[PlanAlignment]:
    """By kind of event, those with a warning or a response in force; `silent` names participants."""
    by_kind: dict[Kind, InForce] = {}

    def of(kind: Code) -> InForce:
        return by_kind.setdefault((kind.scheme, kind.value), InForce([], [], silent))

    for warning in warnings(known, as_of_us):
        of(warning.event_type).warnings.append(warning)
    for response in responses(known):
        of(response.event_type).responses.append(response)
    numbers = _storm_numbers(known, as_of_us)
    return [_alignment(kind, by_kind[kind], numbers.get(kind, set())) for kind in sorted(by_kind)]


def _storm_numbers(known: Known, as_of_us: int) -> dict[Kind, set[str]]:
    """Storms that warnings in force name, by kind of event."""
    found: dict[Kind, set[str]] = {}
    for message in standing(known, as_of_us):
        warning = message.early_warning
        if warning.HasField("typhoon"):
            kind = warning.event_type.scheme, warning.event_type.value
            found.setdefault(kind, set()).add(warning.typhoon.number)
    return found


def _alignment(kind: Kind, found: InForce, numbers: Iterable[str]) -> PlanAlignment:
    pairs = [_pair(found.side(a), found.side(b)) for a, b in city_borders()]
    borders = [pair for pair in pairs if _has_any(pair.a) or _has_any(pair.b)]
    beside = {side.participant for pair in borders for side in (pair.a, pair.b)}
    provinces = [found.side(province) for province in PROVINCES]
    return PlanAlignment(
        event_type=Code(scheme=kind[0], value=kind[1]),
        storm_numbers=sorted(numbers),
        provinces=[side for side in provinces if _has_any(side) or side.participant in beside],
        borders=borders,
        message_ids=sorted(i for item in found.items() for i in item.message_ids),
    )


def _has_any(side: AlignmentSide) -> bool:
    return bool(side.warning_ids or side.response_ids)


def _pair(a: AlignmentSide, b: AlignmentSide) -> AlignmentPair:
    colors, levels = a.color != b.color, a.level != b.level
    bare = [(a, colors and not a.color), (b, colors and not b.color)]
    bare += [(a, levels and not a.level), (b, levels and not b.level)]
    return AlignmentPair(
        a=a,
        b=b,
        colors_differ=colors,
        levels_differ=levels,
        uncertain=any(side.silent and without for side, without in bare),
    )
