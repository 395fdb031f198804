"""Whether an act takes two persons (双人复核): because it says so, the page's file, or an agreement.

An agreement asks for it by a condition: a clause `when: has(header.act.approved_by)` gives a message to
its receivers only if a second person confirmed it. So a draft takes two persons if some clause that would
give it with an approver does not give it without.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from gateway.agreements import read
from gateway.sharing.agreement import Agreement
from gateway.sharing.content import Content
from gateway.sharing.decide import gives, valid_on
from integration.acts.refusals import NotNow
from integration.acts.seam import Said
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Draft

logger = logging.getLogger(__name__)
ANOTHER = "another-person"
"""Who approves in the trial; nobody's id is asked for."""


def clauses_asking(
    participant: str, agreements: Iterable[Agreement], drafts: Iterable[Draft], today: date
) -> list[str]:
    """The clauses, as "agreement/clause", that give some of these drafts only with two persons.

    The drafts say who acted (header.act), and not yet who approved.
    """
    valid = [a for a in agreements if valid_on(a, today.toordinal())]
    found = (name for draft in drafts for name in _asking(participant, valid, draft))
    return [*dict.fromkeys(found)]


def _asking(participant: str, agreements: Iterable[Agreement], draft: Draft) -> Iterator[str]:
    alone, together = Content.of(draft), Content.of(_approved(draft))
    for agreement in agreements:
        for clause in agreement.clauses:
            condition = clause.condition
            if (
                condition is not None
                and gives(participant, agreement, clause)
                and clause.covers(type_name(draft) or "")
                and condition.holds(together)
                and not condition.holds(alone)
            ):
                yield f"{agreement.id}/{clause.id}"


def _approved(draft: Draft) -> Draft:
    """The same with somebody who approves."""
    made = Draft()
    made.CopyFrom(draft)
    made.header.act.approved_by.CopyFrom(draft.header.act.acted_by)
    made.header.act.approved_by.person_id = ANOTHER
    made.header.act.approved_by.role = "approver"
    return made


class Rules:
    """What asks for two persons. The agreements are read anew when a file has changed."""

    def __init__(
        self,
        participant: str,
        acts: Collection[str],
        folder: Path | None,
        today: Callable[[], date],
    ) -> None:
        self._participant, self._acts = participant, frozenset(acts)
        self._folder, self._today = folder, today
        self._seen: Sequence[tuple[str, int, int]] = ()
        self._kept: Sequence[Agreement] = ()

    def always(self, act: str) -> bool:
        """Whether the page's file asks for it, whatever is filled in."""
        return act in self._acts

    def asking(self, act: str, drafts: Iterable[Draft]) -> list[str]:
        """What asks for two persons, in words. Raises NotNow if that can't be known."""
        setting = ["people.two_persons"] if self.always(act) else []
        return setting + clauses_asking(
            self._participant, self._agreements(), drafts, self._today()
        )

    def _agreements(self) -> Sequence[Agreement]:
        if self._folder is None:
            return ()
        files = sorted(self._folder.glob("*.yaml"))
        try:
            seen = [(f.name, s.st_mtime_ns, s.st_size) for f in files for s in [f.stat()]]
        except OSError as error:
            raise _unreadable(str(error)) from None
        if not files or seen != self._seen:
            loaded, problems = read(files)
            if problems or not files:
                raise _unreadable(
                    "; ".join(p.text for p in problems) or f"{self._folder}: no *.yaml"
                )
            self._kept, self._seen = [one.agreement for one in loaded], seen
        return self._kept


def _unreadable(detail: str) -> NotNow:
    logger.error("agreements_unreadable", extra={"detail": detail})
    return NotNow(
        Said("共享协议读不出，无法判断是否须双人复核", "the agreements can't be read"),
        Said("请联系系统管理员", "call the operator: the page's log says why"),
    )
