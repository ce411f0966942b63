"""The routes about a collection in all, and about two sides of it."""

import pytest

OVERVIEW, COMPARE = "/api/v1/overview", "/api/v1/overview/compare"


def done(services, started):
    assert started.status_code == 202, started.text
    return services.jobs.wait(started.json()["job"], 60)


def test_a_collection_is_summed_up(client, services, corpus):
    before = client.get(OVERVIEW).json()
    assert (before["pictures"], before["gathered"], before["quality"]) == (len(corpus), None, None)
    done(services, client.post(OVERVIEW))
    told = client.get(OVERVIEW).json()
    assert told["gathered"]["pictures"] == len(corpus)
    assert {one["name"] for one in told["gathered"]["typical"]} <= {record.name for record in corpus.values()}
    found = client.get("/api/v1/search", params={"q": told["facets"]["folder"]["values"][0]["filter"]}).json()
    assert found["searched"] == len(corpus)


def test_two_sides_are_compared(client, services, corpus):
    sides = {"first": "name:re", "second": "-name:re"}
    assert client.get(COMPARE, params=sides).status_code == 404
    done(services, client.post(COMPARE, json=sides))
    found = client.get(COMPARE, params=sides).json()
    assert [side["pictures"] for side in found["sides"]] == [2, len(corpus) - 2]
    assert found["verdict"]["evidence"] == "few"
    assert found["overlap"]["same"] == 0


@pytest.mark.parametrize(
    "sides",
    [
        {"first": "red", "second": "name:a"},
        {"first": "name:a", "second": "name:a"},
        {"first": "name:a"},
        {"first": "name:a", "second": "collection:nowhere"},
    ],
)
def test_what_is_no_comparison(client, corpus, sides):
    assert client.post(COMPARE, json=sides).status_code in (400, 404)


def test_the_outline_of_the_land(client):
    answer = client.get(f"{OVERVIEW}/land")
    assert "max-age" in answer.headers["cache-control"]
    assert len(answer.json()) > 100
