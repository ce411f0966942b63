"""The routes about the quality of pictures."""


def flags(told):
    return {flag["key"]: flag for flag in told["flags"]}


def test_quality_is_checked_and_told(client, services, corpus):
    before = client.get("/api/v1/quality").json()
    assert (before["flagged"], before["checked"], before["pictures"]) == (None, 0, len(corpus))
    started = client.post("/api/v1/quality")
    assert started.status_code == 202
    services.jobs.wait(started.json()["job"], 30)
    told = client.get("/api/v1/quality", params={"worst": 2}).json()
    assert told["flagged"] == told["checked"] == len(corpus)
    assert flags(told)["near-blank"]["count"] == len(corpus)
    assert len(flags(told)["near-blank"]["worst"]) == 2
    assert list(flags(client.get("/api/v1/quality?flag=dark").json())) == ["dark"]
    found = client.get("/api/v1/search", params={"q": "quality:near-blank", "collapse": "none"}).json()
    assert found["searched"] == len(corpus)


def test_what_is_asked_wrongly_is_refused(client, corpus):
    for wrong in ("flag=ugly", "worst=-1", "worst=1001"):
        answer = client.get(f"/api/v1/quality?{wrong}")
        assert answer.status_code == 400, answer.text
