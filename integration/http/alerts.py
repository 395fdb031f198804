"""Early warnings as CAP 1.2 over HTTP: a file in, a message out, and a feed of what is in force.

Needs the extra `cap`.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from client import describe
from gateway.errors import MalformedRequest, MessageNotFound
from integration.cap import door as cap
from integration.cap.drafting import Standing
from integration.cap.intake import reason_of
from integration.cap.signature import known_certificates
from integration.cap.writing import printable
from integration.http import layers, queries
from integration.http.answers import as_bytes, as_json, as_problem
from integration.http.bodies import JSON, body_of
from integration.http.calendar import MARKS
from integration.http.callers import Caller
from integration.http.config import Cap
from integration.http.openapi import ATOM as FEED
from integration.http.openapi import CAP as MEDIA_TYPE
from integration.http.problems import Refused, problem
from integration.http.reading import Reading
from integration.http.routes import Door, told_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter, PublishResult

KINDS = (MEDIA_TYPE, "application/xml", "text/xml", JSON)
TYPE = "yrd.warning.v1.EarlyWarning"
ATOM = "http://www.w3.org/2005/Atom"
MOST_SUMMARY = 500


@dataclass(slots=True)
class Publications:
    """The participant's earlier publications by identifier: an update goes on with what it replaces."""

    participant: str
    known: dict[str, Standing] = field(default_factory=dict)
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        wanted = Filter(types=[TYPE], origins=[self.participant])
        self.reading = Reading(wanted, self._take, self.known.clear)

    def _take(self, message: Message) -> None:
        identifier = message.early_warning.identifier
        told = Standing(message.header.entity_id, message.header.revision)
        self.known[identifier] = cap.first_of(self.known.get(identifier), told)


def opened(participant: str, settings: Cap, door: Door) -> "Alerts":
    """The handlers by the settings. Raises OSError, ValueError for certificates that can't be used."""
    keys = known_certificates(settings.keys) if settings.keys else []
    trust = cap.Trust(keys, settings.require_signature)
    return Alerts(door, Publications(participant), trust)


@dataclass(slots=True)
class Alerts:
    """The handlers."""

    door: Door
    publications: Publications
    trust: cap.Trust

    async def take(self, request: Request, caller: Caller) -> Response:
        """Publishes what a CAP alert, or JSON of 12379/weather.com.cn, says."""
        queries.require_known(request.query_params, ("exercise",))
        caller.require("publisher")
        settings = cap.Settings(exercise_id=request.query_params.get("exercise", ""))
        async with self.door.publishing[caller.system]:
            body = await body_of(request, self.door.limits, KINDS)
            taken, results = await self._published(caller, body, settings)
        if len(results) == 1 and results[0].HasField("error"):
            return as_problem(problem(describe(results[0].error)))
        refused = any(result.HasField("error") for result in results)
        return as_json(_told(taken, results), 207 if refused else 200)

    async def _published(
        self, caller: Caller, body: bytes, settings: cap.Settings
    ) -> tuple[cap.Taken, Sequence[PublishResult]]:
        """Once more if another has published meanwhile what the alert replaces."""
        upstream = self.door.gateway[caller.system]
        for again in (True, False):
            async with self.publications.reading.lock:
                await self.publications.reading.follow(upstream)
                known = MappingProxyType(dict(self.publications.known))
            async with self.door.parsing:
                taken = await asyncio.to_thread(self._read, body, settings, known)
            results = (await upstream.publish(taken.drafts)).results
            if not again or all(reason_of(result) != "ABORTED" for result in results):
                break
        return taken, results

    def _read(
        self, body: bytes, settings: cap.Settings, known: Mapping[str, Standing]
    ) -> cap.Taken:
        try:
            return cap.take(body, settings, known, self.trust)
        except cap.CapRefused as error:
            raise _refused(error) from None

    async def give(self, request: Request, caller: Caller) -> Response:
        """The alert of a message, with the other messages of its publication that are in force."""
        caller.require("subscriber")
        queries.require_known(request.query_params, ("origin",))
        upstream = self.door.gateway[caller.system]
        origin = request.query_params.get("origin", "")
        found = (await upstream.get(request.path_params["message_id"], origin)).message
        if not found.HasField("early_warning"):
            text = "no early warning has this id: only those can be CAP"
            raise Refused(MessageNotFound(text))
        newest = await self.door.newest[TYPE].read(upstream)
        return as_bytes(await asyncio.to_thread(_given, found, newest), MEDIA_TYPE)

    async def feed(self, request: Request, caller: Caller) -> Response:
        """What is in force, as an Atom feed whose entries lead to the alerts."""
        caller.require("subscriber")
        found = await self.door.shown(TYPE, request, caller)
        return as_bytes(await asyncio.to_thread(feed, found, datetime.now(UTC)), FEED)


def _given(found: Message, newest: Collection[Message]) -> bytes:
    """Parts of one publication are one alert; what can't be joined is an alert of its own."""
    others = [m for m in newest if _publication(m) == _publication(found)]
    others = [m for m in others if m.header.entity_id != found.header.entity_id]
    parts = sorted([found, *others], key=lambda m: (len(m.header.entity_id), m.header.entity_id))
    try:
        return cap.give([cap.draft_of(part) for part in parts])
    except cap.CapRefused:
        pass
    try:
        return cap.give_message(found)
    except cap.CapRefused as error:
        raise _refused(error) from None


def _publication(message: Message) -> tuple[str, int, str, str]:
    head = message.header
    return message.stamp.origin, head.mode, head.exercise_id, message.early_warning.identifier


def _refused(error: cap.CapRefused) -> Refused:
    fields = [(fault.path or "body", fault.rule, fault.remedy) for fault in error.faults]
    return Refused(MalformedRequest(str(error), fields=fields, field=fields[0][0]))


def _told(taken: cap.Taken, results: Sequence[PublishResult]) -> dict[str, Any]:
    return {
        "signature": {"state": str(taken.signed.state), "detail": taken.signed.detail},
        "messages": [
            {
                "messageId": draft.header.message_id,
                "entityId": draft.header.entity_id,
                "revision": draft.header.revision,
                "identifier": draft.early_warning.identifier,
                **told_of(result),
            }
            for draft, result in zip(taken.drafts, results, strict=True)
        ],
        "remarks": [{"kind": str(r.kind), "path": r.path, "text": r.text} for r in taken.remarks],
    }


def feed(messages: Collection[Message], now: datetime) -> bytes:
    """An Atom feed (RFC 4287), what was told of last first; of each publication one entry."""
    layer = layers.LAYERS["warnings"]
    shown = [m for m in reversed([*messages]) if layers.in_force(m, layer, now)]
    first = {_publication(m): m for m in reversed(shown)}
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(root, "id", "urn:yrd:warnings")
    _add(root, "title", "长三角预警 Early warnings in force")
    _add(root, "updated", now.isoformat(timespec="seconds"))
    for message in shown:
        if first[_publication(message)] is message:
            root.append(_entry(message))
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made


def _entry(message: Message) -> Any:
    warning, head, origin = message.early_warning, message.header, message.stamp.origin
    entry = etree.Element(f"{{{ATOM}}}entry")
    _add(entry, "id", f"urn:yrd:message:{origin}:{head.message_id}")
    _add(entry, "title", MARKS.get(head.mode, "") + warning.headline)
    _add(entry, "updated", warning.issue_time.ToJsonString())
    _add(_add(entry, "author", ""), "name", warning.issuer_name)
    _add(entry, "summary", warning.description[:MOST_SUMMARY])
    href = f"/v1/cap/{quote(head.message_id, safe='')}?origin={quote(origin, safe='')}"
    _add(entry, "link", "", rel="alternate", type=MEDIA_TYPE, href=href)
    return entry


def _add(parent: Any, name: str, text: str, **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = printable(text) or None
    return element
