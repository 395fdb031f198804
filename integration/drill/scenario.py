"""Scenarios: folders of YAML that a person can read, expanded to drafts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from integration.drill.questioned import Questioned, planned
from integration.drill.reading import LINE, ScenarioError, document, mapping, plain, text, time
from integration.drill.storm import Storm
from schemas import message_ids
from schemas.catalog import BODY_FIELDS
from schemas.json_form import JsonFormError, draft_from_dict
from yrd.exchange.v1.message_pb2 import Draft, Priority

FOLDER = Path(__file__).parent / "scenarios"
PARTICIPANTS = ("310000", "320000", "330000", "340000", "joint")
_BODIES = frozenset(field.name for field in BODY_FIELDS.values())
_STEP_KEYS = frozenset(
    [
        "at",
        "from",
        "entity",
        "source",
        "synthetic",
        "occurred",
        "incidents",
        "reply_to",
        "mode",
        "priority",
        "questioned",
        "storm",
    ]
)
_KNOWN_KEYS = frozenset({"at", "zh", "en", "source"})


@dataclass(frozen=True, slots=True)
class Step:
    """A draft, who publishes it, when it is told, and what is planned to be wrong with it."""

    at: datetime
    participant: str
    draft: Draft
    where: str
    questioned: Questioned | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known to have happened, in both languages, and who says so."""

    at: datetime
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps in order of time, and what is known to have happened."""

    name: str
    title_zh: str
    title_en: str
    exercise_id: str
    replay_seconds: float
    steps: tuple[Step, ...]
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioInfo:
    """What a list shows."""

    name: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class _RawStep:
    """A step as it stands in its file."""

    where: str
    at: datetime
    content: Mapping[str, Any]


def scenarios() -> list[ScenarioInfo]:
    """Scenarios that come with the project."""
    found = []
    for path in sorted(FOLDER.glob("*/scenario.yaml")):
        head = mapping(path)
        found.append(ScenarioInfo(path.parent.name, head["title_zh"], head["title_en"]))
    return found


def load(name: str) -> Scenario:
    """A scenario by name, or by the path of its folder. Raises ScenarioError."""
    folder = FOLDER / name
    if not (folder / "scenario.yaml").exists():
        folder = Path(name)
    if not (folder / "scenario.yaml").exists():
        known = ", ".join(info.name for info in scenarios())
        raise ScenarioError(f"{name!r} is no scenario: one of {known}, or a folder's path")
    return _Loader(folder).load()


class _Loader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._head = mapping(folder / "scenario.yaml")
        self._check_head()
        self._exercise = str(self._head["exercise_id"])
        self._sources: dict[str, str] = plain(self._head["sources"])
        self._start = time(self._head["start"], "scenario.yaml: start")
        self._end = time(self._head["end"], "scenario.yaml: end")
        storm = self._head.get("storm")
        self._storm = Storm(folder, storm, self._sources) if storm is not None else None

    def _check_head(self) -> None:
        needed = {
            "title_zh",
            "title_en",
            "exercise_id",
            "start",
            "end",
            "replay_seconds",
            "sources",
        }
        known = needed | {"storm", "known", LINE}
        for key in sorted(needed - self._head.keys()):
            raise ScenarioError(f"scenario.yaml: {key} is missing: add it")
        for key in sorted(self._head.keys() - known):
            raise ScenarioError(f"scenario.yaml: unknown key {key!r}: known are {sorted(needed)}")
        if not isinstance(self._head["sources"], dict):
            raise ScenarioError("scenario.yaml: sources: expected names and what they stand for")
        seconds = self._head["replay_seconds"]
        if not isinstance(seconds, int | float) or seconds <= 0:
            raise ScenarioError(f"scenario.yaml: replay_seconds: {seconds!r} is no number above 0")

    def load(self) -> Scenario:
        # the sort is stable: of one instant the order of the file holds
        raw = sorted(self._raw_steps(), key=lambda step: step.at)
        if not raw:
            raise ScenarioError(f"{self._folder.name}: no step in any file beside scenario.yaml")
        steps, revisions, newest = [], dict[str, int](), dict[str, str]()
        for item in raw:
            entity = self._entity(f"{item.content['from']}:{item.content['entity']}", item.where)
            revisions[entity] = revisions.get(entity, 0) + 1
            draft = self._draft(item, entity, revisions[entity], newest)
            newest[entity] = draft.header.message_id
            questioned = planned(item.content.get("questioned"), item.where)
            origin = str(item.content["from"])
            steps.append(Step(item.at, origin, draft, item.where, questioned))
        return Scenario(
            self._folder.name,
            self._head["title_zh"],
            self._head["title_en"],
            self._exercise,
            float(self._head["replay_seconds"]),
            tuple(steps),
            self._known(),
        )

    def _known(self) -> tuple[Known, ...]:
        found = []
        for number, item in enumerate(self._head.get("known", [])):
            where = f"scenario.yaml: known[{number}]"
            if not isinstance(item, dict) or item.keys() - {LINE} != _KNOWN_KEYS:
                raise ScenarioError(f"{where}: expected {sorted(_KNOWN_KEYS)}")
            if item["source"] not in self._sources:
                known = list(self._sources)
                raise ScenarioError(f"{where}: source {item['source']!r} is not among {known}")
            at = time(item["at"], f"{where}: at")
            found.append(Known(at, str(item["zh"]), str(item["en"]), self._sources[item["source"]]))
        return tuple(sorted(found, key=lambda known: known.at))

    def _raw_steps(self) -> Iterator[_RawStep]:
        for path in sorted(self._folder.glob("*.yaml")):
            if path.name == "scenario.yaml":
                continue
            content = document(path)
            if not isinstance(content, list):
                raise ScenarioError(f"{path.name}: expected a list of steps")
            for step in content:
                yield self._raw(path, step)

    def _raw(self, path: Path, step: Any) -> _RawStep:
        if not isinstance(step, dict):
            raise ScenarioError(f"{path.name}: {step!r} is not a step")
        where = f"{path.name}: line {step[LINE]}"
        for key in ("at", "from", "entity"):
            if key not in step:
                raise ScenarioError(f"{where}: {key} is missing: add it")
        for key in step.keys() - _STEP_KEYS - _BODIES - {LINE}:
            raise ScenarioError(
                f"{where}: unknown key {key!r}: a step has {sorted(_STEP_KEYS)} and one body"
            )
        self._check_provenance(step, where)
        at = time(step["at"], f"{where}: at")
        if not self._start <= at <= self._end:
            raise ScenarioError(
                f"{where}: at: {step['at']} lies outside {self._head['start']} to "
                f"{self._head['end']}: correct the date, or start and end in scenario.yaml"
            )
        if str(step["from"]) not in PARTICIPANTS:
            raise ScenarioError(f"{where}: from: {step['from']!r} is none of {PARTICIPANTS}")
        return _RawStep(where, at, step)

    def _check_provenance(self, step: Mapping[str, Any], where: str) -> None:
        if bool(step.get("synthetic")) == ("source" in step):
            raise ScenarioError(f"{where}: say either source: [ids] or synthetic: true")
        for source in step.get("source", ()):
            if source not in self._sources:
                raise ScenarioError(
                    f"{where}: source {source!r} is not among scenario.yaml's {list(self._sources)}"
                )

    def _entity(self, reference: str, where: str) -> str:
        participant, colon, name = reference.partition(":")
        if not colon or participant not in PARTICIPANTS:
            raise ScenarioError(f"{where}: {reference!r}: write PARTICIPANT:NAME")
        return f"{participant}/{self._exercise}/{name}"

    def _draft(
        self, item: _RawStep, entity: str, revision: int, newest: Mapping[str, str]
    ) -> Draft:
        step, where = item.content, item.where
        bodies = [key for key in step if key in _BODIES]
        if len(bodies) != 1:
            raise ScenarioError(f"{where}: a step has one body, found {bodies or 'none'}")
        body = self._expand(step[bodies[0]], where)
        if step.get("storm"):
            body["typhoon"] = self._storm_of(where).until(item.at)
        value = {"header": self._header(item, entity, revision, newest), bodies[0]: body}
        try:
            return draft_from_dict(value, where)
        except JsonFormError as error:
            raise ScenarioError(str(error)) from None

    def _header(
        self, item: _RawStep, entity: str, revision: int, newest: Mapping[str, str]
    ) -> dict[str, Any]:
        step, where = item.content, item.where
        seed = sha256(f"{self._exercise}|{entity}|{revision}".encode()).digest()
        priority = f"PRIORITY_{str(step.get('priority', 'routine')).upper()}"
        if priority not in dict(Priority.items()):
            raise ScenarioError(f"{where}: priority: life_safety, urgent, routine or bulk")
        header: dict[str, Any] = {
            "message_id": message_ids.derived(int(item.at.timestamp() * 1000), seed),
            "entity_id": entity,
            "revision": revision,
            "mode": "MODE_EXERCISE",
            "exercise_id": self._exercise,
            "priority": priority,
            "occurred_time": text(time(step.get("occurred", step["at"]), f"{where}: occurred")),
            "reported_time": text(item.at),
            "data_level": "DATA_LEVEL_GENERAL_2",
            "incident_ids": [self._entity(r, where) for r in step.get("incidents", ())],
        }
        mode = step.get("mode", "exercise")
        if mode not in ("exercise", "actual"):
            raise ScenarioError(f"{where}: mode: {mode!r}: exercise, the default, or actual")
        if mode == "actual":
            header |= {"mode": "MODE_ACTUAL", "exercise_id": ""}
        if "reply_to" in step:
            replied = self._entity(step["reply_to"], where)
            if replied not in newest:
                raise ScenarioError(f"{where}: reply_to: {step['reply_to']} has said nothing yet")
            header["in_reply_to"] = newest[replied]
        return header

    def _expand(self, value: Any, where: str) -> Any:
        """Times to UTC, entity references to ids; line marks removed."""
        if isinstance(value, dict):
            if "entity" in value and len(value) == 2:
                return self._entity(value["entity"], where)
            return {k: self._field(k, v, where) for k, v in plain(value).items()}
        if isinstance(value, list):
            return [self._expand(item, where) for item in value]
        return value

    def _field(self, key: str, value: Any, where: str) -> Any:
        if key.endswith("_time"):
            return text(time(value, f"{where}: {key}"))
        return self._expand(value, where)

    def _storm_of(self, where: str) -> Storm:
        if self._storm is None:
            raise ScenarioError(f"{where}: storm: scenario.yaml has no storm: add one")
        return self._storm
