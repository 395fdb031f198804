"""Which message of EDXL-RM tells which message of ours, and which element which field of a line.

A place is an element of ResourceInformation (a field of `document.Line`), or a type of schedule with `@` for
its time and `#` for its location: "ReportTo#".
"""

from collections.abc import Sequence
from dataclasses import dataclass

_TIMES = (
    ("departure_time", "Departure@"),
    ("arrival_time", "Arrival@"),
    ("return_departure_time", "ReturnDeparture@"),
    ("return_arrival_time", "ReturnArrival@"),
)
Binding = tuple[str, str]


def _schedule(field: str, prefix: str) -> tuple[Binding, ...]:
    return tuple((f"{field}.{name}", f"{prefix}{place}") for name, place in _TIMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`entries`: the repeated field whose items are lines; empty where the body is one line itself.

    `thread` is the field that names what the message goes on with, `parties` the fields and roles of
    participants, the author first. `answers`: it answers lines, in ResponseInformation.
    """

    body: str
    type: str
    entries: str = "lines"
    thread: str = ""
    parties: Sequence[Binding] = ()
    bindings: Sequence[Binding] = ()
    answers: bool = False
    step: Binding | None = None
    """A field and its value, where the type tells it."""
    words: str = ""
    """The body's text, as MessageDescription."""
    cancels: str = ""
    """The flag that MessageRecall of RecallType Cancel tells."""


_BOTH = (("provider", "Owner"), ("requester", "Requester"))
_ASKS = (("requester", "Requester"), ("provider", "Owner"))
_RESOURCE = (("quantity", "quantity"), ("transport_mode", "transport"))
_DEPLOYED = _schedule("estimated_schedule", "Estimated") + _schedule("actual_schedule", "Actual")
_RETURN = (
    ("commitment_line_id", "id"),
    ("returned", "quantity"),
    *_schedule("actual_schedule", "Actual"),
    ("note", "description"),
)

KINDS = (
    Kind(
        body="aid_request",
        type="RequestResource",
        parties=(("requester", "Requester"), ("addressed_to", "RespondingOrg")),
        bindings=(
            ("need.line_id", "id"),
            ("need.capability", "type"),
            ("need.quantity", "quantity"),
            ("need.needed_by_time", "RequestedArrival@"),
            ("need.destination", "RequestedArrival#"),
            ("need.note", "description"),
            ("report_to", "ReportTo#"),
            ("needed_until_time", "EstimatedReturnDeparture@"),
        ),
        words="justification",
        cancels="withdrawn",
    ),
    Kind(
        body="aid_response",
        type="ResponseToRequestResource",
        thread="request_id",
        parties=(("responder", "RespondingOrg"),),
        bindings=(
            ("request_line_id", "preceding"),
            ("decision", "response"),
            ("reason", "reason"),
            ("resource_ids", "resource_id"),
            *_RESOURCE,
            ("estimated_departure_time", "EstimatedDeparture@"),
            ("estimated_arrival_time", "EstimatedArrival@"),
        ),
        answers=True,
    ),
    Kind(
        body="aid_order",
        type="RequisitionResource",
        thread="request_id",
        parties=_ASKS,
        bindings=(
            ("line_id", "id"),
            ("quantity", "quantity"),
            ("resource_ids", "resource_id"),
            ("report_to", "ReportTo#"),
            *_schedule("requested_schedule", "Requested"),
            ("note", "instructions"),
        ),
        words="cancel_reason",
        cancels="cancelled",
    ),
    Kind(
        body="aid_commitment",
        type="CommitResource",
        thread="order_id",
        parties=_BOTH,
        bindings=(
            ("line_id", "id"),
            ("order_line_id", "preceding"),
            ("decision", "response"),
            ("reason", "reason"),
            ("resource_id", "resource_id"),
            *_RESOURCE,
            *_schedule("estimated_schedule", "Estimated"),
        ),
        answers=True,
    ),
    Kind(
        body="aid_deployment",
        type="ReportResourceDeploymentStatus",
        entries="",
        thread="commitment_id",
        parties=_BOTH,
        bindings=(
            ("commitment_line_id", "id"),
            ("resource_id", "resource_id"),
            ("status", "status"),
            *_RESOURCE,
            ("place", "Current#"),
            ("note", "description"),
            *_DEPLOYED,
        ),
    ),
    Kind(
        body="aid_extension",
        type="RequestExtendedDeploymentDuration",
        entries="commitment_line_ids",
        thread="commitment_id",
        parties=_ASKS,
        step=("step", "EXTENSION_STEP_REQUESTED"),
        words="reason",
    ),
    Kind(
        body="aid_extension",
        type="ResponseToRequestExtendedDeploymentDuration",
        entries="commitment_line_ids",
        thread="commitment_id",
        parties=_BOTH,
        step=("step", "EXTENSION_STEP_ANSWERED"),
        words="reason",
        answers=True,
    ),
    Kind(
        body="aid_release",
        type="ReleaseResource",
        thread="commitment_id",
        parties=_ASKS,
        bindings=(
            ("commitment_line_id", "id"),
            ("quantity", "quantity"),
            ("release_time", "RequestedReturnDeparture@"),
            ("condition", "description"),
        ),
    ),
    Kind(
        body="aid_return",
        type="RequestReturn",
        thread="commitment_id",
        parties=_BOTH,
        bindings=(("commitment_line_id", "id"), ("returned", "quantity"), ("note", "description")),
        step=("step", "RETURN_STEP_RECALLED"),
        words="reason",
    ),
    Kind(
        body="resource_status",
        type="OfferUnsolicitedResource",
        entries="",
        parties=(("owner", "Owner"),),
        bindings=(
            ("name", "name"),
            ("type", "type"),
            ("place", "BeginAvailable#"),
            ("valid_until_time", "EndAvailable@"),
        ),
    ),
)
RETURNING = Kind(
    body="aid_return",
    type="ReportResourceDeploymentStatus",
    thread="commitment_id",
    parties=_BOTH,
    bindings=_RETURN,
    words="reason",
)
"""The way home is a report of deployment, too; the envelope's keyword urn:yrd:body says which is meant."""
BODIES = tuple(dict.fromkeys(kind.body for kind in KINDS))
EVERY = (*KINDS, RETURNING)
