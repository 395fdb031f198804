"""The steps outside the interpreter (native/), for tests that compare them with the Python beside them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from schemas.native import native


def native_steps() -> ModuleType:
    """The module; skips where it was not built, and fails in CI."""
    steps = native()
    if steps is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no yrd_native: make setup, with a Rust compiler")
        pytest.skip("left out: yrd_native was not built (make setup, with a Rust compiler)")
    return steps


def without_native_steps(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """Has these modules do all of it in Python, in this test."""
    for module in modules:
        monkeypatch.setattr(module, "native", lambda: None)


@contextmanager
def all_in_python() -> Iterator[None]:
    """Has every module do all of it in Python, where a test's faults are put into it."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("YRD_NATIVE", "off")
            native.cache_clear()
            yield
    finally:
        native.cache_clear()
