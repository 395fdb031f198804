"""What is full first, and at how many times the load. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from integration.simulate.fair import Floats
from integration.simulate.needs import PACES, Needs


@dataclass(frozen=True, slots=True)
class Limit:
    """At how many times the load something is full."""

    zh: str
    en: str
    times: float
    how: str


def limits(needs: Needs) -> list[Limit]:
    """The lowest load first."""
    found = [*_disks(needs), *_processes(needs), *_lines(needs), *_engines(needs)]
    return sorted(found, key=lambda limit: limit.times)


def _disks(needs: Needs) -> Iterator[Limit]:
    month = needs.figures.machines.disk.value * 1e9 / 30 / 86_400
    for zh, en, at in (*_busiest(needs, needs.disk_bytes), _joint(needs)):
        times, how = month / float(needs.disk_bytes[at]), "disk / 30 d / bytes stored a second"
        yield Limit(
            f"{zh}：磁盘存不满一个月", f"{en}: its disk holds less than a month", times, how
        )


def _processes(needs: Needs) -> Iterator[Limit]:
    machines = needs.figures.machines
    core = machines.process_cores.value * machines.relative.value * 1e6
    for pace in PACES:
        for zh, en, at in (*_busiest(needs, needs.work_us), _joint(needs)):
            times = (core - pace * needs.batch_us) / float(needs.work_us[at])
            full_zh = f"{zh}：进程占满，每链路每秒 {pace:g} 批"
            full_en = f"{en}: its process is full at {pace:g} batches/s a link"
            yield Limit(full_zh, full_en, times, f"(core − {pace:g} × batches) / work")


def _lines(needs: Needs) -> Iterator[Limit]:
    line = needs.figures.machines.uplink.value * 1e6 / 8 - needs.batch_bytes(PACES[-1])
    most, joint = needs.places[needs.largest], _joint(needs)
    times = line / float(needs.sent_bytes[needs.largest])
    yield Limit(
        f"{most.zh}：线路占满", f"{most.code}: its line is full", times, "line / bytes sent"
    )
    times = line / float(needs.got_bytes[joint[2]])
    yield Limit(
        f"{joint[0]}：线路占满", f"{joint[1]}: its line is full", times, "line / bytes received"
    )


def _engines(needs: Needs) -> Iterator[Limit]:
    engines, rate = needs.figures.engines, needs.all_published
    for zh, en, does in (
        ("一个 Kafka 桥写满", "joint room: one bridge to Kafka is full", engines.kafka_produce),
        ("一个 Kafka 读者读满", "joint room: one reader of Kafka is full", engines.kafka_consume),
        ("一个 Flink 槽占满", "joint room: one Flink slot is full", engines.flink_slot),
    ):
        yield Limit(f"联合值守：{zh}", en, does.value / rate, "what one does / messages a second")


def _joint(needs: Needs) -> tuple[str, str, int]:
    return "联合值守", "joint room", needs.joint


def _busiest(needs: Needs, values: Floats) -> list[tuple[str, str, int]]:
    """The province with the most of something, with its names."""
    provinces = [n for n, place in enumerate(needs.places) if place.is_province]
    at = max(provinces, key=lambda n: float(values[n]))
    return [(needs.places[at].zh, needs.places[at].code, at)]
