"""Drafts that surely keep the contract, found for a whole batch at once outside the interpreter.

Of any other draft nothing is said: Checker judges it.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import compress
from os import urandom
from typing import Any

from gateway.config import Limits
from gateway.errors import GatewayError
from gateway.exchange.access import Access, Caller
from gateway.exchange.check_plan import check_plan
from gateway.exchange.checking import CheckedDraft
from gateway.log.sealing import Prepared, SealedPart
from gateway.store.columns import records
from schemas.native import native
from schemas.states.steps import step


class NativeChecker:
    """Decides on drafts for one participant's gateway, where it can."""

    def __init__(self, native_step: Any, access: Access, limits: Limits) -> None:
        self._step, self._access, self._limits = native_step, access, limits

    def check_all(
        self, caller: Caller, drafts: Sequence[bytes], now: datetime
    ) -> list[CheckedDraft | None]:
        """A result for each serialised draft, in order; None where Checker has to be asked."""
        latest = now.timestamp() + self._limits.max_clock_skew_seconds
        salts = urandom(self._step.salt_bytes * len(drafts))
        found = self._step.check(drafts, latest, salts)
        allowed = {draft[6]: True for draft in found if draft is not None}
        for name in allowed:
            allowed[name] = self._may_publish(caller, name)
        sure = [draft is not None and allowed[draft[6]] for draft in found]
        checked = _checked(list(compress(found, sure)))
        if len(checked) == len(found):  # as nearly always
            return [*checked]
        rest = iter(checked)
        return [next(rest) if surely else None for surely in sure]

    def _may_publish(self, caller: Caller, type_name: str) -> bool:
        try:
            self._access.require_type(caller, type_name)
        except GatewayError:
            return False
        return True


def native_checker(participant: str, access: Access, limits: Limits) -> NativeChecker | None:
    """None if the native steps were not built, or are turned off."""
    module = native()
    if module is None:
        return None
    made = module.DraftChecker(check_plan(), participant, limits.max_draft_bytes)
    return NativeChecker(made, access, limits)


def _checked(found: Sequence[tuple[Any, ...]]) -> list[CheckedDraft]:
    if not found:
        return []
    *named, taken, types, befores, behinds, disclosed = zip(*found, strict=True)
    steps = [step(name, *one) if one else None for name, one in zip(types, taken, strict=True)]
    parts = [tuple([SealedPart(*part) for part in one]) if one else () for one in disclosed]
    contents = records(Prepared, types, befores, behinds, parts)
    return records(CheckedDraft, *named, steps, contents)
