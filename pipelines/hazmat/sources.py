"""Where dangerous substances get out, or might: open alerts, and open incidents with substances."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipelines.facts.instants import when_us
from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.hazmat.distances import Wind
from pipelines.hazmat.limits import ANY, BASES, basis_of
from pipelines.hazmat.load import Load, load_of_goods, load_of_substance
from pipelines.hazmat.places import pinned
from pipelines.places.distance import LatLon
from yrd.common.v1.common_pb2 import Place
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import HazmatAlertKind
from yrd.situation.v1.situation_pb2 import JointIncident


class Source(NamedTuple):
    """One place and one substance, until its message is of no use; None is on and on."""

    id: str
    participant: str
    waybill_id: str
    basis: str
    load: Load
    place: Place
    center: LatLon | None
    wind: Wind
    ends_us: int | None
    message_ids: tuple[str, ...]
    by_plate: bool = False
    """The waybill is inferred from the plate."""

    @property
    def exact(self) -> bool:
        """Whether the place is known better than by its area."""
        return self.place.HasField("point")


def sources(
    known: Known,
    waybills: Mapping[str, Message],
    incidents: Iterable[JointIncident],
    by_plate: Mapping[str, str],
) -> list[Source]:
    """All there are, gravest basis first, then by id and UN number.

    Where an alert names the incident it belongs to, the alert tells of the substances it names; of the
    reports on one joint incident the competent authority's does, else the first that names any. `by_plate`
    has waybills of alerts that name none.
    """
    alerts = open_alerts(known)
    found = [source for alert in alerts for source in _of_alert(alert, waybills, by_plate)]
    told = {
        (incident, source.load.un_number)
        for alert in alerts
        for source in _of_alert(alert, waybills, by_plate)
        for incident in alert.header.incident_ids
    }
    reports = {
        m.header.entity_id: m
        for m in known.current("incident_report")
        if when_us(m) <= known.as_of_us
    }
    for incident in incidents:
        if not incident.closed:
            found += _of_incident(incident, reports, told)
    ordered = sorted(found, key=_gravest_first)
    return list({(s.id, s.load.un_number): s for s in reversed(ordered)}.values())[::-1]


def open_alerts(known: Known) -> list[Message]:
    """Alerts that are not closed, from when they were raised until they are of no use."""
    return [
        m
        for m in known.current("hazmat_alert")
        if not m.hazmat_alert.closed and when_us(m) <= known.as_of_us
    ]


def _ends_us(message: Message) -> int | None:
    header = message.header
    return micros(header.expire_time) if header.HasField("expire_time") else None


def _gravest_first(source: Source) -> tuple[int, str, str, bool, Load]:
    load = source.load
    return BASES.index(source.basis), source.id, load.un_number, not load.large, load


def _of_alert(
    message: Message, waybills: Mapping[str, Message], by_plate: Mapping[str, str]
) -> Iterator[Source]:
    alert = message.hazmat_alert
    name = HazmatAlertKind.Name(alert.kind).removeprefix("HAZMAT_ALERT_KIND_")
    basis = basis_of((f"alert/{name}",))
    if basis is None:
        return
    inferred = by_plate.get(message.header.message_id, "")
    waybill = waybills.get(alert.waybill_id or inferred)
    body = waybill.waybill if waybill else None
    ids = [message.header.message_id, *([waybill.header.message_id] if waybill else [])]
    wind = Wind(
        alert.wind_from_degrees if alert.HasField("wind_from_degrees") else None,
        alert.wind_mps if alert.HasField("wind_mps") else None,
    )
    for goods in alert.goods or (body.goods if body else ()):
        yield Source(
            message.header.entity_id,
            message.stamp.origin,
            alert.waybill_id or inferred,
            basis,
            load_of_goods(goods, body),
            alert.place,
            pinned(alert.place),
            wind,
            _ends_us(message),
            tuple(ids),
            bool(inferred),
        )


def _of_incident(
    incident: JointIncident, reports: Mapping[str, Message], told: set[tuple[str, str]]
) -> Iterator[Source]:
    members = sorted(incident.members, key=lambda m: not m.competent)
    ids = [member.entity_id for member in members]
    naming = [reports[i] for i in ids if i in reports and reports[i].incident_report.substances]
    for message in naming[:1]:
        body = message.incident_report
        types = (body.primary_type, *body.secondary_types)
        out = any(s.HasField("released_quantity") for s in body.substances)
        keys = (*(t.value for t in types), *(("12D02",) if out else ()))
        for substance in body.substances:
            if any((i, substance.un_number) in told for i in ids):
                continue
            yield Source(
                message.header.entity_id,
                message.stamp.origin,
                "",
                basis_of(keys) or basis_of((ANY,)) or BASES[-1],
                load_of_substance(substance),
                body.place,
                pinned(body.place),
                Wind(),
                _ends_us(message),
                (message.header.message_id,),
            )
