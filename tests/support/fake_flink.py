"""An environment whose `flink` only says something."""

from pathlib import Path
from typing import NamedTuple


class FakeFlink(NamedTuple):
    """What a submission needs, and where the command notes how it was called."""

    environment: Path
    connector: Path
    java: Path
    called: Path


def fake_flink(folder: Path, says: str = "") -> FakeFlink:
    """Made in a folder. `java`: a folder for the path that has a `java`."""
    made = FakeFlink(folder, folder / "kafka.jar", folder / "jdk", folder / "called")
    binaries = folder / "lib" / "python3.11" / "site-packages" / "pyflink" / "bin"
    for new in (binaries, made.java):
        new.mkdir(parents=True)
    (binaries / "flink").write_text(
        f'#!/bin/sh\necho "$YRD_PIPELINE_KAFKA" "$@" > {made.called}\necho "{says}"\n'
    )
    made.connector.touch()
    (made.java / "java").write_text("")
    (made.java / "java").chmod(0o755)
    return made
