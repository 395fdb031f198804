"""Questions about the Kafka bridge, and its file."""

from collections.abc import Iterator

from integration.setup import rules
from integration.setup.question import Both, Known, Question
from integration.setup.rules import is_yes, listed
from integration.setup.shared import (
    CERTS,
    GATEWAY,
    OWN,
    PARTICIPANT,
    fixed,
    gateway_section,
    metrics,
    system,
)
from integration.setup.writing import head, line, text, texts

QUESTIONS: tuple[Question, ...] = (
    Question(
        key="id",
        asks=Both("桥的名字？", "The bridge's name?"),
        why=Both(
            "同名的两个进程算同一座桥，后启动的接管；一般用行政区划代码。",
            "Two processes with one name are one bridge: the later one takes over. Usually your code.",
        ),
        fault=rules.name,
    ),
    Question(
        key="brokers",
        asks=Both("Kafka 的地址？", "The addresses of Kafka?"),
        why=Both("一个或几个，逗号隔开。", "One broker or more, with commas."),
        fault=rules.addresses,
    ),
    PARTICIPANT,
    GATEWAY,
    CERTS,
    OWN,
    system("bridge"),
    Question(
        key="username",
        asks=Both("Kafka 用户名？", "The user name at Kafka?"),
        why=Both(
            "SCRAM-SHA-512 登录；密码不写进文件，用环境变量 YRD_BRIDGE_LOGIN__PASSWORD。不需登录就留空。",
            "Login by SCRAM-SHA-512; the password comes by YRD_BRIDGE_LOGIN__PASSWORD. Empty: no login.",
        ),
        optional=True,
    ),
    Question(
        key="kafka_ca",
        asks=Both("Kafka 的 CA 文件？", "The CA of Kafka's certificates?"),
        why=Both(
            "填写后用 TLS 连接。留空则明文，只宜在同一机房。",
            "With one it connects by TLS. Empty: in the clear.",
        ),
        optional=True,
    ),
    Question(
        key="outbox",
        asks=Both(
            "本省系统往哪些主题写待发报文？", "Into which topics do your systems put drafts?"
        ),
        why=Both("桥从这些主题读取并发布。", "The bridge reads these and publishes."),
        usual=fixed("yrd.outbox"),
    ),
    Question(
        key="feed",
        asks=Both(
            "要供 Flink 或 Beam 使用的汇总主题吗？", "A topic with all messages, for Flink or Beam?"
        ),
        why=Both(
            "只有研判程序在引擎上运行时才需要。",
            "Only needed where the pipeline runs on an engine.",
        ),
        usual=fixed(rules.NO),
        fault=rules.yes_or_no,
    ),
    Question(
        key="replication",
        asks=Both("主题要几个副本？", "How many replicas of a topic?"),
        why=Both(
            "三台以上 broker 用 3；试验用的单台用 1。",
            "3 with three brokers or more; 1 for a trial.",
        ),
        usual=fixed("3"),
        fault=rules.one_of("1", "2", "3", "4", "5"),
    ),
    metrics(9464),
)


def written(known: Known) -> Iterator[str]:
    """The lines of a bridge's file."""
    replicas = int(known["replication"])
    yield from head("yrd bridge kafka", "docs/kafka.md")
    yield line("id", text(known["id"]), "同名即同一座桥 one id is one bridge")
    yield line("brokers", text(",".join(listed(known["brokers"]))))
    yield from gateway_section(known)
    if known["username"]:
        yield "login:  # 密码 password: YRD_BRIDGE_LOGIN__PASSWORD"
        yield line("mechanism", "SCRAM-SHA-512", "", 2)
        yield line("username", text(known["username"]), "", 2)
        yield line("password", '""', "", 2)
    if known["kafka_ca"]:
        yield f"tls: {{ca: {text(known['kafka_ca'])}}}"
    if is_yes(known["feed"]):
        yield "out:"
        yield line("feed", "{topic: yrd.feed}", "供引擎上的研判程序 for pipelines on an engine", 2)
    yield f"outbox: {{topics: {texts(listed(known['outbox']))}}}"
    yield line("topics", f"{{replication: {replicas}, min_insync_replicas: {min(2, replicas)}}}")
    if known["metrics"]:
        yield line("metrics", text(known["metrics"]), "Prometheus")
