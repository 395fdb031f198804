"""Rules of compatibility for the contract's own rules and options."""

from schemas.compat.explanation import BREAK, KEEP, NOTE, VERSION, Explanation

_LOOSER = "gateways of {since} quarantine what only the new rule allows ('{old}' → '{new}')"
_ALL_GATEWAYS = "upgrade all gateways before the first sender makes use of it"
_PERSONAL = (
    "leave the option as it was; put data of another group into a new field, and say in the old one's "
    "comment that it is left empty"
)
RULES = {
    "RULE_ADDED": Explanation(
        BREAK,
        "a message that was valid in {since} is refused now, unless it happens to keep to '{new}'",
        "leave the field as it was; a stricter demand needs a new field or a new type",
    ),
    "RULE_TIGHTENED": Explanation(
        BREAK,
        "'{old}' became '{new}': a message that was valid in {since} is refused now",
        "put '{old}' back; a stricter demand needs a new field or a new type",
    ),
    "RULE_CHANGED": Explanation(
        BREAK,
        "'{old}' became '{new}': which of them allows more can't be told in general, so it counts as "
        "tighter",
        "put '{old}' back",
    ),
    "RULE_LOOSENED": Explanation(NOTE, _LOOSER, _ALL_GATEWAYS),
    "RULE_REMOVED": Explanation(
        NOTE,
        "gateways of {since} still demand '{old}' and quarantine what doesn't keep to it",
        _ALL_GATEWAYS,
    ),
    "FIELD_ADDED_WITH_RULE": Explanation(
        BREAK,
        "messages of {since} senders don't have the field and break its rule {new}: all of them are "
        "refused",
        "make the field optional, or let the rule allow its absence",
    ),
    "RULE_OF_NEW_FIELD_ADDED": Explanation(
        NOTE,
        "the rule asks first whether the new field is there, so it spares {since} senders; gateways of "
        "{since} don't know it",
        _ALL_GATEWAYS,
    ),
    "DEFINED_VALUE_REMOVED": Explanation(
        BREAK, "the field takes defined values only: messages with '{old}' are refused now", KEEP
    ),
    "DEFINED_VALUE_ADDED": Explanation(
        NOTE,
        "fields take defined values only: gateways of {since} quarantine messages with '{new}'",
        _ALL_GATEWAYS,
    ),
    "DISCLOSURE_ADDED": Explanation(
        BREAK,
        "gateways of {since} seal the field openly, for every peer, while new ones keep it for those "
        "that may have {new}; agreements that name no {new} lose a field that they had",
        _PERSONAL,
    ),
    "DISCLOSURE_REMOVED": Explanation(
        BREAK,
        "what was given only to peers that may have {old} would lie open to all of them; entries of "
        "{since} still carry it apart",
        _PERSONAL,
    ),
    "DISCLOSURE_CHANGED": Explanation(
        BREAK,
        "peers whose agreement names {old} get {new} from {since} gateways' entries and the other way "
        "round; a field missing for {old} is no longer excused by its group and is quarantined",
        _PERSONAL,
    ),
    "CODE_TABLE_ADDED": Explanation(
        BREAK,
        "values that were accepted in {since} are refused where table {new} doesn't have them",
        "add a new field with the table",
    ),
    "CODE_TABLE_CHANGED": Explanation(
        BREAK,
        "codes of {old} are looked up in {new}: each side refuses what only the other has",
        "put table {old} back; add a new field for codes of {new}",
    ),
    "CODE_TABLE_REMOVED": Explanation(
        NOTE, "gateways of {since} quarantine values that are not in {old}", _ALL_GATEWAYS
    ),
    "AUTHORITY_ADDED": Explanation(
        BREAK,
        "participants that could publish it in {since} are refused unless the value names them",
        "leave the option as it was; a new type may have it",
    ),
    "AUTHORITY_REMOVED": Explanation(
        NOTE,
        "gateways of {since} quarantine messages in which it names another authority",
        _ALL_GATEWAYS,
    ),
    "PUBLISHER_ADDED": Explanation(
        BREAK, "all participants but {new} are refused, who could publish it in {since}", VERSION
    ),
    "PUBLISHER_CHANGED": Explanation(
        BREAK, "{old}, who published it in {since}, is refused", VERSION
    ),
    "PUBLISHER_REMOVED": Explanation(
        NOTE, "gateways of {since} quarantine it from others than {old}", _ALL_GATEWAYS
    ),
}
