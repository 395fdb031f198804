"""NATS JetStream: a stream on a hub, mirrored by three leaf nodes, each a domain of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.engines.processes import Group, built, free_ports, measured, require
from tests.bench.peers.load import Load, Measured

HERE = Path(__file__).parent / "nats"
SERVER = "github.com/nats-io/nats-server/v2@v2.15.2"
LEAVES = ("l1", "l2", "l3")
HUB = """
server_name: hub
listen: 127.0.0.1:{port}
jetstream {{ store_dir: "{data}", domain: hub{sync} }}
leafnodes {{ listen: 127.0.0.1:{leaf_port} }}
"""
LEAF = """
server_name: {name}
listen: 127.0.0.1:{port}
jetstream {{ store_dir: "{data}", domain: {name}{sync} }}
leafnodes {{ remotes: [ {{ url: "nats-leaf://127.0.0.1:{leaf_port}" }} ] }}
"""
SYNCED = ", sync_interval: always"
"""NATS syncs after each message then; by default every two minutes."""


def measure(load: Load, cache: Path, *, synced: bool) -> Measured:
    """Sets everything up and measures. Raises EngineMissing."""
    server, program = _programs(cache)
    with (
        tempfile.TemporaryDirectory(prefix="yrd-bench-nats-") as name,
        _running(Path(name), server, synced) as urls,
    ):
        numbers = (load.size, load.messages, load.rate, load.seconds)
        found = measured([str(program), *map(str, numbers), *urls], 600)
    return Measured(
        "NATS JetStream 2.15.2" + (", synced each message" if synced else ", default sync"),
        found["run_copied"],
        found["acknowledged_p50"],
        found["acknowledged_p99"],
        found["delivered_p50"],
        found["delivered_p99"],
        "plain copies: no validation, no signatures, no TLS",
    )


def _programs(cache: Path) -> tuple[Path, Path]:
    require("go")
    folder = cache / "nats"
    folder.mkdir(parents=True, exist_ok=True)
    server, program = folder / "nats-server", folder / "load"
    if not server.exists():
        print("  building nats-server …", flush=True)
        built(["go", "install", SERVER], folder, {"GOBIN": str(folder)})
    built(["go", "build", "-o", str(program), "."], HERE)
    return server, program


@contextmanager
def _running(folder: Path, server: Path, synced: bool) -> Iterator[list[str]]:
    leaf_port, *ports = free_ports(2 + len(LEAVES))
    sync = SYNCED if synced else ""
    with Group(folder) as group:
        for name, port in zip(("hub", *LEAVES), ports, strict=True):
            settings, text = folder / f"{name}.conf", HUB if name == "hub" else LEAF
            data = folder / name
            settings.write_text(
                text.format(name=name, port=port, data=data, leaf_port=leaf_port, sync=sync)
            )
            group.start(name, [str(server), "-c", str(settings)])
        group.wait_for_ports([*ports, leaf_port])
        yield [f"nats://127.0.0.1:{port}" for port in ports]
