"""What is checked of an act before anything is kept. Pure."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from unicodedata import category

from integration.acts.refusals import Malformed, NoRole, WrongFields
from integration.acts.seam import Act, Field, Form, Person, Role, Said
from yrd.exchange.v1.message_pb2 import ActingPerson, Authentication, Draft, PersonalAct

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ORDER = (Role.DUTY_OFFICER, Role.APPROVER, Role.VIEWER)
ROLES: Mapping[Role, Said] = {
    Role.VIEWER: Said("查看", "viewer"),
    Role.DUTY_OFFICER: Said("值班员", "duty officer"),
    Role.APPROVER: Said("复核人", "approver"),
}
_MEANS = {
    "certificate": Authentication.AUTHENTICATION_CERTIFICATE,
    "oidc": Authentication.AUTHENTICATION_OIDC,
}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")


def role_for(act: Act, person: Person) -> Role:
    """The role in which a person does it. Raises NoRole."""
    return require_role(person, act.roles)


def require_role(person: Person, roles: Iterable[Role]) -> Role:
    """The first of the person's roles that is one of these. Raises NoRole."""
    wanted = [role for role in _ORDER if role in {*roles}]
    for role in wanted:
        if role in person.roles:
            return role
    raise NoRole(
        Said(
            f"您（{person.id}）没有办理此事的角色",
            f"you ({person.id}) lack the role for this",
        ),
        Said(
            f"须由{'或'.join(ROLES[r].zh for r in wanted)}办理",
            f"it takes the role {' or '.join(ROLES[r].en for r in wanted)}",
        ),
    )


def require_key(key: str) -> None:
    """Raises Malformed for a key that no form had."""
    if not KEY.fullmatch(key):
        raise Malformed(
            Said("key：不是本页表单的编号", "key: not one of a form of this page"),
            Said("请重新打开表单", "open the form again"),
        )


def digest(act: str, about: str, seen: Mapping[str, str], fields: Mapping[str, str]) -> str:
    """What is asked for: two requests of the same digest ask for the same."""
    said = json.dumps([act, about, dict(seen), dict(fields)], sort_keys=True, ensure_ascii=False)
    return sha256(said.encode()).hexdigest()


def changed(was: Mapping[str, str], now: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is different of what an act rests on."""
    names = [*dict.fromkeys((*was, *now))]
    return [
        {"what": name, "was": was.get(name), "now": now.get(name)}
        for name in names
        if was.get(name) != now.get(name)
    ]


def filled(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """The form as it was filled in, all of its fields and no other. Raises WrongFields, Malformed."""
    strange = sorted(set(given) - {field.name for field in form.fields})
    if strange:
        raise Malformed(
            Said(f"fields：表单没有 {strange[0]!r}", f"fields: the form has no {strange[0]!r}"),
            Said("请重新打开表单", "open the form again"),
        )
    # what a browser does not send of a hidden field is what the form had
    values = {f.name: _given(f, given) for f in form.fields}
    problems = {f.name: told for f in form.fields if (told := _problem(f, values[f.name]))}
    if problems:
        raise WrongFields(problems)
    return values


def _given(field: Field, given: Mapping[str, str]) -> str:
    return field.value if field.kind == "hidden" else given.get(field.name, "").strip()


def _problem(field: Field, value: str) -> Said | None:
    told = _wrong(field, value)
    return told and Said(f"{field.label.zh}：{told.zh}", f"{field.label.en}: {told.en}")


def can_be_shown(char: str, *, lines: bool = False) -> bool:
    """Whether a person sees a character as what it is; spaces of all widths are (Chinese text has U+3000)."""
    return char.isprintable() or category(char) == "Zs" or (lines and char in "\r\n\t")


def _wrong(field: Field, value: str) -> Said | None:
    if len(value) > field.most:
        return Said(f"最多{field.most}字", f"at most {field.most} characters")
    if any(not can_be_shown(c, lines=field.kind == "lines") for c in value):
        return Said("含有不可显示的字符", "has characters that can't be shown")
    if not value:
        return Said("必填", "fill this in") if field.required else None
    told, fits = _KINDS.get(field.kind, (None, None))
    return told if fits is not None and not fits(field, value) else None


def _is_instant(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_KINDS: Mapping[str, tuple[Said, Callable[[Field, str], bool]]] = {
    "choice": (
        Said("请从所列选项中选择", "choose one of those listed"),
        lambda field, value: value in {choice.value for choice in field.choices},
    ),
    "number": (
        Said("请填数字", "state a number"),
        lambda _, value: _NUMBER.fullmatch(value) is not None,
    ),
    "check": (
        Said("只能勾选或不勾选", "tick it, or do not"),
        lambda _, value: value == "true",
    ),
    "instant": (Said("请填日期和时间", "state day and time"), lambda _, value: _is_instant(value)),
}
"""What a value of a kind has to be."""


def acting(person: Person, role: Role) -> ActingPerson:
    """A person as a message names them."""
    return ActingPerson(
        person_id=person.id,
        role=role,
        authentication=_MEANS[person.means],
        credential_sha256=bytes.fromhex(person.credential),
    )


def marked(
    drafts: Sequence[Draft], act: str, key: str, by: ActingPerson, approved: ActingPerson | None
) -> list[Draft]:
    """The drafts with who acted."""
    said = PersonalAct(name=act, key=key, acted_by=by, approved_by=approved)
    made = []
    for draft in drafts:
        own = Draft()
        own.CopyFrom(draft)
        own.header.act.CopyFrom(said)
        made.append(own)
    return made
