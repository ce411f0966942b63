"""A process of a model may be started before it is known which model it is."""

import pytest

from core.embedding.process import launching

CHILD = (
    "from pathlib import Path; from core.embedding.process.launching import heard; told = heard()\n"
    "if told: Path(told['file']).write_text(told['model'])"
)


@pytest.fixture
def child(monkeypatch):
    monkeypatch.setattr(launching, "CHILD", CHILD)
    monkeypatch.setattr(launching, "ahead", [])


def test_the_process_that_waits_is_told_and_the_next_is_a_new_one(child, tmp_path):
    launching.launch_ahead()
    (waiting,) = launching.ahead
    assert waiting.poll() is None
    first, second = (launching.launch({"file": str(tmp_path / name), "model": f"{name} é"}) for name in ("one", "two"))
    assert first is waiting
    assert second is not waiting
    assert (first.wait(30), second.wait(30)) == (0, 0)
    assert [(tmp_path / name).read_text() for name in ("one", "two")] == ["one é", "two é"]


def test_one_that_has_died_is_not_told(child, tmp_path):
    launching.launch_ahead()
    (waiting,) = launching.ahead
    waiting.kill()
    waiting.wait(30)
    process = launching.launch({"file": str(tmp_path / "one"), "model": "m"})
    assert process.wait(30) == 0
    assert (tmp_path / "one").read_text() == "m"
    waiting.stdin.close()


def test_one_that_nobody_tells_anything_ends(child):
    launching.launch_ahead()
    (waiting,) = launching.ahead
    waiting.stdin.close()
    assert waiting.wait(30) == 0
