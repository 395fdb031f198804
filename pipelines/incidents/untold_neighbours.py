"""Incidents that neighbours must be told of, and were not."""

from collections.abc import Iterator
from functools import cache

from pipelines.incidents.grading import codes
from pipelines.incidents.incidents import Case
from pipelines.incidents.nearness import FAMILY_LENGTH
from pipelines.places.distance import position
from pipelines.places.outlines import km_to, meets
from pipelines.tabled import rows
from pipelines.words import EN, ZH
from schemas.codes.tables import PROVINCES, neighbors, province_of
from yrd.situation.v1.incidents_pb2 import Escalation, EscalationKind

_LAW = "突发事件应对法 (2024) Art. 62, 64"
_TABLE = f"{_LAW}; pipelines/tables/border_distance.tsv"


def of_border(case: Case) -> Iterator[Escalation]:
    """One for each province that the event touches and nobody told."""
    told = {message.stamp.origin for message in case.members}
    for message in case.members:
        told.update(message.incident_report.affected_neighbors)
    for province in PROVINCES:
        if province not in told:
            why = _touched(case, province)
            if why is not None:
                yield _escalation(case, province, *why)


def _touched(case: Case, province: str) -> tuple[str, str, bool] | None:
    """Why a province is touched, in both languages, and whether that is inferred."""
    name, name_en = ZH.name(province), EN.name(province)
    reports = [message.incident_report for message in case.members]
    named = {code for report in reports for code in report.affected_area.admin_codes}
    places = {report.place.admin_code for report in reports}
    if province in {province_of(code) for code in named | places}:
        return f"影响范围涉及{name}", f"it affects {name_en}", False
    if any(meets(report.affected_area, province) for report in reports):
        return f"影响范围按略图涉及{name}", f"by the schematic map it affects {name_en}", True
    limit = max(_limit(code[:FAMILY_LENGTH]) for report in reports for code in codes(report))
    distances = [km_to(at, province) for r in reports if (at := position(r.place)) is not None]
    nearest = min(distances, default=None)
    if nearest is not None and nearest <= limit:
        return (
            f"距{name}约{nearest:.0f}公里（限{limit:g}公里）",
            f"about {nearest:.0f} km from {name_en} (limit {limit:g} km)",
            True,
        )
    for report in reports:
        across = {province_of(code) for code in neighbors(report.place.admin_code[:6])}
        whole = report.place.admin_code.endswith("00")
        if province in across and not whole and not report.place.HasField("point"):
            return f"所在县与{name}接壤", f"its county adjoins {name_en}", True
    return None


def _escalation(case: Case, province: str, zh: str, en: str, inferred: bool) -> Escalation:
    title, name, name_en = case.incident.title, ZH.name(province), EN.name(province)
    return Escalation(
        kind=EscalationKind.ESCALATION_KIND_NEIGHBOR_NOT_TOLD,
        joint_ids=[case.incident.joint_id],
        participants=[case.speaker.stamp.origin],
        since_time=case.speaker.header.reported_time,
        text_zh=f"{title}：{zh}，未见通报{name}",
        text_en=f"{title}: {en}; nothing says that {name_en} was told",
        rule=_TABLE if inferred else _LAW,
        certainty="choice" if inferred else "verified",
        inferred=inferred,
        event_type=case.incident.primary_type,
        message_ids=sorted(message.header.message_id for message in case.members),
    )


@cache
def _limit(family: str) -> float:
    found = {row["family"]: float(row["kilometres"]) for row in rows("border_distance")}
    fitting = [length for length in range(len(family), 0, -1) if family[:length] in found]
    return found[family[: fitting[0]]] if fitting else found["default"]
