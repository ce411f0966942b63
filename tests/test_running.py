"""A command finds the app that runs on the same data folder, and nobody else."""

import json
import os
import socket
import socketserver
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.cli.answering import answerer
from core.config import Settings
from core.running import client, note
from core.running.channel import Distrust, ask, listen, receive
from core.running.client import Reply, reply_of_app
from core.running.server import CommandServer
from core.services import shared

ROOT = Path(__file__).parents[1]
SAID = Reply([(False, "found"), (True, "noted")], 0)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("core.running.server.TICK", 0.01)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The data folder of a command whose settings are the default ones."""
    for name in (*note.DECISIVE, *note.OTHERS, client.SWITCH):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMAGE_SEARCH_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def asked(folder):
    """An app is running; what it is asked."""
    questions = []

    def answer(arguments, where):
        questions.append((list(arguments), where))
        return SAID

    server = CommandServer(folder, answer)
    server.start()
    yield questions
    server.stop()


def test_the_app_answers_and_is_told_where_it_was_asked(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reply = reply_of_app(["search", "a\udcff é", "-k", "5"])
    assert (reply.said, reply.status) == ([(False, "found"), (True, "noted")], 0)
    assert asked[-1] == (["search", "a\udcff é", "-k", "5"], tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX's")
def test_only_the_user_of_the_app_can_read_the_note(asked, folder):
    file = folder / note.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)  # whoever can read it could have written it
    assert reply_of_app(["status"]) is None
    file.chmod(0o600)
    assert reply_of_app(["status"]).status == 0
    real = file.rename(folder / "real")
    file.symlink_to(real)
    assert reply_of_app(["status"]) is None


def test_the_note_goes_with_the_app_and_not_with_another(folder):
    first, second = (CommandServer(folder, lambda *_: SAID) for _ in range(2))
    first.start()
    second.start()
    first.stop()
    assert reply_of_app(["status"]).status == 0  # the second's
    second.stop()
    assert list(folder.iterdir()) == []
    assert reply_of_app(["status"]) is None


@pytest.mark.parametrize("command", [[], ["--help"], ["ingest", "x"], ["tag", "x"], ["jobs"], ["nonsense"]])
def test_commands_that_do_something_are_not_the_app_s(asked, command):
    assert reply_of_app(command) is None
    assert asked == []


@pytest.mark.parametrize(
    ("variables", "answers"),
    [
        ({"IMAGE_SEARCH_USE_APP": "no"}, False),
        ({"IMAGE_SEARCH_USE_APP": "nonsense"}, False),  # which the command itself complains of
        ({"IMAGE_SEARCH_USE_APP": "1"}, True),
        ({"IMAGE_SEARCH_INDEX": "others"}, False),
        ({"image_search_index": "others"}, False),
        ({"IMAGE_SEARCH_INDEX": ""}, True),
        ({"IMAGE_SEARCH_MODEL": "starter"}, False),
        ({"ELASTICSEARCH_URL": "http://localhost:9200"}, False),
        ({"ELASTICSEARCH_API_KEY": "x"}, False),
        ({"IMAGE_SEARCH_UPLOAD_MB": "nonsense"}, False),
        ({"IMAGE_SEARCH_DATA_DIR": "/nowhere"}, False),
    ],
)
def test_an_app_with_other_settings_does_not_answer(asked, monkeypatch, variables, answers):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (reply_of_app(["status"]) is not None) == answers


def test_what_only_the_app_has_set_does_not_matter(folder, monkeypatch):
    monkeypatch.setenv("IMAGE_SEARCH_HOSTS", "photos.example.com")
    monkeypatch.setenv("IMAGE_SEARCH_INDEX", "mine")
    with running(folder):
        monkeypatch.delenv("IMAGE_SEARCH_HOSTS")
        assert reply_of_app(["status"]).status == 0
        monkeypatch.delenv("IMAGE_SEARCH_INDEX")
        assert reply_of_app(["status"]) is None


@contextmanager
def running(folder, answer=lambda *_: SAID):
    server = CommandServer(folder, answer)
    server.start()
    yield
    server.stop()


def test_another_version_does_not_answer(asked, folder, monkeypatch):
    monkeypatch.setattr(note, "code_edition", lambda: note.proof("another"))  # type: ignore[attr-defined]
    assert reply_of_app(["status"]) is None
    assert asked == []


def test_the_edition_is_of_the_code(tmp_path):
    module = tmp_path / "a.py"
    module.write_text("1")
    before = note.code_edition(str(tmp_path))
    module.write_text("22")
    assert note.code_edition(str(tmp_path)) != before
    assert len(note.code_edition()) == 64


def test_the_note_holds_no_setting(folder, monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_API_KEY", "c2VjcmV0LWtleQ==")
    with running(folder):
        text = (folder / note.FILE).read_text()
        assert "c2VjcmV0LWtleQ==" not in text
        assert reply_of_app(["status"]).status == 0


def test_every_setting_is_compared():
    known = set(Settings.variables().values())
    assert known == {*note.DECISIVE, *note.OTHERS, client.SWITCH, "IMAGE_SEARCH_DATA_DIR"}


def test_the_data_folder_is_that_of_the_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("IMAGE_SEARCH_DATA_DIR", "~/there")
    assert note.data_dir(note.environment()) == str(Settings.load().data_dir)
    monkeypatch.delenv("IMAGE_SEARCH_DATA_DIR")
    assert note.data_dir(note.environment()) == str(Settings.load().data_dir)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "0" * 64},
        {"key": ""},
        {"port": 0},
        {"port": "80"},
        {"port": 1 << 40},
        {"settings": None},
        {"code": None},
        {"more": 1},
    ],
)
def test_a_wrong_note_is_none(asked, folder, changed):
    file = folder / note.FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))
    assert reply_of_app(["status"]) is None
    assert asked == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "x" * 100_000])
def test_a_broken_note_is_none(folder, text):
    folder.mkdir()
    file = folder / note.FILE
    file.touch(0o600)
    file.write_text(text)
    assert reply_of_app(["status"]) is None


def test_from_a_folder_that_is_gone_the_command_finds_out_by_itself(asked, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert reply_of_app(["status"]) is None
    assert asked == []


def test_a_note_of_an_app_that_was_killed_is_none(folder):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    note.write(str(folder), port, note.environment())
    assert reply_of_app(["status"]) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b'{"nonce": "0", "proof": "0"}\n{"said": [], "status": 0}\n',
        b'{"nonce": 1}\n',
        b"[]\n",
        b"x" * 2_000_000,
        b"",
    ],
)
def test_a_server_of_somebody_else_on_that_port_learns_nothing(folder, answer):
    heard = []

    class Foreign(socketserver.BaseRequestHandler):
        def handle(self):
            heard.append(self.request.recv(1 << 16))
            try:
                self.request.sendall(answer)
                self.request.shutdown(socket.SHUT_WR)
                while more := self.request.recv(1 << 16):
                    heard.append(more)
            except OSError:  # the command has hung up
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Foreign) as foreign:
        threading.Thread(target=foreign.serve_forever, daemon=True).start()
        own = note.write(str(folder), foreign.server_address[1], note.environment())
        assert reply_of_app(["search", "private words"]) is None
        foreign.shutdown()
    said = b"".join(heard)
    assert own.key.encode() not in said
    assert b"private" not in said


def test_the_app_answers_nobody_without_the_key(asked, folder):
    own = note.read(str(folder))
    for key in ("0" * 64, ""):
        connection = socket.create_connection(("127.0.0.1", own.port), 5)
        with connection, connection.makefile("rwb") as stream, pytest.raises(Distrust):
            ask(stream, key, {"arguments": ["status"], "folder": "/", "home": ""})
    for line in (b"GET / HTTP/1.1\r\n\r\n", b'{"nonce": "1"}\n{"question": "{}", "proof": "1"}\n', b"{}\n{}\n"):
        with socket.create_connection(("127.0.0.1", own.port), 5) as one, one.makefile("rwb") as stream:
            stream.write(line)
            stream.flush()
            said = stream.read()
            assert b"said" not in said
            assert own.key.encode() not in said
    assert asked == []


def test_a_proof_is_of_its_question():
    """Whoever sits between cannot put another question in its place."""
    left, right = socket.socketpair()
    with left, right, left.makefile("rwb") as command, right.makefile("rwb") as served:
        thread = threading.Thread(target=lambda: ask(command, "k", "words"))
        heard = []

        class Changed:
            def readline(self, size):
                heard.append(served.readline(size).replace(b"words", b"other"))
                return heard[-1]

            write, flush = served.write, served.flush

        thread.start()
        with pytest.raises(Distrust):
            listen(Changed(), "k")
        thread.join()
        assert b"other" in heard[-1]


def test_an_app_that_breaks_leaves_it_to_the_command(folder, caplog):
    def broken(*_):
        raise RuntimeError("broken")

    with running(folder, broken):
        assert reply_of_app(["status"]) is None
        assert note.read(str(folder)).key not in caplog.text


def test_without_a_port_or_a_folder_the_app_runs_on(tmp_path, caplog):
    (tmp_path / "file").touch()
    server = CommandServer(tmp_path / "file" / "data", lambda *_: SAID)
    server.start()
    server.stop()
    assert "will not find the app" in caplog.text


def test_long_answers_come_whole():
    left, right = socket.socketpair()
    with left, right, left.makefile("rwb") as stream, right.makefile("rwb") as other:
        writing = threading.Thread(target=lambda: (other.write(b'{"a": "' + b"x" * 3_000_000 + b'"}\n'), other.flush()))
        writing.start()
        assert len(receive(stream)["a"]) == 3_000_000
        writing.join()


@pytest.fixture
def answer(services, picture, tmp_path):
    """The commands, run by an app with two pictures of red and one of blue."""
    for name in ("red.png", "blue.png"):
        picture(name)
    picture("deep/red.jpg")
    CliRunner().invoke(app, ["ingest", str(tmp_path / "pictures")])
    shared.cache_clear()
    own = shared()
    own.model.load().result(60)
    own.learn_scores()
    return answerer(lambda _: own)


SEARCHES = [
    ["search", "red"],
    ["search", "red", "-k", "1", "--json"],
    ["search", "red", "-k", "all", "--min-match", "strong"],
    ["search", "red", "--collapse", "off", "--diversity", "0.5"],
    ["search", "- blue"],
    ["search", "2:red − blue", "--sort", "name"],
    ["search", "red", "--folder", "deep"],
    ["search", "red", "--label", "none"],
    ["search", "red.png"],
    ["search", "./deep/red.jpg"],
    ["search", "--image", "blue.png", "--exclude-image", "red.png"],
    ["search", "./gone.png"],
    ["search", ""],
    ["search", "a label:"],
    ["search", "name:nothing*"],
    ["search", "red", "-k", "0"],
    ["status"],
    ["status", "--json"],
    ["labels"],
]


def test_the_app_says_what_the_command_says(answer, monkeypatch, tmp_path):
    replies = [answer(arguments, tmp_path / "pictures") for arguments in SEARCHES]
    monkeypatch.chdir(tmp_path / "pictures")
    for arguments, reply in zip(SEARCHES, replies, strict=True):
        own = CliRunner(mix_stderr=False).invoke(app, arguments)
        said = "\n".join(text for is_err, text in reply.said if not is_err)
        noted = [text for is_err, text in reply.said if is_err]
        assert without_times(said) == without_times(own.stdout.removesuffix("\n")), arguments
        assert (noted, reply.status) == (own.stderr.splitlines(), own.exit_code), arguments


def without_times(text):
    """Nor with what is free on the disk, and what the process that answers keeps in memory."""
    if not text.startswith("{"):
        return text
    return {**json.loads(text), **dict.fromkeys(("milliseconds", "latency", "free", "memory"))}


def test_what_the_app_leaves_to_the_command(answer, capsys, tmp_path):
    for arguments in (
        ["search", "--help"],
        ["search", "red", "-h", "--nonsense"],
        ["search", "red", "-k", "x"],
        ["search", "red", "--sort", "x"],
        ["search", "--image", "gone.png"],  # may be there for the command
        ["search", "https://example.com/a.png"],
        ["search", "--image", "s3://bucket/a.png"],
        ["status", "nonsense"],
    ):
        assert answer(arguments, tmp_path) is None, arguments
    assert capsys.readouterr() == ("", "")


def test_a_search_does_not_wait_for_the_model_of_the_app(services, tmp_path):
    assert answerer(lambda _: services)(["search", "red"], tmp_path) is None


def test_a_command_prints_what_the_app_says_and_imports_nothing_more(folder):
    with running(folder, lambda *_: Reply([(False, "one é"), (True, "two"), (False, "three")], 1)):
        code = (
            "import runpy, sys; sys.argv = ['core', 'search', 'x']; before = {*sys.modules}\n"  # what measures coverage
            "try: runpy.run_module('core', run_name='__main__')\n"
            "except SystemExit as end: print('ended', end.code, 'imported', "
            "*sorted({'typer', 'click', 'numpy', 'pydantic', 'pathlib', 'logging', 'core.config'} "
            "& (sys.modules.keys() - before)))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert done.stdout.decode() == "one é\nthree\nended 1 imported\n"
    assert done.stderr.decode() == "two\n"
