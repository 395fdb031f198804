"""Lints native/ with rustfmt and clippy. Run by `make lint`; needs Rust with both, as rustup installs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NATIVE = Path(__file__).resolve().parent.parent / "native"
CHECKS = (
    ["cargo", "fmt", "--check"],
    ["cargo", "clippy", "--locked", "--release", "--quiet", "--", "--deny", "warnings"],
)


def lint() -> int:
    """Prints what they find; the first exit status that is not 0."""
    if shutil.which("cargo") is None:
        if os.environ.get("CI"):
            sys.exit("native lint needs cargo: in CI it may not be left out")
        print("native lint: left out, there is no cargo (rustup.rs)")
        return 0
    ended = (subprocess.run(check, cwd=NATIVE, check=False).returncode for check in CHECKS)
    status = next((status for status in ended if status), 0)
    print("native lint: see above" if status else "native lint: clean")
    return status


if __name__ == "__main__":
    sys.exit(lint())
