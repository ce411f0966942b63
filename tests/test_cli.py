"""The command line: its JSON, its exit status, and what goes to which stream."""

import json
import os
import signal
import threading
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.ingest.jobs.queue import Jobs
from core.model import IndexModel
from core.services import Services, shared
from tests.colours import COLOURS


@pytest.fixture
def run(services):
    runner = CliRunner(mix_stderr=False)

    def run_(*arguments):
        shared.cache_clear()  # as each command is a process of its own
        return runner.invoke(app, [str(argument) for argument in arguments])

    return run_


def found(result):
    """The paths of a search's results."""
    return [item["path"] for item in json.loads(result.stdout)["results"]]


def test_ingest_then_again(run, picture, tmp_path):
    picture("red.png")
    picture("blue.jpg")
    (tmp_path / "pictures" / "words.jpg").write_text("words")
    first = json.loads(run("ingest", tmp_path / "pictures", "--json").stdout)
    assert (first["status"], first["found"], first["added"], first["failed"]) == ("done", 3, 2, 1)
    outcomes = {Path(file["path"]).name: file["outcome"] for file in first["files"]}
    assert outcomes == {"blue.jpg": "added", "red.png": "added", "words.jpg": "failed"}
    assert all(file["reason"] for file in first["files"] if file["outcome"] == "failed")
    assert (first["not_a_picture"], first["unsupported"], first["damaged"]) == (1, 0, 0)
    problems = {Path(file["path"]).name: file["problem"] for file in first["files"]}
    assert problems == {"blue.jpg": None, "red.png": None, "words.jpg": "not_a_picture"}
    assert first["seconds"] >= 0
    second = json.loads(run("ingest", tmp_path / "pictures", "--json").stdout)
    assert (second["added"], second["unchanged"]) == (0, 2)
    assert "Not indexed: 1 not a picture\n" in run("ingest", tmp_path / "pictures").stdout


def test_a_dry_run_says_what_there_is_to_do_and_does_nothing(run, services, picture, tmp_path):
    picture("red.png")
    said = json.loads(run("ingest", tmp_path / "pictures", "--dry-run", "--json").stdout)
    assert (said["found"], said["new"], said["seconds"]) == (1, 1, None)
    assert "1" in run("ingest", tmp_path / "pictures", "--dry-run").stdout
    assert services.index.count() == 0
    assert json.loads(run("jobs", "--json").stdout) == []


def test_prune_removes_what_is_a_folder_by_now(run, services, picture, tmp_path):
    red = picture("red.png")
    picture("a/blue.png")
    run("ingest", tmp_path / "pictures")
    red.unlink()
    red.mkdir()
    said = json.loads(run("ingest", tmp_path / "pictures", "--prune", "--json").stdout)
    assert (said["removed"], said["unchanged"]) == (1, 1)
    assert services.index.count() == 1


def test_a_dry_run_names_copies(run, picture, tmp_path):
    first = picture("red.png")
    first.with_name("copy.png").write_bytes(first.read_bytes())
    said = json.loads(run("ingest", tmp_path / "pictures", "--dry-run", "--json").stdout)
    assert (said["found"], said["new"], said["copy"]) == (2, 1, 1)
    assert said["copies"] == [{"path": str(first), "reason": f"Copy of {first.with_name('copy.png')}."}]
    assert "Copy of" in run("ingest", tmp_path / "pictures", "--dry-run").stdout


def test_prune_removes_what_is_gone_and_only_then(run, services, picture, tmp_path):
    picture("red.png")
    gone = picture("blue.png")
    run("ingest", tmp_path / "pictures")
    gone.unlink()
    assert json.loads(run("ingest", tmp_path / "pictures", "--json").stdout)["missing"] == 1
    assert services.index.count() == 2
    assert json.loads(run("ingest", tmp_path / "pictures", "--prune", "--json").stdout)["removed"] == 1
    assert services.index.count() == 1


def test_an_archive(run, services, picture, tmp_path):
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(picture("red.png"), "in/red.png")
    assert json.loads(run("ingest", tmp_path / "a.zip", "--json").stdout)["added"] == 1
    assert found(run("search", "red", "--json")) == [str(tmp_path / "a.zip" / "in" / "red.png")]


def test_jobs_are_listed_shown_and_retried(run, picture, tmp_path):
    bad = picture("red.png")
    whole = bad.read_bytes()
    bad.write_bytes(whole[:20])
    run("ingest", tmp_path / "pictures")
    (job,) = json.loads(run("jobs", "--json").stdout)
    assert (job["title"], job["status"], job["failed"]) == ("pictures", "done", 1)
    shown = json.loads(run("jobs", "show", job["job"], "--json").stdout)
    assert [file["outcome"] for file in shown["files"]] == ["failed"]
    bad.write_bytes(whole)
    retried = json.loads(run("jobs", "retry", job["job"], "--json").stdout)
    assert (retried["job"], retried["added"], retried["failed"]) == (job["job"], 1, 0)
    assert "pictures" in run("jobs").stdout


@pytest.mark.parametrize("command", ["show", "pause", "cancel", "resume", "retry"])
def test_a_job_that_is_not_there(run, command):
    result = run("jobs", command, 7)
    assert result.exit_code == 1
    assert "no job 7" in result.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_pause_and_resume_goes_on(
    run, picture, embedder, tmp_path, monkeypatch, request, number, status, one_by_one
):
    for colour in COLOURS:
        picture(f"{colour}.png")
    begun, embed, wait = threading.Event(), embedder.embed_images, Jobs.wait

    def embed_and_tell(images):
        begun.set()
        return embed(images)

    def interrupt_once(jobs, job_id, timeout=None):
        if timeout and not interrupted:
            interrupted.append(begun.wait(30))
            assert signal.getsignal(number) not in (signal.SIG_DFL, of_termination)  # which would end the tests
            os.kill(os.getpid(), number)
        return wait(jobs, job_id, timeout)

    interrupted: list[bool] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which is off where tests run in the background
    of_termination = signal.getsignal(signal.SIGTERM)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    monkeypatch.setattr(embedder, "embed_images", embed_and_tell)
    monkeypatch.setattr(Jobs, "wait", interrupt_once)
    result = run("ingest", tmp_path / "pictures")
    assert (result.exit_code, interrupted) == (status, [True])
    assert "Paused at" in result.stderr
    assert "jobs resume 1" in result.stderr
    assert signal.getsignal(signal.SIGTERM) is of_termination
    resumed = json.loads(run("jobs", "resume", 1, "--json").stdout)
    assert (resumed["status"], resumed["added"], len(resumed["files"])) == ("done", len(COLOURS), len(COLOURS))


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "{}"),
        ("search", "{}.jpg"),
        ("search", "--image", "{}.jpg"),
        ("search", "red", "--exclude-image", "{}.jpg"),
        ("search", "red", "--folder", "{}"),
        ("ingest", "{}"),
        ("ingest", "--ray", "{}"),
        ("import", "{}"),
        ("import", "{}", "--model", "clip/ViT-B-16"),
        ("export", "{}"),
        ("snapshot", "{}"),
        ("pick", "1", "--csv", "{}/picked.csv"),
        ("labels", "export", "{}/labels.csv"),
        ("sources", "check", "{}"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", ["long " * 80, "/etc/passwd/file"], ids=["long", "below a file"])
def test_a_path_that_no_system_looks_at_is_told_in_a_line(run, picture, tmp_path, arguments, name):
    picture("red.png")
    run("ingest", tmp_path / "pictures")
    result = run(*(argument.format(name) for argument in arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in (0, 1, 2)
    assert "Traceback" not in result.stderr


def test_sources_are_listed_and_followed(run, picture, tmp_path):
    picture("red.png")
    run("ingest", tmp_path / "pictures")
    (source,) = json.loads(run("sources", "--json").stdout)
    assert (source["source"], source["pictures"], source["followed"], source["there"]) == (
        str(tmp_path / "pictures"),
        1,
        False,
        True,
    )
    assert run("sources", "follow", tmp_path / "pictures").exit_code == 0
    assert "followed" in run("sources").stdout
    assert run("sources", "follow", tmp_path).exit_code == 1
    picture("blue.png")
    assert json.loads(run("sources", "check", tmp_path / "pictures", "--json").stdout)["added"] == 1


def test_search_by_words_by_picture_and_in_a_folder(run, picture, tmp_path):
    red, blue = picture("a/red.png"), picture("b/blue.png")
    run("ingest", tmp_path / "pictures")
    (best, *_) = json.loads(run("search", "red", "--json").stdout)["results"]
    assert (best["path"], best["score"], best["count"]) == (str(red), 1.0, 1)
    assert found(run("search", "--image", blue, "-k", 1, "--json")) == [str(blue)]
    for place in (tmp_path / "pictures" / "b", f"{tmp_path}/pictures/../pictures/b/"):
        assert found(run("search", "red", "--folder", place, "--json")) == [str(blue)]
    new = picture("elsewhere.png", "red", size=(5, 5))
    assert found(run("search", "--image", new, "-k", 1, "--json")) == [str(red)]
    assert str(red) in run("search", "red").stdout


def test_a_path_as_the_whole_text_is_the_picture(run, picture, tmp_path, monkeypatch):
    red, blue = picture("a/red.png"), picture("b/blue.png")
    run("ingest", tmp_path / "pictures")
    monkeypatch.chdir(blue.parent)
    for text in (blue, f"'{blue}'", f"file://{blue}", "blue.png", "./blue.png", "../b/blue.png"):
        answer = run("search", text, "-k", 1, "--json")
        assert found(answer) == [str(blue)]
        assert "Searching with the picture" in answer.stderr
    assert found(run("search", "--image", f"file://{red}", "-k", 1, "--json")) == [str(red)]
    assert "There is no picture at /no/such.png" in run("search", "/no/such.png").stderr


def test_search_with_several_pictures_and_without_one(run, picture, tmp_path):
    names = ("red", "green", "yellow", "blue")
    red, green, yellow, _ = (picture(f"{name}.png") for name in names)
    run("ingest", tmp_path / "pictures")
    assert found(run("search", "--image", red, "--image", green, "-k", 1, "--json")) == [str(yellow)]
    nearest = found(run("search", "yellow", "--exclude-image", red, "--min-match", "all", "--json"))
    assert nearest.index(str(green)) < nearest.index(str(red))


def test_weights_exclusions_and_conditions_are_typed(run, picture, tmp_path):
    red, green = picture("warm/red.png"), picture("cold/green.png", size=(80, 60))
    picture("cold/yellow.png")
    run("ingest", tmp_path / "pictures")
    assert found(run("search", "yellow − red", "-k", 1, "--json")) == [str(green)]
    assert found(run("search", "2:red + green folder:warm", "--json")) == [str(red)]
    assert found(run("search", "red width:>40", "--json")) == [str(green)]
    assert len(found(run("search", "red -taken:..", "--json"))) == 3
    assert found(run("search", "red taken:..", "--json")) == []
    result = run("search", "red width:wide")
    assert result.exit_code == 1
    assert "width:>=1000" in result.stderr


def test_conditions_alone_list_what_meets_them(run, picture, tmp_path):
    for name in ("c/red.png", "a/blue.png"):
        picture(name)
    run("ingest", tmp_path / "pictures")
    listed = run("search", "--sort", "name", "--", "-folder:b")
    assert [line.split()[-1] for line in listed.stdout.splitlines()] == [
        str(tmp_path / "pictures" / name) for name in ("a/blue.png", "c/red.png")
    ]
    assert found(run("search", "--sort", "name", "-k", 1, "--json")) == [str(tmp_path / "pictures" / "a/blue.png")]


def test_copies_are_one_result_with_their_number(run, picture, tmp_path):
    first = picture("a/red.png")
    copy = tmp_path / "pictures" / "b.png"
    copy.write_bytes(first.read_bytes())
    run("ingest", tmp_path / "pictures")
    (result,) = json.loads(run("search", "red", "--collapse", "bytes", "--json").stdout)["results"]
    assert {result["path"], result["others"][0]["path"]} == {str(first), str(copy)}
    assert "×2" in run("search", "red").stdout
    assert len(found(run("search", "red", "--collapse", "off", "--json"))) == 2


def test_that_nothing_is_indexed_goes_to_stderr(run):
    assert "Nothing is indexed yet" in run("search", "red").stderr


def test_no_model_is_loaded_where_nothing_is_indexed(run, picture, monkeypatch):
    monkeypatch.setattr(IndexModel, "embedder", lambda self: pytest.fail("a model is loaded"))
    for arguments in (("red",), ("--image", picture("red.png")), ("red label:cat",)):
        empty = run("search", *arguments)
        assert (empty.exit_code, empty.stdout) == (0, ""), empty.stderr
        assert "Nothing is indexed yet" in empty.stderr
        assert json.loads(run("search", *arguments, "--json").stdout)["results"] == []


def test_what_is_to_be_said_of_a_search_goes_to_stderr(run, picture, tmp_path):
    picture("red.png")
    run("ingest", tmp_path / "pictures")
    assert "No pictures match these conditions." in run("search", "red width:>1000").stderr
    assert "No picture has the camera “Kanon”." in run("search", "red camera:Kanon").stderr
    assert "red − people" in run("search", "red without people").stderr
    assert run("search", "red").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "matching", "listed", "said"),
    [
        ((), 1, 3, ""),
        ((), 0, 3, "The nearest:"),
        (("-k", "2"), 1, 2, "2 of 3 shown; -k all shows more."),
        (("-k", "2"), 0, 2, "The nearest:"),
        (("-k", "all"), 1, 3, ""),
        (("--min-match", "likely"), 1, 1, "2 of the nearest do not match that well"),
        (("--min-match", "auto", "-k", "2"), 1, 1, "1 of the nearest do"),
        (("--min-match", "strong"), 0, 0, "3 of the nearest do not match that well"),
    ],
)
def test_the_k_nearest_are_listed_and_fewer_where_that_is_asked_for(
    run, picture, tmp_path, monkeypatch, arguments, matching, listed, said
):
    for name in ("red.png", "blue.png", "green.png"):
        picture(name)
    run("ingest", tmp_path / "pictures")
    search = Services.search

    def judged(self, *arguments, **named):
        answered = search(self, *arguments, **named)
        results = [replace(result, matches=rank < matching) for rank, result in enumerate(answered.results)]
        return replace(answered, results=results, matched=matching)

    monkeypatch.setattr(Services, "search", judged)
    result = run("search", "red", *arguments)
    assert len(result.stdout.splitlines()) == listed
    assert said in result.stderr
    assert len(found(run("search", "red", *arguments, "--json"))) == listed


def test_pictures_are_tagged_and_found_by_it(run, picture, tmp_path):
    red, blue = picture("a/red.png"), picture("a/blue.png")
    run("ingest", tmp_path / "pictures")
    assert json.loads(run("tag", red, "--add", "warm", "--add", "best", "--json").stdout) == {"changed": 1}
    assert found(run("search", "tag:Warm", "--json")) == [str(red)]
    assert (
        "Changed the tags of 2 pictures."
        in run("tag", tmp_path / "pictures" / "a", "--add", "both", "--remove", "warm").stdout
    )
    assert found(run("search", "blue tag:both", "-k", 1, "--json")) == [str(blue)]
    assert found(run("search", "tag:warm", "--json")) == []
    assert run("tag", red).exit_code == 1
    assert "is not in the index" in run("tag", tmp_path / "elsewhere", "--add", "x").stderr


def test_labels_are_counted_and_searched_by(run, picture, tmp_path):
    for name, line in (("images/red", "0 0.5 0.5 0.2 0.2"), ("images/blue", "1 0.5 0.5 0.2 0.2")):
        picture(f"{name}.png", name.rpartition("/")[2])
        label = tmp_path / "pictures" / f"{name.replace('images', 'labels')}.txt"
        label.parent.mkdir(exist_ok=True)
        label.write_text(line)
    (tmp_path / "pictures" / "data.yaml").write_text("names: [cat, dog]")
    run("ingest", tmp_path / "pictures")
    assert json.loads(run("labels", "--json").stdout) == {"cat": 1, "dog": 1}
    assert found(run("search", "red", "--label", "dog", "--json")) == [str(tmp_path / "pictures/images/blue.png")]
    assert found(run("search", "red label:dog", "--json")) == [str(tmp_path / "pictures/images/blue.png")]


def test_status_and_remove(run, picture, tmp_path):
    empty = json.loads(run("status", "--json").stdout)
    short = {"engine": "lancedb", "index": "images", "model_id": "clip/ViT-B-16", "dims": 512, "count": 0}
    assert short.items() <= empty.items()
    assert (empty["health"], empty["model"], empty["last_ingest"]) == ("green", None, None)
    picture("red.png")
    run("ingest", tmp_path / "pictures")
    full = json.loads(run("status", "--json").stdout)
    assert (full["model_id"], full["dims"], full["count"]) == ("test/colour", 4, 1)
    assert json.loads(run("remove", tmp_path / "pictures", "--json").stdout) == {"removed": 1}
    assert json.loads(run("status", "--json").stdout)["count"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest", "/does/not/exist"),
        ("search",),
        ("search", "red", "-k", "0"),
        ("search", "red", "-k", "10001"),
        ("search", "--image", "/no/such.png"),
    ],
)
def test_an_expected_error_is_one_line_and_status_1(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("ingest",), *(("search", "red", "-k", k) for k in ("many", "٣", "1.5", ""))]
)
def test_wrong_usage_is_status_2(run, arguments):
    assert run(*arguments).exit_code == 2


def test_a_wrong_setting_is_an_expected_error(run, monkeypatch):
    monkeypatch.setenv("IMAGE_SEARCH_MODEL", "gpt")
    result = run("status")
    assert result.exit_code == 1
    assert "IMAGE_SEARCH_MODEL" in result.stderr


def test_ingest_begins_nothing_that_outlives_it(run, picture, tmp_path, monkeypatch):
    # A thread that is inside the index when Python ends may take the process down, and the exit status with it.
    begun = []
    monkeypatch.setattr("core.search.examples.Examples.words", lambda *_: begun.append(True))
    picture("red.png")
    assert run("ingest", tmp_path / "pictures").exit_code == 0
    assert begun == []


def test_uploads_and_lists_have_names(run, services, picture, tmp_path):
    from PIL import Image

    Image.new("RGB", (40, 30), "red").save(tmp_path / "sent.png")
    with services.uploads.receive("mine.png", False) as incoming:
        incoming.write((tmp_path / "sent.png").read_bytes())
        upload = incoming.keep()
    services.jobs.wait(services.start_uploads([upload.id]))
    (source,) = json.loads(run("sources", "--json").stdout)
    assert source["title"] == "Uploaded pictures"
    assert run("sources").stdout.strip().endswith("Uploaded pictures")
    assert run("sources", "check", "Uploaded pictures").exit_code == 0
    assert list(services.facets()["folder"]) == [str(services.uploads.folder)]


class TestRecall:
    @pytest.fixture(autouse=True)
    def corpus(self, run, picture, tmp_path):
        for name in COLOURS:
            picture(f"{name}.png")
        run("ingest", tmp_path / "pictures")

    def test_a_sample(self, run):
        told = json.loads(run("recall", "--json", "--sample", 6, "-k", 3).stdout)
        assert (told["queries"], told["k"], told["searched"]) == ({"words": 3, "pictures": 3}, 3, len(COLOURS))
        assert told["verdict"].startswith("Compares each of 10 pictures")

    def test_what_somebody_asks(self, run, tmp_path):
        told = json.loads(run("recall", "red", tmp_path / "pictures" / "blue.png", "--json").stdout)
        assert told["queries"] == {"words": 1, "pictures": 1}
        assert json.loads(run("recall", "red name:re", "--json").stdout)["searched"] == 2

    def test_for_people(self, run):
        said = run("recall", "red", "blue")
        assert "The nearest 10 of 10 pictures, 2 queries (2 with words):" in said.stdout
        assert "100 %" in said.stdout
        assert said.stdout.rstrip().endswith("so that nothing is missed.")

    def test_wrong_numbers_are_explained(self, run):
        said = run("recall", "red", "-k", 0)
        assert (said.exit_code, "0 nearest were asked for" in said.stderr) == (1, True)


def test_models_are_listed(run, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    told = {model["id"]: model for model in json.loads(run("models", "--json").stdout)}
    assert told["clip/ViT-B-16"]["wanted"]
    said = run("models").stdout
    assert "> clip/ViT-B-16" in said
    assert "perception_encoder/PE-Core-G14-448" in said
    assert "OFFLINE_MODE is set" in said
