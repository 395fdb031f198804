"""The acts of a page on what is known now: which there are, their forms, their drafts."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from integration.acts import checks
from integration.acts.refusals import Cannot, NoRole, Nothing, Stale, WrongFields
from integration.acts.seam import Act, CannotAct, FieldErrors, Form, Known, Person, Said, thing
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import ActingPerson, Draft


class Offer(NamedTuple):
    """An act on a thing, and why it is not possible, if it is not."""

    act: Act
    refused: NoRole | Cannot | None


class Offers:
    """All acts. `known` gives what is known at this instant."""

    def __init__(self, acts: Iterable[Act], known: Callable[[], Known]) -> None:
        self._acts = {act.name: act for act in acts}
        self.known = known

    def on(self, person: Person, about: str) -> list[Offer]:
        """What may be done on a thing. Raises Cannot."""
        kind = _kind(about)
        return [
            Offer(act, self._refused(act, person, about))
            for act in self._acts.values()
            if kind in act.on
        ]

    def _refused(self, act: Act, person: Person, about: str) -> NoRole | Cannot | None:
        try:
            checks.role_for(act, person)
            self.form(act, about)
        except (NoRole, Cannot) as error:
            return error
        return None

    def find(self, name: str, about: str) -> Act:
        """An act on a thing. Raises Nothing, Cannot."""
        act = self._acts.get(name)
        if act is None or _kind(about) not in act.on:
            raise Nothing(
                Said(f"此处没有“{name}”这项办理", f"there is no act {name!r} on that"),
                Said("请重新载入页面", "load the page again"),
            )
        return act

    def form(self, act: Act, about: str) -> Form:
        """The form as it stands now. Raises Cannot."""
        try:
            return act.form(self.known(), about)
        except CannotAct as error:
            raise Cannot(error.reason, error.remedy) from None

    def unchanged(self, act: Act, about: str, seen: Mapping[str, str]) -> Form:
        """The form, if it rests on what was seen. Raises Stale, Cannot."""
        form = self.form(act, about)
        changed = checks.changed(seen, form.seen)
        if changed:
            raise Stale(form, changed, self.fresh_key())
        return form

    def fresh_key(self) -> str:
        """A key for one form."""
        return message_ids.new(self.known().now_ms)

    def drafts(
        self,
        act: Act,
        about: str,
        fields: Mapping[str, str],
        person: Person,
        key: str,
        by: ActingPerson,
        approved: ActingPerson | None = None,
    ) -> list[Draft]:
        """Its messages, with who acted. Raises WrongFields, Cannot."""
        try:
            made = act.drafts(self.known(), about, fields, person, key)
        except FieldErrors as error:
            raise WrongFields(error.problems) from None
        except CannotAct as error:
            raise Cannot(error.reason, error.remedy) from None
        return checks.marked(made, act.name, key, by, approved)


def _kind(about: str) -> str:
    try:
        return thing(about).kind
    except CannotAct as error:
        raise Cannot(error.reason, error.remedy) from None
