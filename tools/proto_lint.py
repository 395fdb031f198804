"""Lints the contract with buf (rules STANDARD and COMMENTS), from the npm package @bufbuild/buf.

The contract is handed to buf as the descriptor set that the build makes: so buf needs no copy of the
files that it imports from protovalidate and googleapis. Run by `make proto-lint`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTORS = ROOT / "build" / "contract.binpb"
BUF = "@bufbuild/buf@1.75.0"
CONFIG = {"version": "v2", "lint": {"use": ["STANDARD", "COMMENTS"]}}


def buf() -> Path:
    """The path of buf, installed into node_modules if it is not there."""
    found = ROOT / "node_modules" / ".bin" / "buf"
    if not found.exists():
        if shutil.which("npm") is None:
            sys.exit("proto-lint needs npm: install Node.js, or leave this check to CI")
        command = ["npm", "install", "--silent", "--no-save", "--no-package-lock", BUF]
        subprocess.run(command, cwd=ROOT, check=True)
    return found


def lint() -> int:
    """Prints what buf finds; its exit status."""
    command = [str(buf()), "lint", str(DESCRIPTORS), "--config", json.dumps(CONFIG)]
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([*command, "--path", "yrd"], cwd=folder, check=False).returncode


if __name__ == "__main__":
    status = lint()
    print("buf lint: clean" if status == 0 else "buf lint: see above")
    sys.exit(status)
