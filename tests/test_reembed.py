"""From the starter model to CLIP, as the page, the command line and a search meet it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli import app
from core.embedding.clip import ClipEmbedder
from core.embedding.starter import StarterEmbedder
from core.errors import ModelUnavailable
from core.index.lance.history.update import LanceUpdate
from core.search.query import Query, Search, Words
from core.services import shared
from tests.colours import ColourEmbedder
from tests.index.versions import switch

CLIP = "clip/ViT-B-16"


class Starter(ColourEmbedder):
    model_id = "starter"
    preprocessing = StarterEmbedder.preprocessing


class Clip(ColourEmbedder):
    """Of as many dimensions, in another space: mixed with the other's embeddings everything would match wrongly."""

    model_id = CLIP
    preprocessing = ClipEmbedder.preprocessing

    def embed_images(self, images):
        return np.roll(super().embed_images(images), 1, axis=1)

    def embed_texts(self, texts):
        return np.roll(super().embed_texts(texts), 1, axis=1)


@pytest.fixture
def starter(services, picture, tmp_path, monkeypatch):
    """The services on an index that the starter model made, where CLIP can be had now."""
    monkeypatch.setattr("core.model.start_model", lambda model_id, *_: Starter() if model_id == "starter" else Clip())
    with monkeypatch.context() as before:
        before.setattr("core.model.start_model", lambda *_: Starter())
        services.model.load().result()
        for name in ("red.png", "green.png", "blue.png"):
            picture(name)
        for _ in services.ingest([tmp_path / "pictures"]):
            pass
    monkeypatch.setattr("core.model.check_obtainable", lambda *_: None)
    return services


def command(*arguments):
    shared.cache_clear()  # as each command is a process of its own
    return CliRunner(mix_stderr=False).invoke(app, list(arguments))


def best(services, text):
    return services.search(Search(Query((Words(text),))), limit=1).results[0].record.name


def test_searches_match_before_during_and_after(starter, monkeypatch):
    assert (starter.status().model_id, best(starter, "green")) == ("starter", "green.png")
    swap, searched = LanceUpdate.swap, []

    def search_and_swap(*args):
        searched.append(best(starter, "green"))
        gap = swap(*args)
        searched.append(best(starter, "blue"))  # the model in use is told a moment later
        return gap

    monkeypatch.setattr(LanceUpdate, "swap", search_and_swap)
    starter.jobs.wait(starter.reembed(), 30)
    assert (starter.status().model_id, starter.status().count) == (CLIP, 3)
    assert searched == ["green.png", "blue.png"]
    assert best(starter, "red") == "red.png"
    assert starter.model.loaded.model_id == CLIP
    assert starter.reembed() is None


def test_a_search_that_a_switch_overtakes_is_made_once_more(starter):
    """It was composed with the one model, and would be looked for among the embeddings of the other."""
    index_search = starter.index.search_and_counts

    def overtaken(*args, **how):
        starter.index.search_and_counts = index_search
        starter.jobs.wait(starter.reembed(), 30)
        return index_search(*args, **how)

    starter.index.search_and_counts = overtaken
    assert best(starter, "blue") == "blue.png"
    assert starter.status().model_id == CLIP


def test_another_process_that_switches_is_noticed_by_the_next_search_and_ingest(starter, picture, tmp_path):
    assert best(starter, "red") == "red.png"
    starter.model.switched = lambda: None  # as if it were told elsewhere
    starter.model.expect = lambda _: None
    starter.jobs.wait(starter.reembed(), 30)
    assert best(starter, "green") == "green.png"
    assert starter.model.loaded.model_id == CLIP
    picture("yellow.png")
    for _ in starter.ingest([tmp_path / "pictures"]):
        pass
    assert best(starter, "yellow") == "yellow.png"


def test_where_clip_cannot_be_had_the_reason_is_told_and_nothing_begins(starter, monkeypatch):
    def refused(*_):
        raise ModelUnavailable("The weights are not here, and the network is away.", "Connect this machine.")

    monkeypatch.setattr("core.model.check_obtainable", refused)
    with pytest.raises(ModelUnavailable, match="network is away"):
        starter.reembed()
    assert starter.jobs.states() == []
    result = command("reembed")
    assert result.exit_code == 1
    assert "network is away" in result.stdout + result.stderr


def test_the_command_tells_what_it_did_and_again_that_nothing_is_left(starter):
    result = command("reembed", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {name: told[name] for name in ("model", "pictures", "status", "found", "updated")} == {
        "model": CLIP, "pictures": 3, "status": "done", "found": 3, "updated": 3,
    }  # fmt: skip
    again = command("reembed")
    assert (again.exit_code, again.stdout) == (0, f"Nothing to do: 3 pictures embedded with {CLIP}.\n")


def test_lost_pictures_end_the_command_with_an_error_that_says_what_to_do(starter, tmp_path):
    record = starter.index.browse()[0]
    starter.thumbnails.remove(record.content_hash)
    (tmp_path / "pictures" / record.name).unlink()
    result = command("reembed")
    assert result.exit_code == 1
    assert "1 picture is gone" in result.stdout + result.stderr
    assert starter.status().model_id == "starter"
    result = command("reembed", "--leave-out")
    assert result.exit_code == 0, result.output
    assert "2 pictures re-embedded" in result.stdout + result.stderr
    assert "1 picture removed: its file and thumbnail are gone." in result.stdout + result.stderr
    assert starter.status().count == 2


def test_an_index_whose_preprocessing_is_older_is_re_embedded_too(starter):
    starter.jobs.wait(starter.reembed(), 30)
    stamp = replace(starter.index.model(), preprocessing=Clip.preprocessing + 1)

    class Same:
        def __contains__(self, _):
            return True

        def rows(self, hashes):
            return np.tile(np.eye(1, stamp.dims, dtype=np.float32), (len(hashes), 1))

    switch(starter.index, stamp, Same())
    starter.jobs.wait(starter.reembed(), 30)
    assert starter.index.model().preprocessing == Clip.preprocessing
    assert best(starter, "green") == "green.png"
