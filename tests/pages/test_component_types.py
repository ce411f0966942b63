"""What the JavaScript's types say of the data that Python sends: the keys and the texts are those that really come."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from core.api.v1 import responses
from core.search.language.url import to_json
from core.search.options import Band, Collapse, MinMatch, Sort
from core.search.output import pictures, response
from core.search.query import Search
from core.ui import components
from core.ui.facets_view import NUMBERS, VALUES
from tests.pages.conftest import Component

FOLDER = Path(components.__file__).parent
INTERFACE = re.compile(r"^export interface (\w+)(?:<.*>)?(?: extends (\w+).*)? \{\n([\s\S]*?)^\}", re.MULTILINE)
MEMBER = re.compile(r"^  (\w+)(\?)?: ", re.MULTILINE)


class Keys(NamedTuple):
    always: frozenset[str]
    sometimes: frozenset[str]


@cache
def interfaces(component: str) -> Mapping[str, Keys]:
    """Each interface of a component's types, with the keys of the one that it extends."""
    found = {} if component == "shared" else dict(interfaces("shared"))
    for name, base, body in INTERFACE.findall(types(component)):
        members = MEMBER.findall(body)
        inherited = found.get(base, Keys(frozenset(), frozenset()))
        always = inherited.always.union(key for key, optional in members if not optional)
        sometimes = inherited.sometimes.union(key for key, optional in members if optional)
        found[name] = Keys(always, sometimes)
    return found


def types(component: str) -> str:
    return (FOLDER / component / "types.d.ts").read_text("utf-8")


def texts_of(component: str, name: str) -> set[str]:
    """What a type, or a member of an interface, may be."""
    pattern = rf'^(?:export type {name} =|  {name}:)((?: \|? ?"[^"]+")+)$'
    (written,) = re.findall(pattern, types(component), re.MULTILINE)
    return set(re.findall(r'"([^"]+)"', written))


def assert_has(interface: str, component: str, keys: Iterable[str]) -> None:
    always, sometimes = interfaces(component)[interface]
    assert always <= set(keys) <= always | sometimes, f"{interface} of {component}/types.d.ts"


def test_the_search_page_sends_what_is_said(corpus, open_page):
    first = next(record.content_hash for records, _ in corpus.index.scan() for record in records)
    at = open_page(q="green -name:x size:>1", image=first, more=first, less=first)
    assert not at.exception
    data: dict[str, Any] = {name: Component(at, name).data for name in ("query", "gallery", "facets", "view", "frame")}
    parts = {part["kind"]: part for part in data["query"]["parts"]}
    answer, where = data["gallery"]["answer"], data["facets"]["where"]
    for component, interface, sent in [
        *((name, f"{name.title()}Data", sent) for name, sent in data.items()),
        ("query", "WordsPart", parts["words"]),
        ("query", "FilterPart", parts["filter"]),
        ("query", "ImagePart", parts["image"]),
        ("query", "ExamplePart", parts["more"]),
        ("query", "ExamplePart", parts["less"]),
        ("gallery", "Item", answer["results"][0]),
        ("gallery", "Milliseconds", answer["milliseconds"]),
        ("gallery", "Routes", data["gallery"]["routes"]),
        ("facets", "Where", where),
        ("facets", "ChosenValues", where["values"]["label"]),
        ("facets", "Chosen", where["folders"]),
        ("view", "Options", data["view"]["options"]),
        ("frame", "SkipLink", data["frame"]["links"][0]),
    ]:
        assert_has(interface, component, sent)
    assert_has("Answer", "gallery", {*answer, "facets"} - {"tags"})  # those are sent in place of the facets
    assert set(where["ranges"]) == {*NUMBERS, "taken"}


def test_the_ingest_page_sends_what_is_said(services, open_page):
    data = Component(open_page("ingest.py"), "uploads").data
    assert_has("UploadsData", "uploads", data)
    assert_has("UploadLimits", "uploads", data["limits"])


@pytest.mark.parametrize(
    ("component", "interface", "answer"),
    [
        ("gallery", "Answer", response.Answer),
        ("gallery", "Item", response.Item),
        ("gallery", "Duplicate", response.Duplicate),
        ("gallery", "Milliseconds", response.Milliseconds),
        ("gallery", "Export", responses.Prepared),
        ("gallery", "Concepts", responses.Concepts),
        ("gallery", "Concept", responses.Weighted),
        ("gallery", "HeatProgress", responses.Progress),
        ("gallery", "HeatMap", responses.HeatMap),
        ("gallery", "ChangedTags", responses.Changed),
        ("gallery", "Pictures", responses.Pictures),
        ("gallery", "Picture", pictures.Picture),
        ("gallery", "LabelledBox", pictures.LabelledBox),
        ("query", "SavedSearch", responses.Saved),
        ("shared", "Stored", responses.Received),
    ],
)
def test_routes_answer_what_is_said(component, interface, answer):
    assert_has(interface, component, answer.__annotations__)


def test_what_the_gallery_reads_of_a_search_is_in_it():
    assert interfaces("gallery")["Search"].sometimes <= to_json(Search()).keys()


@pytest.mark.parametrize(
    ("component", "name", "texts"),
    [
        ("gallery", "Band", [band.value for band in Band]),
        ("view", "sort", list(Sort)),
        ("view", "min_match", list(MinMatch)),
        ("view", "collapse", list(Collapse)),
        ("facets", "TextField", VALUES),
        ("facets", "NumberField", NUMBERS),
    ],
)
def test_the_texts_that_are_said_are_all_that_there_are(component, name, texts):
    assert texts_of(component, name) == set(texts)
