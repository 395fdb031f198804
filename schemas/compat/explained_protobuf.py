"""Rules of protobuf: binary form with gRPC, JSON form, generated names."""

from schemas.compat.explanation import ADD, BREAK, KEEP, NOTE, UPGRADE, VERSION, Explanation

WIRE = {
    "FIELD_REMOVED": Explanation(
        BREAK,
        "a system built on {since} gets messages without this field and can't tell that from 'not "
        "stated'; a new one keeps the field of stored and signed messages only as unknown bytes, and "
        "no gateway takes a draft that has any",
        KEEP,
    ),
    "NUMBER_NOT_RESERVED": Explanation(
        BREAK,
        "number {old} is free for another meaning, under which old messages would be read",
        "keep it; at the least write `reserved {old};`",
    ),
    "FIELD_RENUMBERED": Explanation(
        BREAK,
        "a {since} reader looks for it under number {old} and finds nothing, or another field; a new "
        "one misses it in every older message",
        "give it number {old} again",
    ),
    "FIELD_NUMBER_REUSED": Explanation(
        BREAK,
        "a {since} reader takes new bytes for '{old}', and a new one old bytes for '{new}'",
        "give the new field a number that was never used",
    ),
    "FIELD_TYPE_CHANGED": Explanation(
        BREAK,
        "bytes written as '{old}' are read as '{new}', and the other way round: cut off, taken for "
        "another value, or refused",
        ADD,
    ),
    "CARDINALITY_CHANGED": Explanation(
        BREAK,
        "it was {old} and is {new}: a reader that expects one value keeps the last of several or skips "
        "packed ones",
        ADD,
    ),
    "REQUIRED_CHANGED": Explanation(
        BREAK,
        "a reader that requires it refuses every message that doesn't have it",
        "leave it as it was; demand it by a rule (buf.validate) in a new field only",
    ),
    "DEFAULT_CHANGED": Explanation(
        BREAK,
        "the same bytes, without the field, mean {old} on one side and {new} on the other",
        "leave the default; a new default needs a new field",
    ),
    "ONEOF_MOVED": Explanation(
        BREAK,
        "from {old} to {new}: one side may set it together with fields that exclude it on the other, "
        "where only the last of them survives",
        "leave it where it is; add a new member to the oneof",
    ),
    "FIELD_ADDED": Explanation(
        NOTE,
        "a {since} gateway refuses drafts that have it, and shows it to nobody",
        "upgrade each gateway before the first system behind it sends the field",
    ),
    "ONEOF_MEMBER_ADDED": Explanation(
        NOTE,
        "a {since} reader sees a message with '{new}' as one in which nothing of the oneof is set",
        UPGRADE,
    ),
    "BODY_TYPE_ADDED": Explanation(
        NOTE,
        "a {since} gateway refuses drafts of '{new}' with TYPE_UNKNOWN and can't show it",
        UPGRADE,
    ),
    "RESERVED_NUMBER_USED": Explanation(
        BREAK,
        "number {old} was reserved because it had a meaning once: old messages are read as '{new}'",
        "take a number that was never used",
    ),
    "RESERVED_NUMBER_REMOVED": Explanation(
        BREAK,
        "{old} was reserved because it had a meaning once, and nothing guards it any more",
        "put `reserved {old};` back",
    ),
    "ENUM_VALUE_REMOVED": Explanation(
        BREAK,
        "a new reader sees a number without a name in old messages that say '{old}'",
        KEEP,
    ),
    "ENUM_VALUE_RENUMBERED": Explanation(
        BREAK,
        "number {old} means something else on each side",
        "give it number {old} again",
    ),
    "FILE_PACKAGE_CHANGED": Explanation(
        BREAK,
        "type names travel: in each leaf, in the path of every call, and in Avro; a {since} gateway "
        "knows none of the new ones",
        "keep package {old}",
    ),
    "FILE_SYNTAX_CHANGED": Explanation(
        BREAK,
        "presence, packing and what becomes of unknown enum numbers differ between {old} and {new}",
        "keep the syntax",
    ),
    "SERVICE_REMOVED": Explanation(
        BREAK, "calls of {since} clients are answered with UNIMPLEMENTED", VERSION
    ),
    "METHOD_REMOVED": Explanation(
        BREAK, "calls of {since} clients are answered with UNIMPLEMENTED", VERSION
    ),
    "METHOD_TYPE_CHANGED": Explanation(
        BREAK,
        "a {since} client sends and expects '{old}'",
        "add a method with a name of its own",
    ),
    "METHOD_STREAMING_CHANGED": Explanation(
        BREAK,
        "one side waits for the end of a stream that the other never closes, or reads one answer of many",
        "add a method with a name of its own",
    ),
    "METHOD_IDEMPOTENCY_CHANGED": Explanation(
        BREAK,
        "clients repeat calls or send them as GET because of it: {old} became {new}",
        "leave the level as it was",
    ),
}

JSON = {
    "FIELD_REMOVED": Explanation(
        BREAK,
        "a reader that knows '{old}' misses it, and a strict new one refuses old texts",
        KEEP,
    ),
    "NAME_NOT_RESERVED": Explanation(
        BREAK,
        "the name is free for another meaning, under which old JSON texts would be read",
        'keep the field; at the least write `reserved "{old}";`',
    ),
    "FIELD_ADDED": Explanation(
        NOTE,
        "a {since} reader of JSON that refuses unknown keys refuses '{new}'",
        "readers are to ignore keys that they don't know; senders wait until all are upgraded",
    ),
    "JSON_NAME_CHANGED": Explanation(
        BREAK,
        "one side writes '{old}', the other '{new}', and neither reads the other's key",
        'keep the name, or pin the key with json_name = "{old}"',
    ),
    "JSON_VALUE_CHANGED": Explanation(
        BREAK,
        "the value was {old} and is {new}: a reader of the one refuses or misreads the other",
        "leave it and add a new field beside it",
    ),
    "JSON_CARDINALITY_CHANGED": Explanation(
        BREAK, "the key held {old} and holds {new}: parsers refuse the other", ADD
    ),
    "ONEOF_MOVED": Explanation(
        BREAK,
        "from {old} to {new}: a text with two members of one oneof is refused by the side where they "
        "exclude each other",
        "leave it where it is; add a new member to the oneof",
    ),
    "RESERVED_NAME_USED": Explanation(
        BREAK,
        "'{old}' was reserved because it had a meaning once: old JSON texts are read as the new one",
        "take a name that was never used",
    ),
    "RESERVED_NAME_REMOVED": Explanation(
        BREAK,
        "'{old}' was reserved because it had a meaning once, and nothing guards it any more",
        'put `reserved "{old}";` back',
    ),
    "ENUM_VALUE_REMOVED": Explanation(
        BREAK, "a new reader refuses old JSON texts that say '{old}'", KEEP
    ),
    "ENUM_VALUE_RENAMED": Explanation(
        BREAK,
        "enums are written by name: a {since} reader refuses '{new}', a new one '{old}'",
        "keep the name {old}",
    ),
    "ENUM_WRITTEN_NAME_CHANGED": Explanation(
        BREAK,
        "the first name of a number is the one that is written: a {since} reader refuses '{new}'",
        "let {old} stand first and the alias behind it",
    ),
    "ENUM_VALUE_ADDED": Explanation(
        NOTE, "a {since} reader of JSON doesn't know the name '{new}'", UPGRADE
    ),
}

_RENAME = "keep the name {old}"
NAMES = {
    "FILE_REMOVED": Explanation(
        BREAK,
        "programs import generated code by the file's name (Python, C++): '{old}' is gone",
        "keep the file, and new things in new files",
    ),
    "FILE_PACKAGE_CHANGED": Explanation(
        BREAK, "every generated name of the file changes with its package", "keep package {old}"
    ),
    "FILE_OPTION_CHANGED": Explanation(
        BREAK,
        "it decides where or as what generated code stands: '{old}' became '{new}'",
        "leave the option as it was, also if it was not set",
    ),
    "MOVED_TO_OTHER_FILE": Explanation(
        BREAK,
        "programs import generated code by the file's name (Python, C++): it is no longer in '{old}'",
        "leave it in its file",
    ),
    "MESSAGE_REMOVED": Explanation(BREAK, "programs that use it no longer compile", VERSION),
    "ENUM_REMOVED": Explanation(BREAK, "programs that use it no longer compile", VERSION),
    "SERVICE_REMOVED": Explanation(BREAK, "programs that use it no longer compile", VERSION),
    "METHOD_REMOVED": Explanation(BREAK, "programs that call it no longer compile", VERSION),
    "METHOD_TYPE_CHANGED": Explanation(
        BREAK, "programs that call it no longer compile", "add a method with a name of its own"
    ),
    "METHOD_STREAMING_CHANGED": Explanation(
        BREAK, "programs that call it no longer compile", "add a method with a name of its own"
    ),
    "FIELD_REMOVED": Explanation(BREAK, "programs that use it no longer compile", KEEP),
    "FIELD_RENAMED": Explanation(
        BREAK, "its accessor is now called after '{new}': programs no longer compile", _RENAME
    ),
    "FIELD_TYPE_CHANGED": Explanation(
        BREAK, "the accessor's type changes from '{old}' to '{new}'", "add a new field beside it"
    ),
    "CARDINALITY_CHANGED": Explanation(
        BREAK,
        "{old} and {new} have different accessors (in Go a pointer, in Java has…, a list or a map)",
        "leave it as it was and add a new field",
    ),
    "ONEOF_CHANGED": Explanation(
        BREAK,
        "Go and Java reach the members of a oneof through its name: from {old} to {new}",
        "leave it where it is",
    ),
    "FIELD_OPTION_CHANGED": Explanation(
        BREAK, "the accessor's type changes: '{old}' became '{new}'", "leave the option as it was"
    ),
    "ENUM_VALUE_REMOVED": Explanation(BREAK, "programs that use it no longer compile", KEEP),
    "ENUM_VALUE_RENAMED": Explanation(
        BREAK, "the constant is now called '{new}': programs no longer compile", _RENAME
    ),
}
