"""docs/contract is what the contract says now, and its links and mappings lead somewhere."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.catalog import BODY_FIELDS
from schemas.reference import loading, site
from schemas.reference.book import Book
from schemas.reference.contract import ContractFileError, enums, messages, packages
from schemas.reference.contract import read as parse
from schemas.reference.loading import PAGES
from schemas.reference.mappings import (
    MappingFileError,
    Standard,
    read,
    standards,
    unknown_members,
)
from schemas.reference.markdown import anchor

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _descriptors() -> FileDescriptorSet:
    return FileDescriptorSet.FromString(loading.DESCRIPTORS.read_bytes())


def _without_imports() -> bytes:
    files = [file for file in _descriptors().file if file.package.startswith("yrd.")]
    return FileDescriptorSet(file=files).SerializeToString()


def _without_comments() -> bytes:
    files = _descriptors()
    for file in files.file:
        file.ClearField("source_code_info")
    return files.SerializeToString()


@cache
def book() -> Book:
    return loading.book()


@cache
def made() -> dict[str, str]:
    return site.pages(book())


def test_the_pages_are_up_to_date() -> None:
    assert list(site.differences(made(), PAGES)) == []


def test_a_page_that_differs_is_named_with_line_and_command(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "contract"
    site.write({"a.md": "one\ntwo\n", "c.md": "x\n"}, folder)
    found = list(site.differences({"a.md": "one\n2\n", "b.md": "y\n"}, folder))
    assert found == [
        "docs/contract/a.md:2 is out of date: run `python -m schemas.reference`",
        "docs/contract/b.md is missing: run `python -m schemas.reference`",
        "docs/contract/c.md belongs to no type of the contract: run `python -m schemas.reference`",
    ]


def test_writing_removes_pages_of_types_that_are_gone(tmp_path: Path) -> None:
    site.write({"a.md": "a\n", "b.md": "b\n"}, tmp_path)
    site.write({"a.md": "a\n"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


@pytest.mark.parametrize("name", sorted(BODY_FIELDS))
def test_every_type_has_a_page_with_all_its_fields(name: str) -> None:
    text = made()[f"{name}.md"]
    body: Any = BODY_FIELDS[name].message_type
    assert [f.name for f in body.fields if f"\n| {f.number} | `{f.name}`" not in text] == []


def test_every_type_is_described_once() -> None:
    names = [t.full_name for types in book().homes.types.values() for t in types]
    elements = {
        element.full_name
        for files in packages(book().contract).values()
        for file in files
        for element in (*messages(file), *enums(file))
    }
    assert sorted(names) == sorted(elements)
    assert {book().homes.pages[name] for name in names} <= set(made())


def links(text: str) -> Iterator[str]:
    for target in LINK.findall(CODE.sub("", text)):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_no_link_is_dead(page: str) -> None:
    text = (PAGES / page).read_text("utf-8")
    dead = [target for target in links(text) if not _alive(page, target)]
    assert dead == []


def _alive(page: str, target: str) -> bool:
    file, _, fragment = target.partition("#")
    path = (PAGES / file) if file else PAGES / page
    if not fragment:
        return path.exists()
    return path.is_file() and fragment in _anchors(path)


@cache
def _anchors(path: Path) -> frozenset[str]:
    return frozenset(anchor(heading) for heading in HEADING.findall(path.read_text("utf-8")))


@cache
def members() -> dict[str, frozenset[str]]:
    files = [file for found in packages(book().contract).values() for file in found]
    known = {
        m.full_name: frozenset(f.name for f in m.fields) for file in files for m in messages(file)
    }
    return known | {
        e.full_name: frozenset(v.name for v in e.values) for file in files for e in enums(file)
    }


def test_every_mapped_field_is_in_the_contract() -> None:
    assert list(unknown_members(standards(), members())) == []


def test_a_mapped_field_that_is_gone_is_named() -> None:
    text = HEAD + "elements: {yrd.aid.v1.AidRequest: {gone: [X, verified]}, yrd.no.v1.T: {}}"
    found = list(unknown_members((read("x.yaml", text),), members()))
    assert sorted(found) == [
        "x: yrd.aid.v1.AidRequest has no gone: correct or remove it",
        "x: yrd.no.v1.T is no type of the contract: correct or remove it",
    ]


def test_a_standard_without_a_known_element_list_says_so_where_it_is_expected() -> None:
    unread = [s for s in standards() if s.elements_known == "not known"]
    assert unread, "GB/T 35965 is one"
    for standard in unread:
        for name in standard.expected:
            assert f"{standard.title}: expected to have more" in made()[f"{name}.md"]


def test_every_standard_is_in_the_index_and_maps_or_is_expected() -> None:
    for standard in standards():
        assert f"| {standard.title} | {standard.elements_known} |" in made()["index.md"]
        assert standard.elements or standard.expected


HEAD = "id: x\ntitle: X\nabout: x\nelements_known: verified\nexpected: []\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id: [", "x.yaml: not YAML"),
        ("id: x\n", "x.yaml: give exactly the keys about, elements"),
        (HEAD.replace("verified", "sure") + "elements: {}", "x.yaml: elements_known: use one of"),
        (HEAD + "elements: {T: {f: [X, maybe]}}", "x.yaml: T: f: certainty 'maybe': use one of"),
        (HEAD + "elements: {T: {f: X}}", "x.yaml: T: f: give [element, certainty]"),
        (HEAD + "elements: {T: {f: [12, verified]}}", "x.yaml: T: f: put numbers in quotes"),
        (HEAD + "elements: [T]", "x.yaml: elements: give types with their fields"),
        (HEAD + "elements: {T: [f]}", "x.yaml: T: give fields with their elements"),
    ],
)
def test_a_bad_mapping_file_names_key_and_remedy(text: str, told: str) -> None:
    with pytest.raises(MappingFileError) as error:
        read("x.yaml", text)
    assert str(error.value).startswith(told)


def test_a_standard_described_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(HEAD + "elements: {}", "utf-8")
    with pytest.raises(MappingFileError, match="'x' is described twice"):
        standards(tmp_path)


def test_the_certainty_of_an_element_shows() -> None:
    text = made()["yrd.warning.v1.EarlyWarning.md"]
    assert "| `event_type` | info/eventCode [" in text
    assert "GB/T 35561 (m) [" in text
    assert "| `typhoon` | — |" in text


def test_marks_stand_in_the_table() -> None:
    waybill, request = (made()[f"yrd.{n}.md"] for n in ("hazmat.v1.Waybill", "aid.v1.AidRequest"))
    assert "group [personal.driver](marks.md#disclosure-groups)" in _row(waybill, "driver")
    assert "[authority](marks.md#authority)" in _row(request, "requester")
    assert "schemas/codes/incident_codes.tsv" in _row(
        made()["yrd.incident.v1.IncidentReport.md"], "primary_type"
    )


def test_presence_tells_unknown_from_zero() -> None:
    common = made()["yrd.common.v1.md"]
    assert "| `uint32` | optional |" in _row(common, "dead")
    assert "| else 0 |" in _row(common, "latitude")
    assert "| required |" in _row(common, "crs"), "a CEL rule refuses its absence"


def _row(text: str, field: str) -> str:
    return next(line for line in text.splitlines() if f" | `{field}`" in line)


def test_a_sample_is_shown_where_there_is_one(tmp_path: Path) -> None:
    name = "yrd.incident.v1.IncidentReport"
    path = tmp_path / name / "valid" / "minimal.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"about": "x", "draft": {"incidentReport": {"title": "火灾"}}}', "utf-8")
    text = site.pages(loading.book(samples=tmp_path))[f"{name}.md"]
    assert '```json\n{\n  "incidentReport": {\n    "title": "火灾"\n  }\n}\n```' in text


def test_states_stand_with_their_type_or_with_their_family() -> None:
    report = made()["yrd.incident.v1.IncidentReport.md"]
    assert "`kind` says the step." in report
    assert "stateDiagram-v2\n    [*] --> open" in report
    family = made()["yrd.aid.v1.md"]
    assert family.count("stateDiagram-v2") == 1
    response = made()["yrd.aid.v1.AidResponse.md"]
    assert "(yrd.aid.v1.md#states)" in response
    assert "stateDiagram-v2" not in response


@pytest.mark.parametrize(
    "data", [lambda: b"junk", lambda: b"", _without_imports, _without_comments]
)
def test_a_descriptor_set_that_cannot_be_used_names_the_remedy(data: Callable[[], bytes]) -> None:
    with pytest.raises(ContractFileError, match="make setup"):
        parse(data())


def test_without_the_descriptor_set_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractFileError, match=r"gone\.binpb is not there: run `make setup`"):
        loading.book(descriptors=tmp_path / "gone.binpb")


def test_every_error_reason_has_its_status() -> None:
    index = made()["index.md"]
    assert "| `MESSAGE_TOO_LARGE` | RESOURCE_EXHAUSTED | `message_id`, `size_bytes`" in index
    enum = book().contract.pool.FindEnumTypeByName("yrd.exchange.v1.ErrorReason")
    for value in enum.values[1:]:
        assert re.search(rf"^\| `{value.name[13:]}` \| [A-Z_]{{5,}}", index, re.MULTILINE), (
            value.name
        )


def test_standards_are_told_apart() -> None:
    found: dict[str, Standard] = {s.id: s for s in standards()}
    assert len({s.title for s in found.values()}) == len(found)
