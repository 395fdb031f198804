"""The figures that the simulation computes with, each with its unit, how sure it is, and where it is from.

They stand in figures.yaml beside this file. A file of one's own may replace any of them: a number alone, or
value, mark and source.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.yaml_text import said

OWN = Path(__file__).parent / "figures.yaml"
Mark = Literal["measured", "computed", "assumed", "given"]


class FiguresError(Exception):
    """A file of figures that can't be used; the text names file, key, rule and remedy."""


class Figure(BaseModel):
    """A number of at least 0."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(ge=0, allow_inf_nan=False)
    unit: str
    mark: Mark
    source: str = Field(min_length=1)


class Capacity(Figure):
    """A number of more than 0."""

    value: float = Field(gt=0, allow_inf_nan=False)


class Section(BaseModel):
    """A group of figures."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Costs(Section):
    """Processor time, µs; those that end in `_kb` for 1,000 bytes."""

    seal: Figure
    """The origin's process, for a message: check, take, seal, store, acknowledge."""
    seal_kb: Figure
    commit: Figure
    """The origin's process, for a commit."""
    serve: Figure
    """The origin's process, for an entry and peer."""
    serve_kb: Figure
    send: Figure
    """The origin's process, for a batch to a peer and its receipt."""
    mirror: Figure
    """A peer's process, for an entry that it may see."""
    mirror_kb: Figure
    mirror_parts: Figure
    """More, for a message of a kind that has disclosure groups."""
    mirror_withheld: Figure
    """A peer's process, for an entry of which it gets the hash."""
    receive: Figure
    """A peer's process, for a batch: checks, commit, receipt."""
    deliver: Figure
    """A gateway's process, for a message to a subscriber, opening it included."""
    deliver_kb: Figure


class Sizes(Section):
    """Bytes."""

    withheld: Figure
    """An entry on the wire of which only the hash is given."""
    batch: Figure
    """A batch beside its entries, and its receipt."""
    stored: Figure
    """What an own entry takes on disk beside its bytes on the wire."""
    mirrored: Figure
    """What a peer's entry takes on disk beside its bytes on the wire."""
    stored_withheld: Figure
    """What a withheld entry takes on disk."""


class Machines(Section):
    """What gateways stand on."""

    process_cores: Capacity
    """Cores that a gateway's own process can keep busy: one interpreter."""
    uplink: Capacity
    """Of a gateway, each way."""
    border_delay: Figure
    """One way, for each border between two seats, beside `delay`."""
    delay: Figure
    """One way, to any other gateway."""
    commits: Capacity
    """The most commits that an origin makes."""
    disk: Capacity
    """Of a gateway."""
    relative: Capacity
    """How quick a core is, against the one that the costs were measured on."""
    used: Capacity
    """Share of a capacity that is planned with."""


class Engines(Section):
    """What outgrown installations run on."""

    kafka_produce: Capacity
    """Messages that one bridge writes in a second."""
    kafka_consume: Capacity
    """Messages that one consumer reads in a second."""
    flink_slot: Capacity
    """Messages that one task slot folds in a second."""
    avro: Figure
    """A record in Kafka beside its message: key, headers, framing."""
    copies: Capacity
    """Replicas of a partition."""
    kept_days: Figure
    """How long topics keep records."""


class Runs(Section):
    """What real gateways did, to hold the model against."""

    throughput: Capacity
    """Messages a second until three peers hold them, four gateways and the publisher on two cores, 1 KB."""
    catch_up: Capacity
    """Entries a second that a peer takes which lacks many, two gateways on two cores, 1 KB."""


class Stream(Section):
    """Messages of one kind."""

    zh: str
    en: str
    type: str
    per_hour: Figure
    """In the whole country; of `situation`, from the joint room."""
    size: Figure
    """A message as it is published."""
    whole: Figure
    """It on the way to a peer, sealed, with all of its disclosures."""
    redacted: Figure
    """The same without any."""
    life: float = Field(0.0, ge=0, le=1)
    """Share that is of life safety."""
    urgent: float = Field(0.0, ge=0, le=1)
    """Share that is urgent."""
    typhoon: float = Field(1.0, ge=0)
    """How many times as many there are where a typhoon is."""
    by_joint: bool = False
    """Whether the joint room alone publishes it."""

    @model_validator(mode="after")
    def _shares(self) -> Self:
        if self.life + self.urgent > 1:
            raise ValueError("life and urgent: together more than all; lower one of them")
        return self


class Figures(Section):
    """All of them."""

    costs: Costs
    sizes: Sizes
    machines: Machines
    engines: Engines
    runs: Runs
    streams: dict[str, Stream]

    @cached_property
    def rows(self) -> list[tuple[str, Figure]]:
        """Each figure with its name, such as costs.seal."""
        sections = {n: getattr(self, n) for n in ("costs", "sizes", "machines", "engines", "runs")}
        sections |= {f"streams.{name}": stream for name, stream in self.streams.items()}
        return [
            (f"{section}.{name}", figure)
            for section, group in sections.items()
            for name, figure in group
            if isinstance(figure, Figure)
        ]


def load(own: Path | None = None) -> Figures:
    """The figures, some of them replaced by those of a file. Raises FiguresError, OSError."""
    found: dict[str, Any] = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    source = str(own or OWN.name)
    if own is not None:
        _replace(found, said(own.read_text(encoding="utf-8"), source, FiguresError), source, "")
    try:
        return Figures.model_validate(found)
    except ValidationError as error:
        lines = (
            f"{source}: {'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise FiguresError("\n".join(lines)) from None


def _replace(known: dict[str, Any], wanted: Any, source: str, path: str) -> None:
    if not isinstance(wanted, dict):
        raise FiguresError(f"{source}: {path or 'file'}: must be a mapping of names to figures")
    for name, value in wanted.items():
        place = f"{path}.{name}".lstrip(".")
        if name not in known:
            raise FiguresError(f"{source}: {place}: no such figure; known: {', '.join(known)}")
        before = known[name]
        if not isinstance(before, dict):
            known[name] = value
        elif "value" in before:
            given = value if isinstance(value, dict) else {"value": value}
            if given.get("unit", before["unit"]) != before["unit"]:
                raise FiguresError(
                    f"{source}: {place}.unit: is {before['unit']}; convert the value"
                )
            known[name] = before | {"mark": "given", "source": source} | given
        else:
            _replace(before, value, source, place)
