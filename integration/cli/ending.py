"""How the command ends: exit statuses, and errors as people read them."""

import sys
from typing import NoReturn

from client import ExchangeError

OK = 0
REFUSED = 1
BAD_INPUT = 2
UNREACHABLE = 3
ATTENTION = 4
INTERRUPTED = 130

STATUSES = """Exit statuses: 0 done; 1 something was refused, or a check failed; 2 bad input, usage or
configuration; 3 no gateway could be reached; 4 it works, and something is to be seen to soon (status,
doctor); 130 interrupted."""


def fail(text: str, status: int) -> NoReturn:
    """Prints what went wrong and ends with the status."""
    print(f"error: {text}", file=sys.stderr)
    raise SystemExit(status)


def explain(error: ExchangeError) -> str:
    """An exchange error in lines: what, or each field with rule and remedy, and when to try again."""
    reason = f" [{error.reason}]" if error.reason else ""
    lines = [f"{error.code}{reason}" if error.fields else f"{error.code}{reason}: {error.message}"]
    lines += [f"  {f.field or 'message'}: {f.remedy} (rule {f.rule})" for f in error.fields]
    if error.retry_seconds:
        lines.append(f"  try again in {error.retry_seconds:g} s")
    return "\n".join(lines)


def fail_exchange(error: ExchangeError) -> NoReturn:
    """Ends with what a gateway answered, or that there was no answer."""
    if error.code in ("UNAVAILABLE", "DEADLINE_EXCEEDED") and not error.reason:
        fail(
            f"no gateway answers: {error.message}; check the address and that it runs "
            "(`yrd status`, `yrd up`)",
            UNREACHABLE,
        )
    fail(explain(error), REFUSED)
