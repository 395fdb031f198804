"""Which rules refuse a message in which a field is absent, as it is in every older sender's."""

from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from protovalidate import Validator

from schemas.compat.finding import Change, Surface
from schemas.compat.model import Message, Model
from schemas.compat.pairs import shared


def compare(old: Model, new: Model, pool: DescriptorPool) -> list[Change]:
    """Added fields that an older sender's message violates, because it hasn't got them."""
    # a validator keeps what it has compiled by type name: this pool's types must not meet another's
    validator = Validator()
    return [
        change
        for before, after in shared(old.messages, new.messages)
        if any(before.by_number(f.number) is None and f.rules.ListFields() for f in after.fields)
        for change in _refused(before, after, pool, validator)
    ]


def _refused(
    before: Message, after: Message, pool: DescriptorPool, validator: Validator
) -> list[Change]:
    empty = GetMessageClass(pool.FindMessageTypeByName(after.name))()
    found = []
    for violation in validator.collect_violations(empty):
        path = violation.proto.field
        field = after.by_number(path.elements[0].field_number) if path else None
        if field is not None and before.by_number(field.number) is None:
            where, rule = f"{after.name}.{field.name}", violation.proto.rule_id
            found.append(
                Change(surface=Surface.RULES, rule="FIELD_ADDED_WITH_RULE", where=where, new=rule)
            )
    return found
