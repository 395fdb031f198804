"""Second persons: what waits for one, and their answer."""

import logging
from dataclasses import replace
from typing import NamedTuple

from integration.acts import checks
from integration.acts.journal import Asked
from integration.acts.keeping import Keeping, outcome, packed
from integration.acts.offers import Offers
from integration.acts.outcome import Outcome, State
from integration.acts.refusals import Cannot, NoRole, Nothing, Refused
from integration.acts.seam import Act, Form, Person, Role, Said

logger = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """An act that waits for a second person, with its form filled in."""

    asked: Asked
    act: Act
    form: Form
    lapses_ms: int


class Approvals:
    """All methods raise Refused."""

    def __init__(self, offers: Offers, keeping: Keeping) -> None:
        self._offers, self._keeping = offers, keeping

    async def waiting(self) -> list[Waiting]:
        """What waits for a second person, the oldest first."""
        kept, found = self._keeping, []
        for one in await kept.kept(kept.journal.open):
            async with kept.alone(one.key):
                asked = await kept.known(one.key)
            if asked is not None and asked.state is State.WAITING:
                try:
                    act = self._offers.find(asked.act, asked.about)
                except (Nothing, Cannot):  # of a release that had more acts: it lapses
                    logger.warning("act_unknown", extra={"act": asked.act, "key": asked.key})
                    continue
                lapses_ms = asked.begun_ms + kept.wait_ms
                found.append(Waiting(asked, act, self._as_filled(act, asked), lapses_ms))
        return found

    def _as_filled(self, act: Act, asked: Asked) -> Form:
        """The form with what was filled in; where the act is no more possible, why."""
        try:
            form = self._offers.form(act, asked.about)
        except Cannot as error:
            return Form(
                act=act.name, about=asked.about, seen={}, title=act.label, warning=error.text
            )
        values = asked.fields or {}
        fields = [replace(field, value=values.get(field.name, "")) for field in form.fields]
        return replace(form, fields=fields, seen=asked.seen or {}, two_persons=True)

    async def answer(self, person: Person, key: str, yes: bool, note: str) -> Outcome:
        """A second person's answer; the same one again is answered as the first time."""
        checks.require_key(key)
        async with self._keeping.alone(key):
            asked = await self._keeping.known(key)
            if asked is None:
                raise Nothing(Said("没有这项待复核事项", "nothing waits under that key"))
            if asked.approver == person.id:
                return await self._keeping.go_on(asked)
            refused = may_not(person, asked)
            if refused is not None:
                raise refused
            if asked.state is not State.WAITING:
                return outcome(asked)
            if yes:
                return await self._keeping.go_on(await self._confirmed(asked, person))
            done = replace(asked, state=State.DECLINED, approver=person.id, note=note)
            return outcome(await self._keeping.change(done, "declined", person.id))

    async def _confirmed(self, asked: Asked, person: Person) -> Asked:
        """Made anew, from what stands as it stood when it was asked for."""
        act = self._offers.find(asked.act, asked.about)
        self._offers.unchanged(act, asked.about, asked.seen or {})
        first = asker(asked)
        drafts = self._offers.drafts(
            act,
            asked.about,
            asked.fields or {},
            first,
            asked.key,
            checks.acting(first, *first.roles),
            checks.acting(person, Role.APPROVER),
        )
        begun = replace(asked, state=State.SENDING, approver=person.id, drafts=packed(drafts))
        return await self._keeping.change(begun, "approved", person.id)


def asker(asked: Asked) -> Person:
    """Who asked for it, in the one role in which they did."""
    actor = asked.actor or {}
    roles = frozenset((Role(actor["role"]),))
    return Person(asked.person, roles, actor["means"], actor["credential"])


def may_not(person: Person, asked: Asked) -> Refused | None:
    """Why a person may not answer; None: they may."""
    if person.id == asked.person:
        return Cannot(
            Said("本人提交的事项不能由本人复核", "who asked for it may not confirm it"),
            Said("请另一位复核人办理", "let another approver do it"),
        )
    try:
        checks.require_role(person, (Role.APPROVER,))
    except NoRole as error:
        return error
    return None
