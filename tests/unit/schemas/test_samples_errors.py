"""A sample that is malformed, or not what it says of itself, is refused by name."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.samples import __main__ as command
from schemas.samples.checking import require_sound, require_verdict
from schemas.samples.reading import (
    Breach,
    Sample,
    SampleError,
    invalid_samples,
    read_sample,
    valid_samples,
)

CLOCK = datetime(2026, 12, 1, tzinfo=UTC)
TYPE = "yrd.incident.v1.IncidentReport"
(MINIMAL,) = [s for s in valid_samples(TYPE) if s.name == "minimal"]
(BROKEN,) = [s for s in invalid_samples(TYPE) if s.name == "no_place"]


def content(sample: Sample = MINIMAL) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample.path.read_text(encoding="utf-8"))
    return found


def written(folder: Path, text: str | bytes, verdict: str = "valid", type: str = TYPE) -> Path:
    path = folder / type / verdict / "x.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def changed(**changes: Any) -> str:
    found = content() | changes
    return json.dumps({k: v for k, v in found.items() if v is not None}, ensure_ascii=False)


def _draft(change: Callable[[dict[str, Any]], None]) -> str:
    found = content()
    change(found["draft"])
    return json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "expected an object"),
        ('{"about": 1, "about": 2}', "key 'about' stands twice"),
        ('{"about": NaN}', "NaN is not a JSON number"),
        ("[" * 10_000 + "]" * 10_000, "no message is that deep"),
        (b'{"about": "\xb9\xe3"}', "not UTF-8"),
        (changed(aboot="x"), "unknown key 'aboot'"),
        (changed(draft=None), "key 'draft' is missing"),
        (changed(participant=None), "key 'participant' is missing"),
        (changed(participant="110000"), "participant '110000' is not known"),
        (changed(about=" "), "about: say in one sentence"),
        (changed(after="minimal"), "after: use a list of names"),
        (changed(violates=[]), "unknown key 'violates'"),
        (changed(draft=[]), "expected an object with header and body"),
        (_draft(lambda d: d["incidentReport"].update(titel="x")), "titel"),
        (_draft(lambda d: d["incidentReport"].update(title=7)), "title"),
    ],
)
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(SampleError) as refused:
        read_sample(written(tmp_path, text))
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"{TYPE}/valid/x.json: ")


@pytest.mark.parametrize(
    ("violates", "words"),
    [
        ([], "violates is empty"),
        ([{"field": "header"}], "violates: use"),
        ("required", "violates: use"),
        (None, "key 'violates' is missing"),
    ],
)
def test_an_invalid_sample_names_its_rule(tmp_path: Path, violates: Any, words: str) -> None:
    with pytest.raises(SampleError, match=words):
        read_sample(written(tmp_path, changed(violates=violates), "invalid"))


def test_a_sample_lies_with_its_type(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match=r"move the file to yrd\.incident"):
        read_sample(written(tmp_path, changed(), type="yrd.hazmat.v1.Waybill"))
    with pytest.raises(SampleError, match="of a body type"):
        read_sample(written(tmp_path, changed(), type="yrd.hazmat.v1.Waybil"))


def test_a_file_of_another_kind_is_noticed(tmp_path: Path) -> None:
    written(tmp_path, changed()).with_suffix(".yaml").write_text("", encoding="utf-8")
    with pytest.raises(SampleError, match="JSON files only"):
        valid_samples(TYPE, tmp_path)


def test_an_unknown_type_has_no_samples() -> None:
    with pytest.raises(SampleError, match="is no body type"):
        valid_samples("yrd.incident.v1.Incident")


def test_a_sample_that_does_not_break_its_rule_is_refused() -> None:
    with pytest.raises(
        SampleError, match=r"no_place: it breaks required at incident_report\.place"
    ):
        require_verdict(replace(BROKEN, violates=(Breach("header", "header.exercise_id"),)), CLOCK)
    with pytest.raises(SampleError, match="it breaks no rule where"):
        require_verdict(replace(BROKEN, draft=MINIMAL.draft), CLOCK)
    with pytest.raises(SampleError, match="says no rule"):
        require_verdict(replace(BROKEN, violates=()), CLOCK)


def test_a_fact_of_another_participant_is_refused() -> None:
    (sample,) = [s for s in valid_samples("yrd.aid.v1.AidOrder") if s.name == "minimal"]
    with pytest.raises(SampleError, match="requester is for 330000 to publish, not for 310000"):
        require_verdict(replace(sample, participant="310000"), CLOCK)


def test_entity_time_and_id_are_checked() -> None:
    with pytest.raises(SampleError, match="must begin with 320000/"):
        require_sound([replace(MINIMAL, participant="320000")], CLOCK)
    later = replace(
        MINIMAL, draft=type(MINIMAL.draft).FromString(MINIMAL.draft.SerializeToString())
    )
    later.draft.header.reported_time.seconds += 1
    with pytest.raises(SampleError, match="message_id must hold reported_time"):
        require_sound([later], CLOCK)
    with pytest.raises(SampleError, match="is that of"):
        require_sound([MINIMAL, replace(MINIMAL, name="again")], CLOCK)


def test_what_comes_before_must_be_there_and_earlier() -> None:
    with pytest.raises(SampleError, match="there is no valid sample 'nothing'"):
        require_sound([replace(MINIMAL, after=("nothing",))], CLOCK)
    names = {s.name: s for s in valid_samples(TYPE)}
    with pytest.raises(SampleError, match="tells of another entity"):
        require_sound(
            [names["wenling_initial"], replace(MINIMAL, after=("wenling_initial",))], CLOCK
        )
    turned = replace(names["wenling_initial"], after=("wenling_follow_up",))
    with pytest.raises(SampleError, match="must have a higher revision"):
        require_sound([turned, names["wenling_follow_up"]], CLOCK)


def test_the_command_writes_nothing_for_a_bad_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = replace(MINIMAL, violates=(Breach("header", "x"),))
    monkeypatch.setattr(command, "valid_samples", lambda: (bad,))
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    assert command.main() == 1
    assert "it breaks no rule" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_all_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    assert command.main() == 0
    assert " 0 removed" in capsys.readouterr().out
    assert (tmp_path / TYPE / "forms" / "valid" / "minimal.body.avro1").is_file()
