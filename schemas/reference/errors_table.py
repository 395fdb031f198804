"""The table of error reasons, from the comments of yrd.exchange.v1.ErrorReason."""

import re

from google.protobuf.descriptor import EnumDescriptor

from schemas.reference.book import Book
from schemas.reference.markdown import prose, table

REASONS = "yrd.exchange.v1.ErrorReason"
_PREFIX = "ERROR_REASON_"
_STATUS = re.compile(
    r"\s*\b(INVALID_ARGUMENT|FAILED_PRECONDITION|UNAUTHENTICATED|PERMISSION_DENIED|NOT_FOUND|"
    r"ALREADY_EXISTS|ABORTED|OUT_OF_RANGE|RESOURCE_EXHAUSTED|UNAVAILABLE|DATA_LOSS|INTERNAL|"
    r"DEADLINE_EXCEEDED|UNIMPLEMENTED|CANCELLED|UNKNOWN)\b([^.]*)\."
)
_METADATA = re.compile(r"\s*Metadata: ([\w, ]+)\.")


def error_table(book: Book) -> list[str]:
    """Reason, gRPC status with its details, metadata, meaning: one row for each reason."""
    enum: EnumDescriptor = book.contract.pool.FindEnumTypeByName(REASONS)
    rows = [
        [
            f"`{value.name.removeprefix(_PREFIX)}`",
            *parts(book.contract.comment(f"{REASONS}.{value.name}")),
        ]
        for value in enum.values
        if value.number != 0
    ]
    return table(("Reason", "Status", "Metadata", "Meaning"), rows)


def parts(comment: str) -> tuple[str, str, str]:
    """Status with details, metadata, and the rest of a reason's comment."""
    metadata, status = _METADATA.search(comment), _STATUS.search(comment)
    rest = _METADATA.sub("", _STATUS.sub("", comment))
    named = ", ".join(f"`{key.strip()}`" for key in metadata[1].split(",")) if metadata else ""
    return (f"{status[1]}{status[2]}" if status else "", named, prose(rest.strip()))
