"""Saved searches: what is kept comes back, and nothing but a search is kept."""

import threading
from concurrent.futures import ThreadPoolExecutor
from string import ascii_letters, digits
from urllib.parse import parse_qs, urlencode

import pytest
from sqlalchemy import Connection, Update, false

from core.errors import JournalUnavailable, SavedRefused
from core.index.filters import AnyOf, Filter
from core.saved import MAX_NAME, MAX_URL, MOST, SavedSearch, SavedSearches
from core.search.language.url import PARAMETERS, from_params, to_params
from core.search.options import Collapse, MinMatch, Options, Sort
from core.search.query import Picture, Query, Region, Search, Words

HASH = "0123456789abcdef" * 4


@pytest.fixture
def url(tmp_path):
    return str(tmp_path / "data" / "jobs.db")


@pytest.fixture
def saved(url):
    made = SavedSearches(url, "lancedb/images")
    yield made
    made.close()


def test_what_is_saved_comes_back_by_name(saved):
    beach, cats = saved.save("beach", "?q=beach"), saved.save("Äpfel & Katzen", f"q=cat&image={HASH}%3A0.5&sort=newest")
    assert saved.all() == [beach, cats]
    assert (beach.name, beach.address) == ("beach", "q=beach")
    assert cats.address == f"q=cat&image={HASH}%3A0.5&sort=newest"


def test_every_search_of_the_page_can_be_kept(saved):
    query = Query(
        (Words("red", 2.0), Words("blue", -1.0)), (Picture(HASH, 0.5, Region(0, 0, 0.5, 1)),), (HASH,), ("0" * 64,)
    )
    options = Options(Collapse.BYTES, 0.9, 0.5, MinMatch.ALL, Sort.NEWEST)
    search = Search(query, Filter((AnyOf("label", ("cat & dog",)),)), options, 12)
    assert set(to_params(search)) == PARAMETERS
    kept = saved.save("all", urlencode(to_params(search), doseq=True))
    assert from_params(parse_qs(kept.address)) == search


def test_saving_again_replaces(saved):
    first = saved.save("cats", "q=cat")
    assert saved.save(" cats\n", "q=two+cats") == SavedSearch(first.id, "cats", "q=two+cats")
    assert len(saved.all()) == 1


def test_each_index_has_its_own(saved, url):
    saved.save("cats", "q=cat")
    other = SavedSearches(url, "elasticsearch/images")
    theirs = other.save("cats", "q=tiger")
    assert [search.address for search in saved.all()] == ["q=cat"]
    assert not saved.delete(theirs.id)
    assert other.all() == [theirs]
    other.close()


def test_what_is_deleted_is_gone_and_its_number_is_not_given_again(saved):
    first = saved.save("cats", "q=cat")
    assert saved.delete(first.id)
    assert saved.all() == []
    assert not saved.delete(first.id)
    assert saved.save("dogs", "q=dog").id > first.id


@pytest.mark.parametrize("search_id", [0, -1, 10**30])
def test_numbers_of_nothing(saved, search_id):
    assert not saved.delete(search_id)


def test_no_more_than_so_many(saved):
    for number in range(MOST):
        saved.save(str(number), "q=cat")
    with pytest.raises(SavedRefused, match="already"):
        saved.save("one more", "q=cat")
    saved.save("0", "q=dog")  # replaces
    saved.delete(saved.all()[1].id)
    saved.save("one more", "q=cat")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "?",
        "javascript:alert(1)",
        "https://example.com/?q=cat",
        "//example.com/?q=cat",
        "/?q=cat",
        "q=cat&next=https://example.com",
        "q=%ff",
        "q\u0000=cat",
        "\ud800",
        "q=" + "x" * MAX_URL,
        "q=" + "ä" * (MAX_URL // 3),
        "&".join(["q=a"] * 1000),
    ],
    ids=lambda address: ascii(address[:20]),
)
def test_what_is_no_address_of_a_search(saved, address):
    with pytest.raises(SavedRefused):
        saved.save("cats", address)
    assert saved.all() == []


@pytest.mark.parametrize("odd", ["cat#top", "cat;\nSet-Cookie: a", "cat\r\n\r\n<script>", 'cat"><img>'])
def test_addresses_are_written_anew(saved, odd):
    address = saved.save("cats", f"q={odd}").address
    assert parse_qs(address) == {"q": [odd]}
    assert set(address) <= set(ascii_letters + digits + "%+=_.-")


@pytest.mark.parametrize("name", ["", " \n\t", "\x00\u202e", "\ud800", "x" * (MAX_NAME + 1), "x" * 1_000_000])
def test_what_is_no_name(saved, name):
    with pytest.raises(SavedRefused):
        saved.save(name, "q=cat")


@pytest.mark.parametrize("name", ["'; DROP TABLE searches;--", "日本", "<script>", "%s", "../../etc/passwd"])
def test_odd_names_come_back(saved, name):
    assert saved.save(name, "q=cat").name == name
    assert [search.name for search in saved.all()] == [name]


def test_many_that_save_the_same_name_at_once(url):
    several = [SavedSearches(url, "lancedb/images") for _ in range(4)]  # as processes have
    ready = threading.Barrier(8)

    def save(number):
        one = several[number % 4]
        one.all()
        ready.wait()
        return one.save("cats", f"q={number}")

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(save, range(8)))
    assert len({search.id for search in made}) == 1
    assert [search.id for search in several[0].all()] == [made[0].id]
    for one in several:
        one.close()


def test_one_that_comes_in_between_is_replaced(saved, monkeypatch):
    """On databases that let another write in between, the first look finds nothing."""
    first = saved.save("cats", "q=cat")
    execute, updates = Connection.execute, []

    def miss_the_first(self, statement, *args, **kwargs):
        if isinstance(statement, Update) and not updates:
            updates.append(statement)
            statement = statement.where(false())
        return execute(self, statement, *args, **kwargs)

    monkeypatch.setattr(Connection, "execute", miss_the_first)
    assert saved.save("cats", "q=dog") == SavedSearch(first.id, "cats", "q=dog")
    assert updates
    assert [search.address for search in saved.all()] == ["q=dog"]


def test_a_database_that_is_none(tmp_path):
    file = tmp_path / "jobs.db"
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(JournalUnavailable, match="cannot be used"):
        SavedSearches(str(file), "images").all()
