"""What all acts have in common: who may, on what, once, by two where that is asked for, sent and recorded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from integration.acts import checks
from integration.acts.approving import Approvals
from integration.acts.journal import Asked
from integration.acts.keeping import Keeping, packed
from integration.acts.offers import Offer, Offers
from integration.acts.outcome import Outcome, State
from integration.acts.refusals import KeyReused
from integration.acts.seam import Form, Person, Said
from integration.acts.two_persons import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a browser asks for."""

    act: str
    about: str
    key: str
    seen: Mapping[str, str]
    fields: Mapping[str, str]


class Engine:
    """The acts of a page. All methods raise Refused."""

    def __init__(self, offers: Offers, keeping: Keeping, rules: Rules) -> None:
        self._offers, self._keeping, self._rules = offers, keeping, rules
        self.approvals = Approvals(offers, keeping)

    def offered(self, person: Person, about: str) -> list[Offer]:
        """What may be done on a thing."""
        return self._offers.on(person, about)

    def form(self, person: Person, name: str, about: str) -> tuple[Form, str]:
        """A form on a thing, and the key under which it is sent."""
        act = self._offers.find(name, about)
        checks.role_for(act, person)
        form = self._offers.form(act, about)
        two = form.two_persons or self._rules.always(name)
        return replace(form, two_persons=two), self._offers.fresh_key()

    async def act(self, person: Person, request: Request) -> Outcome:
        """Does it, once: the same key again gives the same answer."""
        checks.require_key(request.key)
        asked = checks.digest(request.act, request.about, request.seen, request.fields)
        async with self._keeping.alone(request.key):
            known = await self._keeping.known(request.key)
            if known is None:
                known = await self._begun(person, request, asked)
            if (known.person, known.asked) != (person.id, asked):
                raise KeyReused(
                    Said("该表单已用于另一次办理", "this form was used for something else"),
                    Said("请重新打开表单", "open the form again"),
                )
            return await self._keeping.go_on(known)

    async def _begun(self, person: Person, request: Request, digest: str) -> Asked:
        """Checks all, then keeps it: from here on the key stands for this."""
        about, key = request.about, request.key
        act = self._offers.find(request.act, about)
        role = checks.role_for(act, person)
        form = self._offers.unchanged(act, about, request.seen)
        fields = checks.filled(form, request.fields)
        by = checks.acting(person, role)
        drafts = self._offers.drafts(act, about, fields, person, key, by)
        asking = await asyncio.to_thread(self._rules.asking, act.name, drafts)
        two = form.two_persons or bool(asking)
        asked = Asked(
            key=key,
            state=State.WAITING if two else State.SENDING,
            act=act.name,
            about=about,
            asked=digest,
            person=person.id,
            begun_ms=self._keeping.now_ms(),
            fields=fields if two else None,
            seen=dict(form.seen) if two else None,
            actor={"role": role, "means": person.means, "credential": person.credential},
            drafts=None if two else packed(drafts),
        )
        now_ms = asked.begun_ms
        return await self._keeping.kept(self._keeping.journal.begin, asked, now_ms, asking)
