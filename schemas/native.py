"""The steps that stand outside the interpreter (native/), where they were built.

Each of them can only say "surely so": whatever it does not know, and everything that is wrong, is for the
Python beside it to judge, so that what a gateway accepts and says does not depend on what was built.
`YRD_NATIVE=off` leaves them aside.
"""

import logging
import os
from functools import cache
from types import ModuleType

logger = logging.getLogger(__name__)
FORM = 2
"""The form of plans and results that native/src/lib.rs has to have, too."""


@cache
def native() -> ModuleType | None:
    """The module; None if it was not built, is turned off, or is of another form."""
    if os.environ.get("YRD_NATIVE", "").lower() == "off":
        return None
    try:
        import yrd_native  # noqa: PLC0415  # it need not be there
    except ImportError:
        return None
    if yrd_native.FORM != FORM:
        logger.warning("native_of_another_form", extra={"detail": "build again: make setup"})
        return None
    return yrd_native
