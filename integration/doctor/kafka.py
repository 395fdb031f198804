"""Kafka, where a bridge is configured: brokers, login, topics, as `yrd bridge kafka check` looks at them."""

from collections.abc import Iterator

from gateway.config import ConfigError
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, good, skipped, trouble
from integration.doctor.settings import missing_extra

CHECK = "kafka"
_WHY = Words("桥接停住；恢复后从断点继续", "the bridge stands still; it goes on where it stopped")


def check(asked: Asked) -> Iterator[Finding]:
    """What is wrong with them."""
    if asked.bridge is None:
        return
    if not asked.network:
        yield skipped(CHECK, "未检查 Kafka", "Kafka was not asked (--no-network)")
        return
    try:
        from integration.kafka import config, errors, setting_up  # noqa: PLC0415  # librdkafka is one province's
    except ModuleNotFoundError as error:
        yield missing_extra(CHECK, "kafka", error)
        return
    try:
        faults = setting_up.look(config.load(asked.bridge))
    except ConfigError:
        return  # told by the check of the configuration
    except errors.BridgeError as error:
        step = Words(
            "核对 brokers、登录与证书；Kafka 是否在运行？",
            "check brokers, login and certificates; does Kafka run?",
        )
        yield trouble(CHECK, Words(f"Kafka：{error}", str(error)), _WHY, step)
        return
    for fault in faults:
        what = f"topic {fault.topic} {fault.problem}"
        yield trouble(CHECK, Words(what, what), _WHY, Words(fault.remedy, fault.remedy))
    if not faults:
        yield good(
            CHECK, "Kafka 的主题齐全、设置正确", "Kafka: all topics are there and as they must be"
        )
