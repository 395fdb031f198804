"""buf (npm @bufbuild/buf) judges every mutation of the table, from descriptor sets."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engines.conftest import require_tools
from tests.unit.schemas.compat.markdown import table
from tests.unit.schemas.compat.mutation import Mutation
from tests.unit.schemas.compat.mutations import MUTATIONS
from tests.unit.schemas.compat.probe import Probe
from tools import proto_lint

CONFIG = json.dumps({"version": "v2", "breaking": {"use": ["FILE", "WIRE_JSON"]}})
_FOUND_SOMETHING = 100


@pytest.fixture(scope="module")
def buf() -> str:
    """The path of buf; it needs Node.js to run, too."""
    require_tools("npm", "node")
    return str(proto_lint.buf())


@pytest.fixture(scope="module")
def verdicts(buf: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """Name of the mutation → ids of buf's rules that it breaks, sorted."""
    folder = tmp_path_factory.mktemp("buf")
    base = folder / "base.binpb"
    base.write_bytes(Probe().set.SerializeToString())

    def judge(numbered: tuple[int, Mutation]) -> tuple[str, tuple[str, ...]]:
        number, mutation = numbered
        probe = Probe()
        mutation.mutate(probe)
        path = folder / f"{number}.binpb"
        path.write_bytes(probe.set.SerializeToString())
        return mutation.name, breaking(buf, path, base)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return dict(threads.map(judge, enumerate(MUTATIONS)))


def breaking(buf: str, new: Path, old: Path) -> tuple[str, ...]:
    """Ids of the rules that `buf breaking` finds broken."""
    command = [buf, "breaking", str(new), "--against", str(old), "--config", CONFIG]
    done = subprocess.run(
        [*command, "--error-format", "json"],
        cwd=new.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, _FOUND_SOMETHING), f"{new.name}: {done.stderr}"
    return tuple(sorted({json.loads(line)["type"] for line in done.stdout.splitlines()}))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[m.name for m in MUTATIONS])
def test_bufs_verdict_is_the_tables(
    verdicts: dict[str, tuple[str, ...]], mutation: Mutation
) -> None:
    assert verdicts[mutation.name] == tuple(sorted(mutation.buf))


def test_the_table_for_readers(verdicts: dict[str, tuple[str, ...]]) -> None:
    """Printed with `pytest -s`; its drift from docs/compatibility.md is a unit test."""
    print(table())
    assert len(verdicts) == len(MUTATIONS)
