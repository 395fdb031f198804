"""Rules of the projections: Avro and JSON Schema."""

from schemas.compat.explanation import BREAK, KEEP, NOTE, UPGRADE, VERSION, Explanation

AVRO = {
    "TYPE_REMOVED": Explanation(BREAK, "archives of {since} have no reader's schema", VERSION),
    "NEW_READER_UNREADABLE": Explanation(
        BREAK,
        "data written as {old} can't be read as {new}: archives of {since} can't be opened",
        "leave the type and add a new field beside it",
    ),
    "OLD_READER_UNREADABLE": Explanation(
        BREAK,
        "data written as {new} can't be read by {since}, which expects {old}",
        "leave the type and add a new field beside it",
    ),
    "NEW_READER_NO_DEFAULT": Explanation(
        BREAK,
        "archives of {since} don't have the field, and it has no default",
        "give it a default",
    ),
    "OLD_READER_NO_DEFAULT": Explanation(
        BREAK, "{since} readers expect the field, and have no default for it", KEEP
    ),
    "NEW_READER_FIELD_LOST": Explanation(
        BREAK,
        "archives of {since} have a value here that new readers skip without a word",
        "keep the field; after a rename give the new one the old name as an alias",
    ),
    "NEW_READER_SYMBOL_UNKNOWN": Explanation(
        BREAK, "archives of {since} with '{old}' can't be read", "keep the symbol"
    ),
    "OLD_READER_SYMBOL_UNKNOWN": Explanation(
        BREAK, "{since} can't read data with '{new}'", "give the enum a default"
    ),
    "NEW_READER_SYMBOL_LOST": Explanation(
        BREAK, "archives of {since} with '{old}' are read as '{new}'", "keep the symbol"
    ),
    "OLD_READER_SYMBOL_LOST": Explanation(NOTE, "{since} readers see '{new}' as '{old}'", UPGRADE),
    "NEW_READER_MEANING_CHANGED": Explanation(
        BREAK,
        "data written as {old} is read as {new}, without an error",
        "add a new field beside it",
    ),
    "OLD_READER_MEANING_CHANGED": Explanation(
        BREAK, "{since} reads {new} as {old}, without an error", "add a new field beside it"
    ),
    "NO_PROJECTION": Explanation(
        BREAK, "the type can't be written in Avro at all: {new}", "take a type that can"
    ),
}

JSON_SCHEMA = {
    "TYPE_REMOVED": Explanation(BREAK, "documents of {since} have no schema any more", VERSION),
    "PROPERTY_REMOVED": Explanation(
        BREAK, "'{old}' of older documents is no longer described, or refused", KEEP
    ),
    "TYPE_CHANGED": Explanation(
        BREAK,
        "it was {old} and is {new}: each side's schema refuses documents of the other",
        "leave the type and add a new property beside it",
    ),
    "REQUIRED_ADDED": Explanation(
        BREAK, "older documents without '{new}' are refused", "leave it optional"
    ),
    "REQUIRED_REMOVED": Explanation(
        NOTE, "the schema of {since} refuses documents without '{old}'", UPGRADE
    ),
    "VALUE_REMOVED": Explanation(
        BREAK, "older documents that say '{old}' are refused", "keep the value"
    ),
    "VALUE_ADDED": Explanation(
        NOTE, "the schema of {since} refuses documents that say '{new}'", UPGRADE
    ),
    "TIGHTENED": Explanation(
        BREAK, "'{old}' became '{new}': older documents may be refused", "leave it as it was"
    ),
    "LOOSENED": Explanation(
        NOTE,
        "'{old}' became '{new}': the schema of {since} refuses what only the new one allows",
        UPGRADE,
    ),
    "CHANGED": Explanation(
        BREAK,
        "'{old}' became '{new}', and which of them allows more can't be told",
        "leave it as it was",
    ),
    "NO_PROJECTION": Explanation(
        BREAK, "the type can't be described in JSON Schema: {new}", "take a type that can"
    ),
}
