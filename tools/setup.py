"""Makes the project's own virtual environment in .venv. Standard library only.

Safe to interrupt: a stamp is written last, and without a right stamp the environment is made anew.
Run by `make`; `python3 tools/setup.py --help` says more.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "yrd-stamp"
INPUTS = (
    "requirements.lock",
    "pyproject.toml",
    "hatch_build.py",
    "tools/setup.py",
    "tools/generate.py",
)
OLDEST = (3, 11)


def fingerprint() -> str:
    """Digest of everything that the environment is made from, the contract included."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version}".encode())
    for path in [ROOT / name for name in INPUTS] + sorted(ROOT.glob("proto/yrd/**/*.proto")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(step: str, command: list[str]) -> None:
    """Runs one step; its output is shown only if it fails."""
    print(f"  {step} …", end="", flush=True, file=sys.stderr)
    started = time.monotonic()
    done = subprocess.run(
        command, check=False, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        print(f" failed\n{done.stdout}", file=sys.stderr)
        sys.exit(
            f"set-up stopped at: {step}. Mend what stands above and run the same command again."
        )
    print(f" {time.monotonic() - started:.0f} s", file=sys.stderr)


def make_environment() -> list[str]:
    """Makes an empty environment. Returns the command that runs pip in it.

    Debian and Ubuntu split venv's pip off into a package of its own, so without it the bundled
    wheel (tools/bootstrap) is used.
    """
    python = str(VENV / "bin" / "python")
    wheel = next((ROOT / "tools" / "bootstrap").glob("pip-*.whl"))
    run("empty environment", [sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    return [python, str(wheel / "pip")]


def setup() -> None:
    """Brings .venv up to date; does nothing when it is."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    print("setting up .venv (once; a minute or two)", file=sys.stderr)
    shutil.rmtree(VENV, ignore_errors=True)
    pip = [*make_environment(), "--disable-pip-version-check", "install", "--quiet"]
    run("packages", [*pip, "--requirement", "requirements.lock", "--require-hashes"])
    run("generated code and the command yrd", [*pip, "--no-deps", "--editable", "."])
    STAMP.write_text(fingerprint())


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    if sys.version_info < OLDEST:
        sys.exit(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: "
            "name another with `make PYTHON=python3.12 …`"
        )
    os.environ.pop("PYTHONPATH", None)
    setup()


if __name__ == "__main__":
    main()
