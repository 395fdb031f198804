"""Stores as an earlier version wrote them, and how they are made.

`python -m tests.support.old_stores COMMIT NAME` runs gateways of that commit and keeps their stores in
tests/data/stores/NAME. It needs grpcio-tools (pyproject.toml says which) to generate that commit's contract.
"""

import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORES = ROOT / "tests" / "data" / "stores"
TAKEN_ALONG = ("fixed_keys.py", "old_traffic.py")


def names() -> list[str]:
    """Those that are kept, oldest first."""
    return sorted(folder.name for folder in STORES.iterdir() if folder.is_dir())


def unpack(name: str, participant: str, path: Path) -> None:
    """Puts a store in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.decompress((STORES / name / f"{participant}.db.xz").read_bytes()))


def make(commit: str, name: str) -> None:
    """Runs that commit, and keeps what it wrote."""
    with tempfile.TemporaryDirectory(prefix="yrd-old-") as folder:
        tree, out = Path(folder, "tree"), Path(folder, "out")
        tree.mkdir()
        archive = subprocess.run(
            ["git", "archive", commit], cwd=ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x"], cwd=tree, input=archive.stdout, check=True)
        for file in TAKEN_ALONG:
            shutil.copy(ROOT / "tests" / "support" / file, tree / "tests" / "support" / file)
        path = os.pathsep.join([str(tree), str(tree / "proto"), os.environ.get("PYTHONPATH", "")])
        env = {**os.environ, "PYTHONPATH": path}
        for program in (["tools/generate.py"], ["-m", "tests.support.old_traffic", str(out)]):
            subprocess.run([sys.executable, *program], cwd=tree, env=env, check=True)
        (STORES / name).mkdir(parents=True, exist_ok=True)
        for store in out.glob("*.db"):
            packed = lzma.compress(store.read_bytes(), preset=9)
            (STORES / name / f"{store.name}.xz").write_bytes(packed)


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2])
