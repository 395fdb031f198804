"""yrd config init: asks with reasons, writes once, and what it writes is what the programs take."""

import shutil
from pathlib import Path

import pytest
import yaml

from gateway.config import load as load_gateway
from integration import certs
from integration.operate.files import HERE as OPERATE
from integration.page.config import load as load_page
from integration.pipeline import configured
from integration.pipeline_config import load as load_pipeline
from integration.setup.kinds import KINDS, kind_of
from integration.setup.question import Known
from integration.stack import AGREEMENTS
from tests.support.blocks import run
from tests.support.commands import Ran, yrd

NEEDED = {
    "gateway": ["--set", "participant=310000"],
    "bridge": [
        "--set",
        "id=sh",
        "--set",
        "brokers=kafka1:9093，kafka2:9093",
        "--set",
        "participant=310000",
    ],
    "page": ["--set", "participant=310000"],
    "http": ["--set", "participant=310000"],
    "pipeline": [],
}
OPEN = {
    "page": [
        "--set",
        "listen=0.0.0.0:8470",
        "--set",
        "hosts=duty.sh.example",
        "--set",
        "people=people.yaml",
    ],
    "http": ["--set", "clients_ca=certs/ca.pem"],
    "bridge": ["--set", "username=bridge", "--set", "kafka_ca=ca.pem", "--set", "feed=是"],
    "gateway": ["--set", "store=postgresql://yrd@db:5432/yrd", "--set", "acts=yes"],
    "pipeline": ["--set", "states=/var/lib/yrd/states.db"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with development certificates of all, and the drill's agreements."""
    certs.make_all(tmp_path / "certs")
    shutil.copytree(AGREEMENTS, tmp_path / "agreements")
    return tmp_path


def written(kind: str, folder: Path, *more: str) -> Ran:
    file = folder / f"{kind}.yaml"
    return yrd("config", "init", kind, "--to", file, "--yes", *NEEDED[kind], *more)


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_answers_make_a_file_that_the_program_takes(kind: str, folder: Path) -> None:
    for system in ("page", "pipeline", "bridge", "http-dispatch"):
        certs.issue(
            certs.load_authority(folder / "certs"), folder / "certs/310000", "310000", system
        )
    own = ["--set", "own_certs=certs/310000"]
    done = written(kind, folder, *own)
    assert done.status == 0, done.err
    file = folder / f"{kind}.yaml"
    assert kind_of(file) == kind
    assert f"yrd config check {file}" in done.out
    if kind == "http":  # its server's certificate is named for itself
        certs.issue(
            certs.load_authority(folder / "certs"), folder / "certs/310000", "310000", "http"
        )
    checked = yrd("config", "check", file)
    assert checked.status == 0, checked.err
    assert "good" in checked.out


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_answer_is_taken_too(kind: str, folder: Path) -> None:
    done = written(kind, folder, *OPEN[kind])
    assert done.status == 0, done.err
    said = yaml.safe_load((folder / f"{kind}.yaml").read_text(encoding="utf-8"))
    assert KINDS[kind].model.model_validate(said)
    for pair in OPEN[kind][1::2]:
        answer = pair.partition("=")[2]
        assert answer in ("是", "yes") or answer in str(said)


def test_what_is_missing_is_among_the_next_steps(tmp_path: Path, folder: Path) -> None:
    said = written("gateway", folder).out
    assert "cp -r" not in said and "certs init" not in said
    empty = tmp_path / "empty"
    said = written("gateway", empty).out
    assert f" {empty / 'agreements'}\n" in said
    assert f"yrd certs init --dir {empty / 'certs'}" in said
    said = written("page", empty).out
    assert "yrd certs issue" in said and "--system page" in said


def test_the_next_steps_lead_to_a_file_that_is_good(tmp_path: Path) -> None:
    """All that is printed before the first start is typed, from an empty folder on."""
    for kind in KINDS:
        said = written(kind, tmp_path).out
        typed = [line.strip() for line in said.splitlines() if line.startswith("     ")]
        until_checked = typed[: typed.index(f"yrd config check {tmp_path / kind}.yaml") + 1]
        wanted = [line for line in until_checked if line != "yrd gateway reload"]
        assert "good" in run("\n".join(wanted), tmp_path, {}), kind


def test_a_comment_stands_at_what_it_explains(folder: Path) -> None:
    written("gateway", folder)
    text = (folder / "gateway.yaml").read_text(encoding="utf-8")
    assert "签本方日志 signs the own log" in text
    assert "docs/operate.md" in text


def test_peers_keys_come_from_their_folder(folder: Path) -> None:
    done = written("gateway", folder, "--set", "peer_320000=10.32.0.5:7310,10.32.0.6:7310")
    assert done.status == 0, done.err
    peer = load_gateway(folder / "gateway.yaml").peers[0]
    assert peer.address == ("10.32.0.5:7310", "10.32.0.6:7310")
    told = (folder / "certs" / "320000" / "log.vkey").read_text(encoding="utf-8").strip()
    assert peer.log_key[0].key == told


def test_the_three_administrators_are_apart(folder: Path) -> None:
    written("gateway", folder)
    checked = yrd("config", "check", folder / "gateway.yaml")
    assert checked.status == 0
    assert "三员分立" not in checked.err


def test_a_file_that_is_there_stays(folder: Path) -> None:
    file = folder / "gateway.yaml"
    file.write_text("mine", encoding="utf-8")
    done = written("gateway", folder)
    assert done.status == 1
    assert "已存在" in done.err
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("participant=310001", "one of 请选 310000"),
        ("listen=7310", "HOST:PORT"),
        ("listen=0.0.0.0:77310", "HOST:PORT"),
        ("store=mysql://x", "postgresql://"),
        ("peer_320000=js.example", "HOST:PORT"),
        ("systems=Dispatch", "small letters"),
        ("administrator=", "needs an answer"),
        ("administrater=x", "no such question"),
        ("page", "expected KEY=ANSWER"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_written(
    folder: Path, answer: str, word: str
) -> None:
    done = written("gateway", folder, "--set", answer)
    assert done.status == 2
    assert answer.partition("=")[0] in done.err
    assert word in done.err
    assert not (folder / "gateway.yaml").exists()


def test_a_peer_without_keys_is_refused_with_the_place(folder: Path) -> None:
    (folder / "certs/320000/witness.vkey").unlink()
    done = written("gateway", folder, "--set", "peer_320000=10.32.0.5:7310")
    assert done.status == 2
    assert "witness.vkey" in done.err


def test_it_asks_explains_and_asks_again(folder: Path) -> None:
    typed = ["shanghai", "310000", "", "data", *[""] * 19, "y"]
    done = yrd(
        "config", "init", "gateway", "--to", folder / "gateway.yaml", stdin="\n".join(typed) + "\n"
    )
    assert done.status == 0, done.err
    assert "本网关属于哪一方？ Whose gateway is it?" in done.out
    assert "Everything that it publishes is signed in this participant's name." in done.out
    assert "'shanghai': one of 请选 310000" in done.out
    assert "gateway.yaml: good; 310000, 0 peers, 2 agreements" in done.out
    assert load_gateway(folder / "gateway.yaml").data_dir == folder / "data"


def test_a_dash_leaves_empty(folder: Path) -> None:
    typed = ["310000", *[""] * 6, "-", *[""] * 16, "n"]
    done = yrd(
        "config", "init", "gateway", "--to", folder / "gateway.yaml", stdin="\n".join(typed) + "\n"
    )
    assert done.status == 0, done.err
    assert load_gateway(folder / "gateway.yaml").tls.crl is None


def test_who_stops_answering_has_written_nothing(folder: Path) -> None:
    done = yrd(
        "config", "init", "page", "--to", folder / "page.yaml", stdin="310000\n127.0.0.1:7310\n"
    )
    assert done.status == 130
    assert "--answers FILE or --yes" in done.err
    assert not (folder / "page.yaml").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_questions_are_a_file_of_answers(kind: str, folder: Path) -> None:
    answers = folder / "answers.yaml"
    answers.write_text(yrd("config", "init", kind, "--questions").out, encoding="utf-8")
    for question in KINDS[kind].questions:
        assert question.why.zh in answers.read_text(encoding="utf-8")
    file = folder / "sub" / f"{kind}.yaml"
    done = yrd("config", "init", kind, "--to", file, "--answers", answers, *NEEDED[kind])
    assert done.status == 0, done.err
    assert file.exists()


def test_metrics_are_where_prometheus_is_told_to_read(folder: Path) -> None:
    scrape = (OPERATE / "prometheus" / "scrape.yaml").read_text(encoding="utf-8")
    for kind, made in KINDS.items():
        usual = {q.key: q.usual(Known({}, folder)) for q in made.questions if q.key == "metrics"}
        job = f'job_name: yrd-{kind}\n    static_configs: [{{targets: ["{usual["metrics"]}"]}}]'
        assert job in scrape
    assert written("page", folder).status == 0
    assert load_page(folder / "page.yaml").telemetry.metrics == "127.0.0.1:9462"
    assert written("http", folder, "--set", "metrics=").status == 0
    assert "telemetry" not in (folder / "http.yaml").read_text(encoding="utf-8")


def test_a_page_where_people_act_is_told_what_that_needs(folder: Path) -> None:
    said = written("page", folder, *OPEN["page"]).out
    assert "{system: page, roles: [subscriber, auditor, publisher, acts-for-persons]}" in said
    assert str(folder / "people.yaml") in said
    written("gateway", folder, "--set", "acts=是")
    clients = load_gateway(folder / "gateway.yaml").clients
    assert next(c for c in clients if c.system == "page").roles == {
        "subscriber",
        "auditor",
        "publisher",
        "acts-for-persons",
    }


def test_answers_that_are_no_answers(folder: Path) -> None:
    bad = folder / "answers.yaml"
    for text, word in (("- a\n", "a line each"), ("a: [\n", "not YAML")):
        bad.write_text(text, encoding="utf-8")
        done = yrd("config", "init", "page", "--to", folder / "page.yaml", "--answers", bad)
        assert (done.status, word in done.err) == (2, True)
    assert "--answers" not in yrd("config", "init", "nothing").err
    assert "one of gateway, bridge" in yrd("config", "init", "nothing").err


def test_check_says_which_file_is_missing_and_under_which_key(folder: Path) -> None:
    written("page", folder)
    done = yrd("config", "check", folder / "page.yaml")
    assert done.status == 2
    assert "gateway.certificate" in done.err
    assert "No such file" in done.err
    assert "one of gateway" in yrd("config", "check", folder / "page.yaml", "--of", "x").err


def test_a_pipeline_needs_a_file_or_a_folder(folder: Path) -> None:
    assert "--config" in yrd("pipeline", "run").err
    file = folder / "pipeline.yaml"
    file.write_text("states: s.db\narchive: a\n", encoding="utf-8")
    done = yrd("pipeline", "run", "--config", file)
    assert done.status == 2
    assert "gateway: Field required" in done.err


def test_a_pipeline_follows_the_gateway_of_its_file(folder: Path) -> None:
    made = certs.load_authority(folder / "certs")
    certs.issue(made, folder / "certs/joint", "joint", "pipeline")
    assert written("pipeline", folder).status == 0
    live = configured(load_pipeline(folder / "pipeline.yaml"))
    assert live.certificate == folder / "certs/joint/pipeline.pem"
    assert live.certificate.exists()
    assert (live.store, live.archive) == (
        folder / "pipeline/states.db",
        folder / "pipeline/archive",
    )
    assert live.address == "127.0.0.1:7310"
