"""Makes the project's own virtual environment in .venv. Standard library only.

Safe to interrupt: each step's stamp is written last, and a step without its right stamp is done anew.
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
PACKAGES = ("requirements.lock", "tools/setup.py")
CODE = ("pyproject.toml", "hatch_build.py", "tools/generate.py")
PROTOS = "proto/yrd/**/*.proto"
NATIVE = (
    "native/Cargo.toml",
    "native/Cargo.lock",
    "native/pyproject.toml",
    "native/yrd_native.pyi",
)
OLDEST = (3, 11)


class Stamp:
    """A file in the environment that says from which inputs a step of it was made."""

    def __init__(self, name: str, inputs: list[Path]) -> None:
        self._path = VENV / name
        digest = hashlib.sha256(f"{ROOT}\n{sys.version}".encode())
        for path in inputs:
            digest.update(path.read_bytes())
        self._fingerprint = digest.hexdigest()

    def right(self) -> bool:
        """Whether the step was done to its end, from these inputs."""
        return self._path.exists() and self._path.read_text() == self._fingerprint

    def remove(self) -> None:
        """To be called before the step begins anew."""
        self._path.unlink(missing_ok=True)

    def write(self) -> None:
        """To be called when the step is done."""
        self._path.write_text(self._fingerprint)


def run(step: str, command: list[str]) -> None:
    """Runs one step, which set-up can't do without; its output is shown only if it fails."""
    if not done(step, command):
        sys.exit(
            f"set-up stopped at: {step}. Mend what stands above and run the same command again."
        )


def done(step: str, command: list[str]) -> bool:
    """Whether a step ran to its end; its output is shown only if not."""
    print(f"  {step} …", end="", flush=True, file=sys.stderr)
    started = time.monotonic()
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    ended = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if ended.returncode != 0:
        print(f" failed\n{ended.stdout}", file=sys.stderr)
        return False
    print(f" {time.monotonic() - started:.0f} s", file=sys.stderr)
    return True


def outside() -> str:
    """The Python that .venv is made from, even if .venv is activated and this runs in it."""
    return str(getattr(sys, "_base_executable", sys.executable))


def pip() -> list[str]:
    """The command that runs pip in the environment.

    Debian and Ubuntu split venv's pip off into a package of its own, so the bundled wheel
    (tools/bootstrap) is used.
    """
    wheel = next((ROOT / "tools" / "bootstrap").glob("pip-*.whl"))
    python = str(VENV / "bin" / "python")
    return [python, str(wheel / "pip"), "--disable-pip-version-check", "install", "--quiet"]


def setup() -> None:
    """Brings .venv up to date; does nothing when it is."""
    _python()
    _native()


def _native() -> None:
    """Builds native/ where there is a Rust compiler; without it the same is done in Python."""
    if shutil.which("cargo") is None:
        return
    sources = sorted((ROOT / "native" / "src").rglob("*.rs"))
    native = Stamp("yrd-native", [*(ROOT / name for name in NATIVE), *sources])
    if native.right():
        return
    native.remove()
    if done("native steps (Rust)", [*pip(), "--no-deps", "--no-build-isolation", "./native"]):
        native.write()
    elif os.environ.get("CI"):
        sys.exit("set-up stopped: in CI the native steps have to be there.")
    else:
        print("going on without the native steps: Python does the same, slower", file=sys.stderr)


def _python() -> None:
    packages = Stamp("yrd-packages", [ROOT / name for name in PACKAGES])
    code = Stamp("yrd-code", [*(ROOT / name for name in CODE), *sorted(ROOT.glob(PROTOS))])
    if packages.right() and code.right():
        return
    if not packages.right():
        print("setting up .venv (once; a minute or two)", file=sys.stderr)
        shutil.rmtree(VENV, ignore_errors=True)
        run("empty environment", [outside(), "-m", "venv", "--without-pip", str(VENV)])
        run("packages", [*pip(), "--requirement", "requirements.lock", "--require-hashes"])
        packages.write()
    code.remove()
    run("generated code and the command yrd", [*pip(), "--no-deps", "--editable", "."])
    code.write()


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
    try:
        setup()
    except KeyboardInterrupt:
        sys.exit("\nset-up interrupted: the same command starts it again")


if __name__ == "__main__":
    main()
