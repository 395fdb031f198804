"""Forms, outcomes and refusals as JSON. Words always come in both languages: {"zh", "en"}."""

from typing import Any

from integration.acts.outcome import Outcome
from integration.acts.refusals import Refused, Stale, WrongFields
from integration.acts.seam import Field, Form, Person, Said

Json = dict[str, Any]


def said(words: Said | None) -> Json | None:
    """Words in both languages."""
    return None if words is None else {"zh": words.zh, "en": words.en}


def person(who: Person) -> Json:
    """Who somebody is."""
    return {"id": who.id, "roles": sorted(who.roles), "means": who.means}


def form(shown: Form, key: str) -> Json:
    """A form. `key` is that under which it is sent, once."""
    return {
        "act": shown.act,
        "about": shown.about,
        "key": key,
        "seen": dict(shown.seen),
        "title": said(shown.title),
        "warning": said(shown.warning),
        "two_persons": shown.two_persons,
        "fields": [_field(field) for field in shown.fields],
    }


def _field(field: Field) -> Json:
    return {
        "name": field.name,
        "kind": field.kind,
        "label": said(field.label),
        "value": field.value,
        "choices": [{"value": c.value, "label": said(c.label)} for c in field.choices],
        "required": field.required,
        "help": said(field.help),
        "most": field.most,
    }


def outcome(told: Outcome) -> Json:
    """What became of an act."""
    return {
        "state": told.state,
        "key": told.key,
        "act": told.act,
        "about": told.about,
        "text": said(told.text),
        "messages": [dict(one) for one in told.messages],
        "acted_by": told.acted_by,
        "approved_by": told.approved_by,
    }


def refusal(error: Refused) -> Json:
    """Why something was not done."""
    told: Json = {
        "problem": error.problem,
        "text": said(error.text),
        "remedy": said(error.remedy),
    }
    if isinstance(error, WrongFields):
        told["fields"] = {name: said(words) for name, words in error.fields.items()}
    if isinstance(error, Stale):
        told |= {"changed": list(error.changed), "form": form(error.form, error.key)}
    return told
