"""yrd pipeline submit: the joint picture on an engine."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, UNREACHABLE, fail
from integration.cli.instants import INSTANT, NoInstant, instant_us

if TYPE_CHECKING:
    from integration.kafka.config import BridgeConfig, FeedTopic

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Options that are not known here are the engine's own."""


class Engine(StrEnum):
    """What runs the job."""

    FLINK = "flink"
    BEAM = "beam"


def submit(
    context: typer.Context,
    engine: Annotated[
        Engine,
        typer.Option(
            help="flink: a job on a cluster; further options are Flink's (-D…). "
            "beam: a streaming Beam job; further options are Beam's (--runner …)."
        ),
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
    pack: Annotated[
        Path | None,
        typer.Option(
            help="Flink: write our code there, for the image of an application cluster, and only "
            "print Flink's command."
        ),
    ] = None,
    replay: Annotated[
        bool, typer.Option(help="Flink: pictures of the newest instant told, not of now.")
    ] = False,
    every: Annotated[float, typer.Option(min=0.1, help="Beam: seconds between pictures.")] = 10.0,
    begin: Annotated[
        str,
        typer.Option("--from", help=f"Beam: instant of the first picture ({INSTANT}); else now."),
    ] = "",
    end: Annotated[
        str,
        typer.Option(
            "--until", help="Beam: instant of the last picture, of what stands in the feed now."
        ),
    ] = "",
    readers: Annotated[
        int, typer.Option(min=1, help="Beam: readers of each topic; 1 on Prism (docs/beam.md).")
    ] = 1,
    detach: Annotated[
        bool, typer.Option("--detach", help="Beam: don't wait for the job's end.")
    ] = False,
) -> None:
    """Run the joint picture on an engine, from the bridge's feed topic into a topic of results.

    `yrd bridge kafka in` publishes the results. A Beam job is waited for; SIGTERM or Ctrl-C cancels it.

    yrd pipeline submit --engine flink --config bridge.yaml --environment flink --connector kafka.jar

    yrd pipeline submit --engine beam --config bridge.yaml --runner PrismRunner --prism_location prism
    """
    if engine == Engine.BEAM:
        _to_beam(context, config, results, (every, regular), (begin, end), readers, detach=detach)
        return
    from integration.kafka.java_settings import java_settings
    from pipelines.flink.settings import Settings
    from pipelines.flink.submitting import NotSubmitted, Submission, packed
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
        print(to_flink(made) if pack is None else packed(made, pack))
    except NotSubmitted as error:
        fail(str(error), REFUSED)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; correct `tls` in {config}", BAD_INPUT)


def _to_beam(
    context: typer.Context,
    config: Path,
    results: str | None,
    seconds: tuple[float, float],
    instants: tuple[str, str],
    readers: int,
    *,
    detach: bool,
) -> None:
    from integration.logs import to_stderr

    if not any(word.startswith("--runner") for word in context.args):
        fail("--runner: name one of Beam's, such as PrismRunner (docs/beam.md)", BAD_INPUT)
    bridge, _ = _bridge(config)
    to_stderr()  # before Beam is imported, which says something by itself

    from integration.beam_job import JobFailed, Wanted, job_config, run
    from integration.kafka.errors import Away, Halted

    try:
        begin_us, end_us = (instant_us(text) if text else None for text in instants)
        wanted = Wanted(
            results=results,
            every_seconds=seconds[0],
            regular_seconds=seconds[1],
            readers=readers,
            from_us=begin_us,
            until_us=end_us,
        )
        run(job_config(bridge, wanted), context.args, detach)
    except NoInstant as error:
        fail(str(error), BAD_INPUT)
    except Away as error:
        fail(f"{error}; check `brokers` and that they run", UNREACHABLE)
    except (Halted, JobFailed) as error:
        fail(str(error), REFUSED)


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
