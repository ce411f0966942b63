"""Nothing of one collection is to be seen in another, by whatever way: the ways are those that the app itself lists."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click
import pytest
import typer.main
from typer.testing import CliRunner

from core.api.light import OwnRoutes
from core.api.v1.earlier import current_path
from core.cli import app
from core.index.chosen.ids import IdSet
from core.services import shared
from tests.collections.conftest import Corpus, World

type Ask = Callable[[Corpus, Corpus], list[dict[str, Any]]]
"""The requests of a route, about one corpus and with what is known of the other: parameters of the path, and those of
the client."""

V1 = "/api/v1"
PAGE = "/search"  # leads to the page
ELSEWHERE = {"/api/openapi.json", "/api/docs", "/api/docs/{name}", "/metrics"}
"""Says nothing of any collection, or is about the server as a whole."""
OF_ALL = {f"{V1}/collections", f"{V1}/collections/{{name}}", f"{V1}/collections/{{name}}/clear"}
"""What is about collections as such tells of all."""

AGENT = "application/json, text/event-stream"
SEARCHES = ({"text": "red"}, {"text": "tag:both"}, {"text": ""}, {"text": "", "collapse": "off", "sort": "name"})


def of_hash(own: Corpus, other: Corpus) -> list[dict[str, Any]]:
    hashes = [
        own.records[0].content_hash,
        own.dropped,
        *(record.content_hash for record in other.records),
        other.dropped,
    ]
    return [{"content_hash": digest} for digest in hashes]


def explained(own: Corpus, other: Corpus) -> list[dict[str, Any]]:
    images = [own.records[0].content_hash, other.records[0].content_hash]
    return [{"json": {"text": "red", "image": digest}} for digest in images]


def exported(own: Corpus, other: Corpus) -> list[dict[str, Any]]:
    formats = [{"format": name, "text": "tag:both"} for name in ("csv", "json")]
    ids = [record.id for record in own.records]
    return [{"json": {**asked, **more}} for asked in formats for more in ({}, {"ids": ids})]


def of_selection(own: Corpus, other: Corpus) -> list[dict[str, Any]]:
    """Asked for by the name and the id of one of the other's; the name that it would be given is of no account."""
    ids = IdSet(record.id for record in other.records)
    made = other.services.analysis.map.selections.add(ids, other.mark)
    return [{"id": name, "json": {"name": own.mark}} for name in (made.name, made.id)]


ASKED: Mapping[tuple[str, str], Ask] = {
    ("GET", f"{V1}/search"): lambda own, other: [
        {"params": params}
        for params in ({"q": "red"}, {"q": "tag:both"}, {}, {"image": own.dropped}, {"image": other.dropped})
    ],
    ("POST", f"{V1}/search"): lambda own, other: [
        *({"json": body} for body in SEARCHES),
        {"json": {"images": [{"image": other.records[0].content_hash}]}},
        {"json": {"more": [other.records[0].content_hash]}},
    ],
    ("POST", f"{V1}/context"): lambda own, other: [{"json": {"text": text, "names": True}} for text in ("red", "")],
    ("POST", f"{V1}/ask"): lambda own, other: [{"json": {"question": "?", "names": True, "places": True}}],
    ("POST", f"{V1}/explain"): explained,
    ("POST", f"{V1}/heatmap"): explained,
    ("POST", f"{V1}/exports"): exported,
    ("GET", f"{V1}/exports/{{token}}/{{name}}"): lambda own, other: [],  # below
    ("GET", f"{V1}/thumbnails/{{content_hash}}"): of_hash,
    ("GET", f"{V1}/images/{{content_hash}}"): of_hash,
    ("GET", f"{V1}/boxes/{{id}}"): lambda own, other: [{"id": own.records[0].id}],
    ("POST", f"{V1}/queries"): lambda own, other: [
        {"content": b"no picture", "headers": {"Content-Type": "image/png"}, "params": {"name": own.mark}}
    ],
    ("POST", f"{V1}/queries/located"): lambda own, other: [{"json": {"location": own.records[0].path}}],
    ("POST", f"{V1}/uploads"): lambda own, other: [
        {"content": b"no picture", "headers": {"Content-Type": "image/png"}, "params": {"name": own.mark}}
    ],
    ("POST", f"{V1}/uploads/done"): lambda own, other: [{"json": {"ids": [other.uploaded]}}],
    ("POST", f"{V1}/ingest"): lambda own, other: [{"json": {"locations": ["/"]}}],
    ("GET", f"{V1}/jobs/{{id:int}}"): lambda own, other: [{"id": number} for number in range(1, 6)],
    **{
        ("POST", f"{V1}/jobs/{{id:int}}/{what}"): lambda own, other: [{"id": number} for number in range(1, 6)]
        for what in ("start", "pause", "resume", "cancel")
    },
    ("DELETE", "/mcp"): lambda own, other: [{}],
    ("POST", "/mcp"): lambda own, other: [
        {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}, "headers": {"Accept": AGENT}}
        for params in (
            {"name": "search", "arguments": {"text": "red", "pictures": "none"}},
            {"name": "show", "arguments": {"id": other.records[0].id}},
            {"name": "facets", "arguments": {}},
            {"name": "describe_collection", "arguments": {"collection": own.name}},
        )
    ],
    ("POST", f"{V1}/recall"): lambda own, other: [{"json": {"texts": ["red"], "k": 2}}],
    ("POST", f"{V1}/tags"): lambda own, other: [{"json": {"ids": [own.records[0].id], "add": ["both"]}}],
    ("POST", f"{V1}/versions"): lambda own, other: [{"json": {"model": "none"}}],
    ("GET", f"{V1}/versions/{{number:int}}/comparison"): lambda own, other: [{"number": 1}, {"number": 2}],
    ("POST", f"{V1}/versions/{{number:int}}/swap"): lambda own, other: [{"number": 2}],
    ("POST", f"{V1}/versions/rollback"): lambda own, other: [{}],
    ("DELETE", f"{V1}/versions/{{number:int}}"): lambda own, other: [{"number": 2}],
    ("POST", f"{V1}/pictures"): lambda own, other: [{"json": {"ids": [other.records[0].id]}}],
    ("POST", f"{V1}/check"): lambda own, other: [{"json": {"ids": [other.uploaded, own.uploaded]}}],
    ("POST", f"{V1}/check/files"): lambda own, other: [
        {"content": b"no picture", "headers": {"Content-Type": "image/png"}, "params": {"name": own.mark}}
    ],
    ("POST", f"{V1}/quality"): lambda own, other: [{}],
    ("POST", f"{V1}/overview"): lambda own, other: [{}],
    ("POST", f"{V1}/overview/compare"): lambda own, other: [{"json": {"first": "format:PNG", "second": "-format:PNG"}}],
    ("POST", f"{V1}/duplicates/scan"): lambda own, other: [{"json": {}}],
    ("GET", f"{V1}/duplicates/groups/{{key}}"): lambda own, other: [{"key": "0" * 32}],
    ("POST", f"{V1}/duplicates/decisions"): lambda own, other: [
        {"json": {"keep": [other.records[0].id], "set_aside": []}}
    ],
    ("POST", f"{V1}/duplicates/decisions/all"): lambda own, other: [{"json": {"level": "same-bytes"}}],
    ("POST", f"{V1}/duplicates/undo"): lambda own, other: [{"json": {}}],
    ("POST", f"{V1}/classes"): lambda own, other: [
        {"json": {"name": f"{own.mark} list", "classes": [{"name": f"{own.mark} class"}]}}
    ],
    ("POST", f"{V1}/classes/score"): lambda own, other: [{}],
    **{
        (method, f"{V1}/classes/{{id:int}}{below}"): lambda own, other: [{"id": number} for number in (1, 2)]
        for method, below in (("GET", ""), ("GET", "/pictures"), ("POST", "/withdraw"), ("DELETE", ""))
    },
    ("PATCH", f"{V1}/classes/{{id:int}}"): lambda own, other: [
        {"id": number, "json": {"exclusive": True}} for number in (1, 2)
    ],
    ("POST", f"{V1}/classes/{{id:int}}/apply"): lambda own, other: [
        {"id": number, "json": {"tags": False}} for number in (1, 2)
    ],
    ("POST", f"{V1}/classes/{{id:int}}/decisions"): lambda own, other: [
        {"id": number, "json": {"name": f"{own.mark} class", "right": [other.records[0].content_hash]}}
        for number in (1, 2)
    ],
    ("POST", f"{V1}/labels/check"): lambda own, other: [{"json": {}}],
    ("POST", f"{V1}/labels/decisions"): lambda own, other: [
        {"json": {"decisions": [{"content_hash": own.records[0].content_hash, "label": own.mark, "verdict": "right"}]}}
    ],
    ("POST", f"{V1}/picks"): lambda own, other: [{"json": {"count": 2, "how": "random"}}],
    ("POST", f"{V1}/map"): lambda own, other: [{"json": {"again": 1}}],
    ("PATCH", f"{V1}/map/clusters/{{number:int}}"): lambda own, other: [{"number": 1, "json": {"name": own.mark}}],
    ("GET", f"{V1}/map/colours/{{by}}"): lambda own, other: [{"by": "folder"}],
    ("POST", f"{V1}/map/pictures"): lambda own, other: [{"json": {"points": [0, 1]}}],
    ("POST", f"{V1}/map/find"): lambda own, other: [{"json": {"ids": [other.records[0].id]}}],
    ("POST", f"{V1}/map/selections"): lambda own, other: [{"json": {"ids": [own.records[0].id], "name": own.mark}}],
    **{
        (method, f"{V1}/map/selections/{{id}}{below}"): of_selection
        for method, below in (("GET", ""), ("GET", "/ids"), ("GET", "/points"), ("PATCH", ""), ("DELETE", ""))
    },
    ("POST", f"{V1}/saved"): lambda own, other: [{"json": {"name": "both", "query_string": f"q={own.mark}"}}],
    ("DELETE", f"{V1}/saved/{{id:int}}"): lambda own, other: [{"id": other.saved}],
}
"""Routes with a body, or with something in the path. All others are asked as they are."""


def routes() -> list[tuple[str, str]]:
    """All of the app's own, by method and path."""
    own = OwnRoutes(shared.asked)
    found = {
        (method, current_path(path) or path)
        for route in (*own.routes, *own.api.load().routes)
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
        for path in [route.path]  # type: ignore[attr-defined]
    }
    return sorted(one for one in found if one[1] not in ELSEWHERE | {PAGE})


def asked(world: World, method: str, path: str, own: Corpus, other: Corpus) -> Iterator[Any]:
    key = (method, path)
    plain = method == "GET" and "{" not in path
    assert plain or key in ASKED or path in OF_ALL, f"say in ASKED how {method} {path} is asked"
    for request in ASKED[key](own, other) if key in ASKED else [{}] if plain else []:
        filled = re.sub(r"{(\w+)(:\w+)?}", r"{\1}", path).format(**request)
        sent = {name: value for name, value in request.items() if f"{{{name}" not in path}
        params = {**sent.pop("params", {}), "collection": own.name}
        yield world.client.request(method, filled, params=params, **sent)


def test_no_route_answers_with_anything_of_another_collection(world: World) -> None:
    own_seen: set[str] = set()
    for method, path in routes():
        if path in OF_ALL:
            continue
        for own, other in world.pairs:
            for answer in asked(world, method, path, own, other):
                assert answer.status_code != 500, (method, path, answer.text)
                texts = [answer.text, *(_downloaded(world, answer.json()) if path.endswith("/exports") else ())]
                for text in texts:
                    assert not [sign for sign in other.signs if sign in text], (method, path, text)
                    own_seen |= {path for sign in own.signs if sign in text}
    # A test that sees nothing at all would see no leak, either.
    assert own_seen >= {f"{V1}/search", f"{V1}/saved", f"{V1}/exports"}


def _downloaded(world: World, made: Mapping[str, Any]) -> list[str]:
    """What is downloaded, and that no other collection gives it."""
    url = made["url"]
    elsewhere = re.sub(r"collection=[^&]*", "", url)
    texts = [world.client.get(url).text]
    for corpus in (world.first, world.second):
        if corpus.name not in url.split("collection=")[1].split("&"):
            assert world.client.get(elsewhere, params={"collection": corpus.name}).status_code == 404
    return texts


def test_pictures_are_those_of_the_collection(world: World) -> None:
    for own, other in world.pairs:
        for route in ("thumbnails", "images", f"{V1[1:]}/images"):
            for digest, status in ((own.records[0].content_hash, 200), (own.dropped, 200)):
                found = world.client.get(f"/{route}/{digest}", params={"collection": own.name})
                assert found.status_code == status
            for digest in (other.records[0].content_hash, other.dropped, other.uploaded):
                assert world.client.get(f"/{route}/{digest}", params={"collection": own.name}).status_code == 404


def test_the_same_id_is_another_picture_with_other_boxes(world: World) -> None:
    first, second = world.first.records[0], world.second.records[0]
    assert (first.id, first.path) == (second.id, second.path)
    assert first.content_hash != second.content_hash
    drawn = [
        world.client.get(f"/boxes/{first.id}", params={"collection": corpus.name}).content
        for corpus in (world.first, world.second)
    ]
    assert drawn[0] != drawn[1]


def test_what_is_changed_in_one_is_changed_there_alone(world: World) -> None:
    own, other = world.second, world.first
    before = other.services.index.get([record.id for record in other.records])
    body = {"ids": [record.id for record in own.records], "add": ["new"], "remove": ["both"]}
    answer = world.client.post(f"{V1}/tags", json=body, params={"collection": own.name})
    assert answer.json()["changed"] == len(own.records)
    assert other.services.index.get([record.id for record in other.records]) == before
    world.client.post(f"{V1}/tags", json={**body, "add": ["both"], "remove": ["new"]}, params={"collection": own.name})
    assert other.services.saved.all() != own.services.saved.all()
    assert world.client.delete(f"{V1}/saved/{other.saved}", params={"collection": own.name}).status_code == 404


def test_completions_examples_and_facets_are_those_of_the_collection(world: World) -> None:
    for own, other in world.pairs:
        told = json.dumps([own.services.facets(), own.services.examples(), own.services.index.facets()])
        assert own.mark in told
        assert other.mark not in told


def test_no_route_answers_about_a_collection_that_is_not_there(world: World) -> None:
    for method, path in routes():
        answer = world.client.request(method, re.sub(r"{.*?}", "0", path), params={"collection": "nowhere"})
        assert answer.status_code == 404, (method, path)
        assert answer.json()["error"] == "There is no collection nowhere."
        assert all(corpus.name in answer.json()["remedy"] for corpus in (world.first, world.second))


# The command line.

OF_ALL_COMMANDS = {"tokens", "run", "collections", "snapshot"}
ARGUMENTS: Mapping[str, Callable[[Corpus], list[str]]] = {
    "ingest": lambda own: ["--dry-run", str(own.services.settings.library_roots[0] / "pictures")],
    "jobs show": lambda own: [str(own.job)],
    "search": lambda own: ["red", "--json"],
    "tag": lambda own: ["--add", "both", own.records[0].path, "--json"],
    "sources follow": lambda own: [str(own.services.settings.library_roots[0] / "pictures")],
    "sources unfollow": lambda own: [str(own.services.settings.library_roots[0] / "pictures")],
}
"""Of commands that want some; without any they say that they do."""
OF_OTHERS_JOBS = ("jobs show", "jobs pause", "jobs cancel", "jobs resume", "jobs retry")


def commands() -> Iterator[tuple[str, click.Command]]:
    """All that there are, those below others too."""
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group)
    for name, command in group.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", one) for below, one in command.commands.items())


NOT_RUN = {"reembed", "mcp"}
"""With a model that is none of the app's the first would wait for one that is; the second waits for messages."""
NAMES = [name for name, _ in commands() if name.split()[0] not in OF_ALL_COMMANDS | NOT_RUN]


def run(*arguments: str) -> Any:
    shared.cache_clear(command_line=True)  # a command is a process of its own
    return CliRunner(mix_stderr=False).invoke(app, arguments)


def test_every_command_takes_a_collection() -> None:
    without = [
        name
        for name, command in commands()
        if not any("--collection" in parameter.opts for parameter in command.params)
    ]
    assert {name.split()[0] for name in without} == OF_ALL_COMMANDS


@pytest.mark.parametrize("name", NAMES)
def test_no_command_says_anything_of_another_collection(world: World, name: str) -> None:
    for own, other in world.pairs:
        arguments = ARGUMENTS[name](own) if name in ARGUMENTS else []
        said = run(*name.split(), *arguments, "--collection", own.name)
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        text = said.stdout + said.stderr
        assert not [sign for sign in other.signs if sign in text], text


def test_commands_say_what_is_in_the_collection(world: World) -> None:
    for own, _ in world.pairs:
        assert own.mark in run("labels", "--collection", own.name).stdout
        assert own.mark in run("jobs", "--collection", own.name).stdout
        assert own.records[0].content_hash in run("search", "red", "--json", "--collection", own.name).stdout
        assert json.loads(run("status", "--json", "--collection", own.name).stdout)["index"] == own.name


@pytest.mark.parametrize("name", OF_OTHERS_JOBS)
def test_the_job_of_another_collection_is_none(world: World, name: str) -> None:
    before = world.first.services.jobs.state(world.first.job)
    said = run(*name.split(), str(world.first.job), "--collection", world.second.name)
    assert (said.exit_code, f"There is no job {world.first.job}." in said.stderr) == (1, True)
    assert world.first.services.jobs.state(world.first.job) == before


def test_a_command_names_the_collections_there_are(world: World) -> None:
    said = run("search", "red", "--collection", "nowhere")
    assert (said.exit_code, world.second.name in said.stderr) == (1, True)
