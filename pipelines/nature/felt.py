"""Where an earthquake was felt, province by province (有感范围)."""

from collections.abc import Iterable

from pipelines.places.covering import codes_of
from schemas.codes.tables import PROVINCES, province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.earthquakes_pb2 import FeltArea


def areas(reports: Iterable[Message]) -> list[FeltArea]:
    """What each report says of each province, by province; gravest first, then its own participant.

    Whom an area of another country or sea concerns isn't known: it counts for no province.
    """
    found = [area for report in reports for area in _of(report)]
    return sorted(
        found,
        key=lambda a: (a.province, -a.intensity, not a.competent, a.participant, a.message_id),
    )


def _of(message: Message) -> list[FeltArea]:
    found = []
    for felt in message.earthquake_report.intensity_areas:
        codes, inferred = codes_of(felt.area)
        for province in PROVINCES:
            inside = [code for code in codes if province_of(code) == province]
            if inside:
                found.append(
                    FeltArea(
                        province=province,
                        participant=message.stamp.origin,
                        competent=province == message.stamp.origin,
                        intensity=felt.intensity,
                        admin_codes=inside,
                        estimated=felt.estimated,
                        inferred=inferred,
                        message_id=message.header.message_id,
                    )
                )
    return found
