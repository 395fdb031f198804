"""Faults of a gateway that refuses, drops or changes what it should take as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import TransitionRefused
from gateway.exchange import accepting, checking, opening
from gateway.exchange.reading import Wanted
from gateway.server import services
from gateway.store.sqlite import SqliteStore
from schemas.authority import Claim
from schemas.rules import Violation
from tests.contract.kit.faults.fault import Fault, Install, redrafted, replaced, wrapped
from yrd.exchange.v1.message_pb2 import Draft, Leaf


def _adding(find: Callable[[Draft], list[Violation]]) -> Install:
    """Adds violations that the contract does not know."""
    return wrapped(
        checking, "violations", lambda original, draft, *a: original(draft, *a) + find(draft)
    )


def _bytes_counted(draft: Draft) -> list[Violation]:
    if len(draft.early_warning.headline.encode()) <= 200:
        return []
    return [Violation("early_warning.headline", "string.max_len", "too long")]


def _old(draft: Draft) -> list[Violation]:
    if draft.header.occurred_time.seconds > 1_700_000_000:
        return []
    return [Violation("header.occurred_time", "header.time_in_past", "too old")]


def _gap(draft: Draft) -> list[Violation]:
    if draft.header.revision < 7:
        return []
    return [Violation("header.revision", "header.gap", "too high")]


def _place_is_a_claim(original: Any, body: Any, participant: str) -> list[Claim]:
    place = getattr(body, "place", None) or getattr(body, "origin", None)
    code = place.admin_code if place is not None else ""
    if code and code[:2] != participant[:2]:
        return [Claim("place.admin_code", f"{code[:2]}0000")]
    found: list[Claim] = original(body, participant)
    return found


def _entity_is_a_claim(draft: Draft) -> list[Violation]:
    if draft.header.entity_id.startswith("310000"):
        return []
    return [Violation("header.entity_id", "header.entity_id", "not yours")]


def _no_nanos(draft: Draft) -> None:
    draft.header.occurred_time.nanos = 0


def _ascii(draft: Draft) -> None:
    report = draft.incident_report
    if report.title:
        report.title = "".join(c for c in report.title if ord(c) < 0x10000)


def _no_expired(original: Any, self: Any, entry: Any) -> bool:
    header = Leaf.FromString(entry.leaf or b"").header
    return bool(original(self, entry)) and header.expire_time.seconds in (
        0,
        *range(1_770_000_000, 1 << 33),
    )


def _not_priority_order(original: Any, self: Any, entries: Any) -> Any:
    wanted = list(original(self, entries))
    return iter(sorted(wanted, key=lambda e: Leaf.FromString(e.leaf or b"").header.priority))


def _transition_first(original: Any, draft: Any, before: Any) -> Any:
    error = original(draft, before)
    if draft.step is not None:
        names = {"entity_id": draft.entity_id, "state": before.state, "step": "", "allowed": ""}
        return TransitionRefused(error.message, **names)
    return error


def _receipt(change: Callable[[Any], None]) -> Install:
    def wrap(original: Any, *arguments: Any, **more: Any) -> Any:
        message = original(*arguments, **more)
        if message is not None:
            change(message.receipt)
        return message

    return wrapped(opening, "_checked", wrap)


def _forgetful(patch: pytest.MonkeyPatch) -> None:
    """The store begins anew with each start."""
    original = SqliteStore.__init__

    def fresh(self: Any, path: Path, participant: str) -> None:
        for name in path.parent.glob(f"{path.name}*") if path.parent.exists() else ():
            name.unlink()
        original(self, path, participant)

    patch.setattr(SqliteStore, "__init__", fresh)


FAULTS = (
    Fault(
        "nothing-is-checked",
        "No rule of the contract is checked",
        replaced(checking, "violations", lambda *_: []),
        ("body", "header", "times"),
    ),
    Fault(
        "requests-unchecked",
        "Rules of requests are not checked",
        replaced(services, "require_valid", lambda _: None),
        ("list", "subscribe", "cursors"),
    ),
    Fault("bytes-are-counted", "Lengths are counted in bytes", _adding(_bytes_counted), ("body",)),
    Fault("past-refused", "What happened long ago is refused", _adding(_old), ("times",)),
    Fault("gaps-refused", "High first revisions are refused", _adding(_gap), ("revisions",)),
    Fault(
        "place-is-a-claim",
        "A place elsewhere is taken for a claim",
        wrapped(checking, "foreign_claims", _place_is_a_claim),
        ("authority",),
    ),
    Fault(
        "entity-is-a-claim",
        "An entity id of another participant is refused",
        _adding(_entity_is_a_claim),
        ("authority",),
    ),
    Fault("nanoseconds-dropped", "Nanoseconds are dropped", redrafted(_no_nanos), ("times",)),
    Fault(
        "rare-characters-dropped",
        "Characters beyond the basic plane are dropped",
        redrafted(_ascii),
        ("body",),
    ),
    Fault(
        "reply-dropped",
        "in_reply_to is dropped",
        redrafted(lambda d: d.header.ClearField("in_reply_to")),
        ("header",),
    ),
    Fault(
        "expired-left-out",
        "Expired messages are not delivered",
        wrapped(Wanted, "_wants", _no_expired),
        ("times",),
    ),
    Fault(
        "urgent-first",
        "Urgent messages are listed before others",
        wrapped(Wanted, "of", _not_priority_order),
        ("header", "list"),
    ),
    Fault(
        "transition-told-first",
        "A stale revision is told as a step that may not follow",
        wrapped(accepting, "_refusal", _transition_first),
        ("states",),
    ),
    Fault(
        "no-disposition",
        "The receipt has no disposition",
        _receipt(lambda r: r.ClearField("disposition")),
        ("get", "peers-log"),
    ),
    Fault(
        "no-received-time",
        "The receipt has no time",
        _receipt(lambda r: r.ClearField("received_time")),
        ("get", "peers-log"),
    ),
    Fault(
        "offset-from-zero",
        "Offsets begin with 0",
        _receipt(lambda r: setattr(r, "offset", r.offset - 1)),
        ("subscribe", "cursors"),
    ),
    Fault(
        "store-forgotten",
        "The store begins anew with each start",
        _forgetful,
        (
            "restarts/answers-stay",
            "restarts/cursors-stay",
            "restarts/revisions-stay",
            "restarts/log-goes-on",
        ),
    ),
)
