"""yrd pipeline submit: the joint picture on an engine."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, fail

if TYPE_CHECKING:
    from integration.kafka.config import BridgeConfig, FeedTopic

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Options that are not known here are the engine's own."""


class Engine(StrEnum):
    """What runs the job."""

    FLINK = "flink"


def submit(
    context: typer.Context,
    engine: Annotated[
        Engine, typer.Option(help="flink: a job on a cluster; further options are Flink's (-D…).")
    ],
    config: Annotated[
        Path, typer.Option(help="The Kafka bridge's YAML file, with out.feed (docs/kafka.md).")
    ],
    results: Annotated[
        str | None, typer.Option(help="Topic of the results; else the first outbox topic.")
    ] = None,
    regular: Annotated[
        float, typer.Option(min=0, help="Seconds after which what only moves is said.")
    ] = 60.0,
    name: Annotated[
        str, typer.Option(help="Flink: of the job; two of one name are one.")
    ] = "yrd-pipeline",
    environment: Annotated[
        Path | None,
        typer.Option(envvar="YRD_FLINK", help="Flink: virtual environment with PyFlink."),
    ] = None,
    connector: Annotated[
        Path | None,
        typer.Option(envvar="YRD_FLINK_CONNECTOR", help="Flink: the jar of its Kafka connector."),
    ] = None,
    cluster: Annotated[
        str, typer.Option(help="Flink: HOST:PORT of a session cluster's REST interface.")
    ] = "127.0.0.1:8081",
    target: Annotated[
        str,
        typer.Option(help="Flink: remote is a session cluster; or such as kubernetes-application."),
    ] = "remote",
    resume: Annotated[
        str, typer.Option(help="Flink: savepoint or newest kept checkpoint to go on from.")
    ] = "",
    parallelism: Annotated[int, typer.Option(min=1, help="Flink: of each step.")] = 2,
    replay: Annotated[
        bool, typer.Option(help="Flink: pictures of the newest instant told, not of now.")
    ] = False,
) -> None:
    """Run the joint picture on an engine, from the bridge's feed topic into a topic of results.

    `yrd bridge kafka in` publishes the results.

    yrd pipeline submit --engine flink --config bridge.yaml --environment flink --connector kafka.jar
    """
    from integration.kafka.java_settings import java_settings
    from pipelines.flink.settings import Settings
    from pipelines.flink.submitting import NotSubmitted, Submission
    from pipelines.flink.submitting import submit as to_flink

    bridge, feed = _bridge(config)
    if environment is None or connector is None:
        fail(
            "--environment and --connector: say where PyFlink and its Kafka connector are, or set "
            "YRD_FLINK and YRD_FLINK_CONNECTOR (docs/flink.md)",
            BAD_INPUT,
        )
    try:
        settings = Settings(
            name=name,
            brokers=bridge.brokers,
            feed=feed.topic,
            most_bytes=bridge.max_record_bytes,
            results=results or bridge.outbox.topics[0],
            rejected=feed.rejected,
            parallelism=parallelism,
            regular_seconds=regular,
            replay=replay,
        )
        made = Submission(
            settings=settings,
            environment=environment,
            connector=connector,
            cluster=cluster,
            target=target,
            resume=resume,
            kafka=java_settings(bridge),
            options=tuple(context.args),
        )
        print(to_flink(made))
    except NotSubmitted as error:
        fail(str(error), REFUSED)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; correct `tls` in {config}", BAD_INPUT)


def _bridge(file: Path) -> "tuple[BridgeConfig, FeedTopic]":
    """The bridge's configuration, and its feed."""
    from gateway.settings_file import ConfigError
    from integration.kafka.config import load

    try:
        bridge = load(file)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    if bridge.out.feed is None:
        fail(f"{file}: out.feed: name the topic that pipelines read (docs/kafka.md)", BAD_INPUT)
    return bridge, bridge.out.feed
