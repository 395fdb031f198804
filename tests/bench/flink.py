"""How fast the pipeline's job on Flink is: `make bench-flink`, or this file with --help.

The feed holds messages of four provinces, in records of 500; the job starts, and the clock runs from the
moment at which all its tasks run until a reader of committed records sees a summary that rests on all
of them: folding, merging in keyed state, one or a few pictures, a checkpoint. A broker, a job manager and a
task manager with two slots are on this machine.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from integration.engines import flink, kafka
from integration.engines.processes import EngineMissing
from pipelines.flink.submitting import VERSION
from pipelines.pictures.picture import JOINT
from tests.bench.exchange import machine
from tests.bench.pipeline import messages
from tests.bench.processes import processor_seconds
from tests.support.flinking import Job
from yrd.exchange.v1.message_pb2 import Message

PIECE = 20_000
"""Messages that are made and told at once."""
GIVE_UP_SECONDS = 1200.0


def measured(job: Job, count: int) -> float:
    """Seconds until all is in the picture."""
    job.submit(replay=True, soon_seconds=1.0)
    begun = time.monotonic()
    while _seen(job) < count:
        if time.monotonic() - begun > GIVE_UP_SECONDS:
            raise EngineMissing(f"the job was not through after {GIVE_UP_SECONDS:g} s")
        time.sleep(0.5)
    return time.monotonic() - begun


def _seen(job: Job) -> int:
    """Messages that the newest joint summary rests on: all are of one exercise."""
    whole = [
        draft.situation_summary for draft in job.results() if draft.situation_summary.scope == JOINT
    ]
    return sum(line.message_count for line in whole[-1].coverage) if whole else 0


def main(words: Sequence[str] | None = None) -> None:
    """Prints a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=1000, help="bytes of a message, about")
    parser.add_argument("--parallelism", type=int, nargs="+", default=[1, 2])
    told = parser.parse_args(words)
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; Flink {VERSION}, Kafka {kafka.VERSION}")
    print(
        "| parallelism | messages | seconds | messages/s | processor µs a message, all processes |"
    )
    print("| --- | --- | --- | --- | --- |")
    made = [Message.FromString(data) for data in messages(told.messages, told.size)]
    with kafka.broker(kafka.fetch()) as broker, flink.cluster(flink.fetch()) as cluster:
        for parallelism in told.parallelism:
            job = Job.over(cluster, broker.address, f"bench-{parallelism}")
            job.settings = replace(job.settings, parallelism=parallelism)
            source = iter(made)
            while some := list(islice(source, PIECE)):
                job.tell(some, 500)
            before = processor_seconds()
            seconds = measured(job, told.messages)
            used = 1e6 * (processor_seconds() - before) / told.messages
            job.cancel()
            rate = f"{told.messages / seconds:,.0f}"
            print(f"| {parallelism} | {told.messages:,} | {seconds:.1f} | {rate} | {used:.0f} |")


if __name__ == "__main__":
    main()
