"""The harness has gateways with the native steps and one without, so that both are under every fault."""

from pathlib import Path

from tests.faults.harness.gateways import make
from tests.faults.harness.processes import ALL_IN_PYTHON, Nursery
from tests.support.native_steps import native_steps


def test_one_gateway_takes_no_native_steps(tmp_path: Path) -> None:
    file = str(native_steps().__file__).rpartition("/")[0]
    nursery = Nursery()
    try:
        gateways = make(tmp_path / "scene", nursery)
        gateways.start(*gateways.members)
        maps = {n: Path(f"/proc/{m.pid}/maps").read_text() for n, m in gateways.members.items()}
        assert [name for name in maps if file not in maps[name]] == [ALL_IN_PYTHON]
        for proxy in gateways.proxies.values():
            proxy.close()
    finally:
        nursery.close()
