"""What the example programs of every language must do; one class runs against each."""

import re
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format

from client import ExchangeClient
from gateway.errors import Unavailable
from integration import templates
from schemas.json_form import to_json
from tests.engines import filled
from tests.engines.client_drafts import (
    as_draft,
    file_of,
    fresh,
    from_a_later_contract,
    large,
    samples,
)
from tests.engines.conftest import Station
from tests.engines.programs import Programs, publisher, run, started, subscriber, target
from tests.engines.scripted import Scripted, serving
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.materials import Materials
from tests.support.readers import ids
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode

ONCE = "--until-caught-up"
CANCELLED = grpc.StatusCode.CANCELLED
"""How a call may end when its gateway stops."""


def held(client: ExchangeClient) -> list[Message]:
    """All that a gateway has."""
    return list(client.messages())


@pytest.mark.timeout(600)
class ClientCases:
    """A subclass's module has the fixture `programs`."""

    def test_publishes_a_first_report(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        ended = run(programs, publisher(programs, station), tmp_path / "p")
        assert ended.status == 0, ended.err
        (found,) = held(station.client)
        assert ended.lines == [f"accepted {found.header.message_id} as entry 0"]
        assert found.header.mode == Mode.MODE_TEST
        assert found.incident_report.title == "测试：道路积水"
        assert not found.incident_report.HasField("casualties"), "unknown is not zero"

    def test_a_refused_draft_shows_field_rule_and_remedy_and_stops_no_other(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        bad, good = fresh("incident_report"), fresh("hazmat_alert")
        bad.incident_report.primary_type.value = "99Z99"
        files = [file_of(tmp_path, made) for made in (bad, good)]
        ended = run(programs, publisher(programs, station, *files), tmp_path / "p")
        assert ended.status == 1
        first, remedy, second = ended.lines
        assert first == f"refused {bad.header.message_id}: INVALID_ARGUMENT [CONTRACT_VIOLATED]"
        assert remedy.startswith("  incident_report.primary_type: incident type '99Z99' is not in")
        assert remedy.endswith("(rule code_table.incident_types)")
        assert second == f"accepted {good.header.message_id} as entry 0"
        assert ended.err == "1 of 2 drafts refused\n"
        assert ids(held(station.client)) == [good.header.message_id]

    def test_what_it_publishes_is_what_the_file_says(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        made = [fresh(kind) for kind in templates.KINDS]
        made += [draft(waybill_body(), "waybill"), *(sample for _, sample in samples())]
        files = [file_of(tmp_path, one, f"{n}") for n, one in enumerate(made)]
        ended = run(programs, publisher(programs, station, *files), tmp_path / "p")
        told = dict(_accepted(ended.lines))
        assert len(told) > len(templates.KINDS), ended.out
        kept = [one for one in made if one.header.message_id in told]
        assert [as_draft(found) for found in held(station.client)] == kept
        # a repeat gets the first answer, but only if it is the same draft to the last field
        for one, result in zip(kept, station.client.publish(kept), strict=True):
            assert result.accepted.sequence == told[one.header.message_id], one

    def test_a_draft_without_an_id_is_given_one(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        made = fresh("incident_report")
        made.header.message_id = ""
        file = file_of(tmp_path, made, "without")
        assert run(programs, publisher(programs, station, file), tmp_path / "p").status == 0
        assert [m.header.entity_id for m in held(station.client)] == [made.header.entity_id]

    def test_a_bad_file_is_named_and_nothing_is_sent(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        good = file_of(tmp_path, fresh("incident_report"))
        bad = tmp_path / "bad.json"
        bad.write_text('{"header": {"messageld": ""}}', encoding="utf-8")
        ended = run(programs, publisher(programs, station, good, bad), tmp_path / "p")
        assert ended.status == 2
        assert f"{bad}: " in ended.err and "messageld" in ended.err
        assert held(station.client) == []

    def test_waits_for_its_gateway_and_a_repeat_is_the_same_entry(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        made = fresh("incident_report")
        command = publisher(programs, station, file_of(tmp_path, made))
        station.stop()
        with started(programs, command, tmp_path / "p") as program:
            program.complains("again in")
            station.start()
            ended = program.ended()
        expected = [f"accepted {made.header.message_id} as entry 0"]
        assert (ended.status, ended.lines) == (0, expected)
        assert run(programs, command, tmp_path / "again").lines == expected
        # other languages order the bytes of a message in other ways: it is the same draft all the same
        assert station.client.publish([made])[0].accepted.sequence == 0
        assert ids(held(station.client)) == [made.header.message_id]

    def test_sends_only_unanswered_drafts_again_and_when_the_gateway_says(
        self, programs: Programs, materials: Materials, tmp_path: Path
    ) -> None:
        made = [fresh("incident_report") for _ in range(3)]
        files = [str(file_of(tmp_path, one)) for one in made]
        later = Unavailable("the store can't be written", retry_seconds=0.05)
        script = Scripted(answers=[later, CANCELLED, [None, later, None]])
        with serving(script, materials):
            command = [*programs.publisher, *target(script.address, materials), *files]
            ended = run(programs, command, tmp_path / "p")
        assert ended.status == 0, ended.err
        first, second, third = ids(made)
        assert script.asked == [[first, second, third]] * 3 + [[second]]
        assert "UNAVAILABLE [UNAVAILABLE]: the store can't be written; again in" in ended.err
        assert len(ended.lines) == 3

    def test_who_may_not_call_is_told_why(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        stranger = target(station.address, station.materials, "320000", "console")
        ended = run(programs, [*programs.publisher, *stranger], tmp_path / "p")
        assert (ended.status, ended.out) == (3, "")
        assert ended.err.startswith("PERMISSION_DENIED [NOT_PERMITTED]: ")
        reading = [*programs.subscriber, *stranger, "--done", str(tmp_path / "done")]
        ended = run(programs, reading, tmp_path / "s")
        assert (ended.status, ended.out) == (3, "")
        assert ended.err.startswith("PERMISSION_DENIED [NOT_PERMITTED]: ")

    def test_a_missing_certificate_is_named(
        self, programs: Programs, materials: Materials, tmp_path: Path
    ) -> None:
        command = [*programs.publisher, *target("127.0.0.1:1", materials)]
        command[command.index("--certificate") + 1] = str(tmp_path / "none.pem")
        ended = run(programs, command, tmp_path / "p")
        assert ended.status == 2
        assert "none.pem" in ended.err

    def test_a_ledger_that_cannot_be_kept_is_named_before_anything_is_read(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        station.client.publish([fresh("incident_report")])
        nowhere = tmp_path / "no" / "done"
        ended = run(programs, subscriber(programs, station, nowhere, ONCE), tmp_path / "s")
        assert (ended.status, ended.out) == (2, "")
        assert str(nowhere) in ended.err
        kept = run(programs, subscriber(programs, station, tmp_path / "d", ONCE), tmp_path / "t")
        assert len(kept.lines) == 1

    def test_reads_each_message_once_through_cuts_and_crashes(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        made = [fresh("incident_report") for _ in range(5)]
        done = tmp_path / "done"
        command = subscriber(programs, station, done)
        station.client.publish(made[:2])
        with started(programs, command, tmp_path / "first") as program:
            program.shows(made[1].header.message_id)
            station.stop()
            program.complains("again in")
            station.start()
            station.client.publish([made[2]])
            until(lambda: made[2].header.message_id in done.read_text(), "the third is dealt with")
            lines = program.out.splitlines()
        # killed: it had no chance to say goodbye
        station.client.publish(made[3:])
        rest = run(programs, [*command, ONCE], tmp_path / "second")
        assert rest.status == 0, rest.err
        # a cut before an acknowledgement brings a batch again, which is then not dealt with again
        found = [line for line in (*lines, *rest.lines) if not line.startswith("again ")]
        assert _ids_told(found) == ids(made)
        entity, message_id = made[0].header.entity_id, made[0].header.message_id
        title = f"incident report {made[0].incident_report.title}"
        assert found[0] == f"1 310000/0 {entity} r1 {message_id}: {title}"
        assert run(programs, [*command, ONCE], tmp_path / "third").out == ""

    def test_reads_more_than_a_library_takes_at_once(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        made = [large() for _ in range(120)]
        assert sum(one.ByteSize() for one in made) > 32 << 20
        for start in range(0, len(made), 30):
            results = station.client.publish(made[start : start + 30])
            assert all(result.HasField("accepted") for result in results)
        ended = run(programs, subscriber(programs, station, tmp_path / "d", ONCE), tmp_path / "s")
        assert ended.status == 0, ended.err
        assert _ids_told(ended.lines) == ids(made)

    def test_what_was_dealt_with_but_not_acknowledged_is_not_dealt_with_twice(
        self, programs: Programs, station: Station, tmp_path: Path
    ) -> None:
        made = [fresh("incident_report") for _ in range(3)]
        done = tmp_path / "done"
        done.write_text(f"{made[0].header.message_id}\n{made[1].header.message_id}\n")
        station.client.publish(made)
        ended = run(programs, subscriber(programs, station, done, ONCE), tmp_path / "s")
        assert ended.status == 0, ended.err
        assert ended.lines[:2] == [f"again {one.header.message_id}" for one in made[:2]]
        assert _ids_told(ended.lines[2:]) == [made[2].header.message_id]
        assert done.read_text().split() == ids(made)

    def test_goes_on_after_what_it_does_not_know_or_may_not_see(
        self, programs: Programs, materials: Materials, tmp_path: Path
    ) -> None:
        script = Scripted(messages=from_a_later_contract(), cuts=[CANCELLED])
        where = target(script.address, materials)
        with serving(script, materials):
            command = [*programs.subscriber, *where, "--done", str(tmp_path / "done"), ONCE]
            ended = run(programs, command, tmp_path / "s")
        assert ended.status == 0, ended.err
        assert "CANCELLED: cut; again in" in ended.err
        unknown, strange, redacted = (line.split(": ", 1)[1] for line in ended.lines)
        assert unknown == "a type that this program's contract does not know yet"
        assert strange == "yrd.hazmat.v1.HazmatAlert"
        assert (
            redacted == "incident report 内涝 (not shared with us: personal.reporter, personal.x)"
        )
        assert script.acknowledged == [3]

    def test_its_codec_agrees_with_ours(self, programs: Programs, tmp_path: Path) -> None:
        expected = dict([*filled.drafts(), *samples()])
        there, back = tmp_path / "in", tmp_path / "out"
        there.mkdir()
        back.mkdir()
        for name, made in expected.items():
            (there / f"{name}.json").write_text(to_json(made), encoding="utf-8")
            (there / f"{name}.binpb").write_bytes(made.SerializeToString(deterministic=True))
        ended = run(programs, [*programs.codec, str(there), str(back)], tmp_path / "c")
        assert ended.status == 0, ended.err
        assert ended.out == f"{len(expected)} of {len(expected)} drafts agree\n"
        for name, made in expected.items():
            assert Draft.FromString((back / f"{name}.binpb").read_bytes()) == made, name
            text = (back / f"{name}.json").read_text(encoding="utf-8")
            assert json_format.Parse(text, Draft()) == made, name

    def test_its_codec_names_a_draft_whose_forms_differ(
        self, programs: Programs, tmp_path: Path
    ) -> None:
        made = fresh("incident_report")
        (tmp_path / "a.json").write_text(to_json(made), encoding="utf-8")
        made.incident_report.title = "另"
        (tmp_path / "a.binpb").write_bytes(made.SerializeToString())
        (tmp_path / "out").mkdir()
        command = [*programs.codec, str(tmp_path), str(tmp_path / "out")]
        ended = run(programs, command, tmp_path / "c")
        assert (ended.status, ended.out) == (1, "0 of 1 drafts agree\n")
        assert f"{tmp_path / 'a.json'}: the binary form is another draft" in ended.err


def _accepted(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Message id and entry of the publisher's lines that tell of an accepted draft."""
    for line in lines:
        if match := re.fullmatch(r"accepted (\S+) as entry (\d+)", line):
            yield match[1], int(match[2])


def _ids_told(lines: list[str]) -> list[str]:
    """The message ids of the subscriber's lines."""
    return [line.split(": ", 1)[0].rsplit(" ", 1)[1] for line in lines]
