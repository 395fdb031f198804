"""Compares what came with what a step expects."""

from collections.abc import Mapping
from typing import Any

from integration.kit.actions.connecting import Answers
from integration.kit.actions.publishing import Published, Streamed
from integration.kit.expecting_results import ACCEPTED, require_refusal, require_result
from integration.kit.model import Unmet
from integration.kit.refusals import Refusal


def require_answer(came: Any, expect: Any, names: Mapping[str, Any]) -> None:
    """Raises Unmet unless an answer that was not a refusal of the call is as expected."""
    if isinstance(came, Published):
        _require_results(came, ACCEPTED if expect is None else expect, names)
    elif isinstance(came, Streamed):
        _require_stream(came, expect or {}, names)
    elif isinstance(came, Answers):
        _require_end(came.refusal, (expect or {}).get("then_refused"), names)


def _require_stream(came: Streamed, expect: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    wanted = expect.get("batches")
    _require_end(came.refusal, expect.get("then_refused"), names)
    if wanted is not None and len(wanted) != len(came.batches):
        raise Unmet(f"{len(wanted)} answers on the stream", f"{len(came.batches)}")
    for number, batch in enumerate(came.batches):
        _require_results(batch, ACCEPTED if wanted is None else wanted[number], names)


def _require_end(
    refusal: Refusal | None, wanted: Mapping[str, Any] | None, names: Mapping[str, Any]
) -> None:
    if wanted is None and refusal is not None:
        raise Unmet("the stream to end with OK", refusal.told())
    if wanted is not None:
        if refusal is None:
            raise Unmet(f"the stream to end with {wanted['reason']}", "OK")
        require_refusal(refusal, wanted, names)


def _require_results(came: Published, expect: Any, names: Mapping[str, Any]) -> None:
    if len(came.results) != len(came.drafts):
        raise Unmet(f"{len(came.drafts)} results, one for each draft", str(len(came.results)))
    wanted = [expect] * len(came.drafts) if not isinstance(expect, list) else expect
    if len(wanted) != len(came.drafts):
        raise Unmet(f"a case that expects {len(came.drafts)} results", f"{len(wanted)} in its file")
    for number, (result, one) in enumerate(zip(came.results, wanted, strict=True)):
        try:
            require_result(result, one, {**names, "draft": came.drafts[number]})
        except Unmet as unmet:
            raise Unmet(f"draft {number}: {unmet.expected}", unmet.came) from None
