"""Cases in short: one draft that is accepted, or refused between two good ones."""

from typing import Any

SHORTHANDS = ("draft", "accepted", "refused")
_ID = "=sent.drafts[{}].header.message_id"


def expand(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a case that has `draft` instead; none if it has neither."""
    if "draft" not in case:
        return []
    if "refused" in case:
        return _refused(case["draft"], case["refused"])
    return _accepted(case["draft"])


def _refused(draft: Any, refused: dict[str, Any]) -> list[dict[str, Any]]:
    """Its neighbours are kept, and nothing of it is."""
    steps = [
        {
            "publish": ["resource", draft, "resource"],
            "save": "sent",
            "expect": ["accepted", {"refused": refused}, "accepted"],
        }
    ]
    if isinstance(draft, dict) and ("raw" in draft or "again" in draft):
        return steps
    gone = {"reason": ["MESSAGE_NOT_FOUND", "MALFORMED_REQUEST"]}
    look = {"get": {"message_id": _ID.format(1)}, "as": "console", "expect": {"refused": gone}}
    return [*steps, look]


def _accepted(draft: Any) -> list[dict[str, Any]]:
    """It comes back as it was sent."""
    return [
        {"publish": [draft], "save": "sent"},
        {"get": {"message_id": _ID.format(0)}, "save": "got"},
        {"check": ["same_content(got, sent.drafts[0])"]},
    ]
