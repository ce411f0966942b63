"""Tags and saved searches over HTTP."""

import pytest

from core.errors import JournalUnavailable
from core.saved import MOST


def tagged(changed, unchanged, missing=0):
    return {"changed": changed, "unchanged": unchanged, "missing": missing}


class TestTags:
    def test_are_given_and_taken(self, client, corpus, services):
        ids = [corpus["red"].id, corpus["blue"].id]
        answer = client.post("/api/v1/tags", json={"ids": ids, "add": ["holiday", "Anna"]})
        assert answer.json() == tagged(2, 0)
        assert client.post("/api/v1/tags", json={"ids": ids, "add": ["holiday"]}).json() == tagged(0, 2)
        assert client.post("/api/v1/tags", json={"ids": ids[:1], "remove": ["Anna"]}).json() == tagged(1, 0)
        assert [record.tags for record in services.index.get(ids)] == [("holiday",), ("Anna", "holiday")]
        found = client.post("/api/v1/search", json={"text": "tag:holiday"}).json()["results"]
        assert {tuple(item["tags"]) for item in found} == {("holiday",), ("Anna", "holiday")}

    def test_of_pictures_that_are_gone(self, client, red):
        assert client.post("/api/v1/tags", json={"ids": ["0" * 32], "add": ["x"]}).json() == tagged(0, 0, 1)

    @pytest.mark.parametrize(
        "body",
        [
            {"ids": []},
            {"ids": ["0" * 64], "add": ["x"]},
            {"ids": ["0" * 32] * 10_001, "add": ["x"]},
            {"add": ["x"]},
            {"ids": ["0" * 32], "add": "x"},
            {"ids": ["0" * 32], "add": [7]},
            {"ids": ["0" * 32], "add": ["x" * 65]},
            {"ids": ["0" * 32], "add": [str(number) for number in range(100)]},
        ],
        ids=lambda body: str(body)[:50],
    )
    def test_what_cannot_be_given(self, client, red, body):
        answer = client.post("/api/v1/tags", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]


class TestSavedSearches:
    def test_come_back_until_they_are_deleted(self, client):
        assert client.get("/api/v1/saved").json() == []
        made = client.post("/api/v1/saved", json={"name": "beach", "query_string": "?q=beach"})
        assert made.status_code == 201
        saved = made.json()
        assert client.get("/api/v1/saved").json() == [saved]
        assert (saved["name"], saved["query_string"]) == ("beach", "q=beach")
        assert client.delete(f"/api/v1/saved/{saved['id']}").status_code == 204
        assert client.get("/api/v1/saved").json() == []
        assert client.delete(f"/api/v1/saved/{saved['id']}").status_code == 404

    def test_the_same_name_is_replaced(self, client):
        for address in ("q=beach", "q=sea"):
            client.post("/api/v1/saved", json={"name": "beach", "query_string": address})
        assert [saved["query_string"] for saved in client.get("/api/v1/saved").json()] == ["q=sea"]

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "", "query_string": "q=a"},
            {"name": "a"},
            {"name": "a", "query_string": "javascript:alert(1)"},
            {"name": "a", "query_string": "https://example.com/?q=a"},
            {"name": "a", "query_string": "q=" + "x" * 9000},
            {"name": ["a"], "query_string": "q=a"},
            {"name": "x" * 101, "query_string": "q=a"},
        ],
        ids=lambda body: str(body)[:50],
    )
    def test_what_cannot_be_saved(self, client, body):
        answer = client.post("/api/v1/saved", json=body)
        assert answer.status_code == 400
        assert answer.json()["remedy"]
        assert client.get("/api/v1/saved").json() == []

    def test_no_more_than_so_many(self, client, services):
        for number in range(MOST):
            services.saved.save(str(number), "q=a")
        assert client.post("/api/v1/saved", json={"name": "more", "query_string": "q=a"}).status_code == 400

    @pytest.mark.parametrize("address", ["/api/v1/saved/x", "/api/v1/saved/-1", "/api/v1/saved/"])
    def test_what_is_no_number(self, client, address):
        assert client.delete(address).status_code == 404

    def test_a_number_that_no_database_holds(self, client):
        assert client.delete(f"/api/v1/saved/{10**30}").status_code == 404

    def test_pages_of_other_sites_delete_nothing(self, client):
        saved = client.post("/api/v1/saved", json={"name": "beach", "query_string": "q=beach"}).json()
        answer = client.delete(f"/api/v1/saved/{saved['id']}", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
        assert client.get("/api/v1/saved").json() == [saved]

    def test_a_database_that_is_away(self, client, services, monkeypatch):
        def refuse():
            raise JournalUnavailable("The journal cannot be used.", "Check that it has space left.")

        monkeypatch.setattr(services.saved, "all", refuse)
        answer = client.get("/api/v1/saved")
        assert (answer.status_code, answer.json()["remedy"]) == (503, "Check that it has space left.")
