"""The archive has what a job imports and reads, and its environment the versions that we have."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from pipelines.flink.packing import pack

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = """
import sys
from pipelines.running.kept import KeptScope
from pipelines.streaming.reading import read_feed
from pipelines.flink.settings import settings_of
from pipelines.tabled import rows
from schemas.avro.codec import encode
from yrd.exchange.v1.message_pb2 import Draft
assert rows("over") and encode(Draft())
assert not {"apache_beam", "pyflink", "grpc", "confluent_kafka"} & set(sys.modules)
print(*{sys.modules[n].__file__ for n in ("pipelines.tabled", "schemas.catalog")}, sep="\\n")
"""


def test_unpacked_it_is_enough_and_loads_no_engine(tmp_path: Path) -> None:
    pack(tmp_path / "yrd.zip")
    with ZipFile(tmp_path / "yrd.zip") as packed:
        packed.extractall(tmp_path / "code")
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(
        command,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "code")},
        capture_output=True,
        text=True,
    )
    assert all(line.startswith(str(tmp_path)) for line in done.stdout.split())


def test_versions_are_those_of_the_lock() -> None:
    wanted = (ROOT / "pipelines" / "flink" / "requirements.txt").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = [line for line in wanted.splitlines() if not line.startswith("#")]
    assert lines
    missing = [one for one in lines if not re.search(rf"^{re.escape(one)}[ \\]", lock, re.M)]
    assert not missing
