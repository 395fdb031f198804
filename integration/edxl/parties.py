"""Participants and people as contacts: "310000 上海市" in the role that a field has."""

import re
from collections.abc import Iterator
from typing import Any

from integration.cap.remarks import Kind as Why
from integration.cap.remarks import Remark
from integration.edxl.document import Contact, Document
from integration.edxl.kinds import Kind

NAMES = {
    "310000": "上海市",
    "320000": "江苏省",
    "330000": "浙江省",
    "340000": "安徽省",
    "joint": "联合值班室",
}
_ID = re.compile(r"(?<![0-9A-Za-z])(310000|320000|330000|340000|joint)(?![0-9A-Za-z])")
_SENDER = "Sender"


def contacts_of(kind: Kind, body: Any) -> Iterator[Contact]:
    """The parties, then whom to call."""
    for field, role in kind.parties:
        value = getattr(body, field)
        for party in (value,) if isinstance(value, str) else value:
            yield Contact(role, f"{party} {NAMES.get(party, '')}".strip())
    if "contact" in body.DESCRIPTOR.fields_by_name and body.HasField("contact"):
        told = body.contact
        yield Contact(_SENDER, told.organization, told.person_name, told.phone)


def fill(kind: Kind, document: Document, body: Any, author: str, remarks: list[Remark]) -> None:
    """Sets the parties and the contact; the author is who publishes, if the message does not say."""
    for index, (field, role) in enumerate(kind.parties):
        told = [p for c in document.contacts if c.role == role for p in _parties(c, remarks)]
        if not told and index == 0 and author:
            told = [author]
            text = "未写明，取发布者 not stated: taken as who publishes it"
            remarks.append(Remark(Why.INFERRED, f"ContactInformation {role}", text))
        if body.DESCRIPTOR.fields_by_name[field].is_repeated:
            getattr(body, field).extend(dict.fromkeys(told))
        elif told:
            setattr(body, field, told[0])
    sender = next((c for c in document.contacts if c.role == _SENDER), None)
    if sender and "contact" in body.DESCRIPTOR.fields_by_name:
        body.contact.organization = sender.description
        body.contact.person_name, body.contact.phone = sender.person, sender.phone
        body.contact.SetInParent()


def _parties(contact: Contact, remarks: list[Remark]) -> list[str]:
    if found := _ID.search(contact.description):
        return [found[1]]
    named = [party for party, name in NAMES.items() if name.rstrip("市省") in contact.description]
    if len(named) != 1:
        return []
    text = f"{contact.description[:60]!r} 读作 read as {named[0]}"
    remarks.append(Remark(Why.INFERRED, f"ContactInformation {contact.role}", text))
    return named
