"""Warnings in and out as bytes: CAP 1.2, and the published JSON in. No I/O, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cryptography import x509

from integration.cap import languages, published, reading
from integration.cap.alert import Alert
from integration.cap.digests import require_whole
from integration.cap.drafting import Known, Settings, Standing, drafts_of
from integration.cap.exporting import alert_of
from integration.cap.left_out import left_out
from integration.cap.remarks import CapRefused, Remark
from integration.cap.signature import Signed, unsigned, verified
from integration.cap.writing import write
from integration.cap.xml import parse, require_size
from yrd.exchange.v1.message_pb2 import Draft, Header, Message
from yrd.warning.v1.warning_pb2 import EarlyWarning

__all__ = [
    "CapRefused",
    "Settings",
    "Signed",
    "Standing",
    "Taken",
    "Trust",
    "draft_of",
    "first_of",
    "give",
    "give_message",
    "standings",
    "take",
]


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates of issuers, and whether an alert must be signed by one of them."""

    certificates: Sequence[x509.Certificate] = ()
    required: bool = False


class Taken(NamedTuple):
    """What became of a file: drafts, what is known of its signature, what is to be said about it."""

    drafts: list[Draft]
    signed: Signed
    remarks: list[Remark]


def take(
    data: bytes,
    settings: Settings | None = None,
    known: Known | None = None,
    trust: Trust | None = None,
) -> Taken:
    """Drafts of a CAP 1.2 alert, or of the published JSON. Raises CapRefused.

    `known` are earlier publications (see `standings`): an update goes on with the entity that it replaces.
    The same arguments give the same drafts, message ids included. The contract's rules are not checked here.
    """
    settings, known, trust = settings or Settings(), known or {}, trust or Trust()
    require_size(data)
    if published.is_published(data):
        signed = unsigned(required=trust.required)
        taken = [_taken(alert, remarks, settings, known) for alert, remarks in published.read(data)]
        return Taken(
            [draft for drafts, _ in taken for draft in drafts],
            signed,
            [remark for _, remarks in taken for remark in remarks],
        )
    root, signed = verified(data, trust.certificates, required=trust.required)
    alert, remarks = reading.read(root)
    require_whole(alert)
    drafts, remarks = _taken(alert, remarks, settings, known)
    return Taken(drafts, signed, remarks)


def give(drafts: Sequence[Draft]) -> bytes:
    """The CAP alert of early warnings of one publication. Raises CapRefused."""
    return write(alert_of(drafts))


def give_message(message: Message) -> bytes:
    """The CAP alert of one message of a gateway. Raises CapRefused."""
    return give([draft_of(message)])


def draft_of(message: Message) -> Draft:
    """What its sender published, of an early warning."""
    return Draft(header=message.header, early_warning=message.early_warning)


def standings(warnings: Iterable[tuple[Header, EarlyWarning]]) -> dict[str, Standing]:
    """Of all publications, which entity each is of, and as which revision.

    Of one that is in several messages, that with the shortest entity id: the others' have `:2` … behind.
    """
    found: dict[str, Standing] = {}
    for header, warning in warnings:
        told = Standing(header.entity_id, header.revision)
        found[warning.identifier] = first_of(found.get(warning.identifier), told)
    return found


def first_of(before: Standing | None, told: Standing) -> Standing:
    """Of two messages of one publication that which an update goes on with."""
    both = [told] if before is None else [before, told]
    return min(both, key=lambda standing: (len(standing.entity_id), -standing.revision))


def _taken(
    alert: Alert, remarks: list[Remark], settings: Settings, known: Known
) -> tuple[list[Draft], list[Remark]]:
    alert = languages.stated(alert, remarks)
    drafts, more = drafts_of(alert, settings, known)
    carried = _carried(drafts)
    return drafts, list(dict.fromkeys([*remarks, *more, *left_out(alert, carried)]))


def _carried(drafts: list[Draft]) -> Alert:
    alerts = [alert_of([draft]) for draft in drafts]
    infos = tuple(info for alert in alerts for info in alert.infos)
    return reading.read(parse(write(replace(alerts[0], infos=infos))))[0]
