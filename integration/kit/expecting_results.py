"""Compares refusals and results of single drafts with what is expected."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.rpc.status_pb2 import Status

from integration.kit.model import Unmet
from integration.kit.recipes import value_of
from integration.kit.refusals import Refusal, of_status
from yrd.exchange.v1.service_pb2 import PublishResult

ACCEPTED = "accepted"


def require_refusal(found: Refusal, wanted: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    """Raises Unmet unless a refusal is the one that is wanted and keeps its promises."""
    wanted = value_of(dict(wanted), names)
    reasons = wanted["reason"] if isinstance(wanted["reason"], list) else [wanted["reason"]]
    if found.reason not in reasons:
        raise Unmet(f"a refusal {' or '.join(reasons)}", found.told())
    for problem in found.problems:
        raise Unmet(f"a refusal as errors.proto promises for {found.reason}", problem)
    if "fields" in wanted:
        _require_fields(found, wanted["fields"])
    for key, value in wanted.get("metadata", {}).items():
        if found.metadata.get(key) != str(value):
            raise Unmet(f"metadata {key}={value}", f"{key}={found.metadata.get(key)}")
    if wanted.get("says", "") not in found.message:
        raise Unmet(f"a message that says {wanted['says']!r}", found.message)


def _require_fields(found: Refusal, wanted: Mapping[str, Any]) -> None:
    """`wanted` is path → rule, or rules."""
    named = sorted((path, rule) for path, rule, _ in found.fields)
    expected = sorted(
        (str(path), str(rule))
        for path, rules in wanted.items()
        for rule in (rules if isinstance(rules, list) else [rules])
    )
    if named != expected:
        raise Unmet(f"violations of {_pairs(expected)} and no others", _pairs(named))


def _pairs(fields: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{path or 'message'} ({rule})" for path, rule in fields) or "none"


def require_result(result: PublishResult, wanted: Any, names: Mapping[str, Any]) -> None:
    """Raises Unmet unless a result is "accepted", or {refused: …} as wanted. `names` has the draft."""
    refusal = _refusal(result)
    if wanted == ACCEPTED:
        if refusal is not None or result.WhichOneof("outcome") != "accepted":
            raise Unmet(ACCEPTED, refusal.told() if refusal else "a result that says nothing")
        _require_accepted(result, names)
        return
    if refusal is None:
        raise Unmet(f"a refusal {wanted['refused']['reason']}", ACCEPTED)
    require_refusal(refusal, wanted["refused"], names)


def _require_accepted(result: PublishResult, names: Mapping[str, Any]) -> None:
    accepted, sent = result.accepted, names["draft"].header.message_id
    if accepted.message_id != sent:
        raise Unmet(f"accepted.message_id {sent}", accepted.message_id)
    if len(accepted.leaf_hash) != 32:
        raise Unmet("accepted.leaf_hash of 32 bytes", f"{len(accepted.leaf_hash)} bytes")
    if not accepted.HasField("sealed_time"):
        raise Unmet("accepted.sealed_time", "none")


def _refusal(result: PublishResult) -> Refusal | None:
    if result.WhichOneof("outcome") != "error":
        return None
    status = Status()
    status.CopyFrom(result.error)
    return of_status(status)
