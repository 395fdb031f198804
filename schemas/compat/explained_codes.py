"""Rules of compatibility for the code tables."""

from schemas.compat.explanation import BREAK, NOTE, Explanation

_KEEP = (
    "put it back; a code that is no longer in use stays in its table, with the day until which it was "
    "valid and its successor"
)
_FIRST = "upgrade all gateways before the first sender makes use of it"
CODES = {
    "CODES_GONE": Explanation(
        BREAK,
        "fields of the contract look values up in table {old}, which is not there",
        "put it back",
    ),
    "CODES_CLOSED": Explanation(
        BREAK, "schemes that senders of {since} could name are refused now", "leave the table open"
    ),
    "CODES_OPENED": Explanation(
        NOTE, "gateways of {since} quarantine schemes that they don't know", _FIRST
    ),
    "SCHEME_BOUND": Explanation(
        BREAK,
        "values of scheme {new} that were taken as they came are refused where the list lacks them",
        "give the list another scheme's name, or let it be partial and without a pattern",
    ),
    "SCHEME_ADDED": Explanation(
        NOTE, "gateways of {since} quarantine values of scheme {new}", _FIRST
    ),
    "SCHEME_FREED": Explanation(
        NOTE, "gateways of {since} still quarantine what scheme {old} lacked", _FIRST
    ),
    "SCHEME_GONE": Explanation(BREAK, "values of scheme {old} are refused now", _KEEP),
    "CODES_FORM": Explanation(
        BREAK,
        "'{old}' became '{new}': which of them takes more can't be told in general",
        "leave it as it was",
    ),
    "CODES_BOUND": Explanation(
        BREAK,
        "values that {since} took although its list lacks them are refused now",
        "leave it partial",
    ),
    "CODES_FREED": Explanation(
        NOTE, "gateways of {since} quarantine values that their list lacks", _FIRST
    ),
    "CODES_REMOVED": Explanation(BREAK, "senders of {since} use {old}, and are refused now", _KEEP),
    "CODES_ADDED": Explanation(NOTE, "gateways of {since} quarantine {new}", _FIRST),
}
