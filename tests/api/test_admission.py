"""Who is let in where: every way into the app, listed by the app itself, asked by nobody and by each role."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from streamlit.runtime import Runtime

import streamlit_app
from core.access.access import Access
from core.access.actors import COMMAND_LINE
from core.access.needs import Needs, actor, declare, needed
from core.access.roles import Role
from core.api.paths import OWN, PUBLIC
from core.api.protection import protection
from core.api.protection.admission import STREAMLIT_NEEDS
from core.api.protection.guard import STREAMLIT_PRIVATE
from core.api.protection.refusals import refusal
from core.hosts import LOOPBACK, Hosts
from core.ui.shell import pages, shell
from tests import signed_in
from tests.signed_in import cookies, header, headers_of

HASH = "a" * 64
ROLES = [None, *Role]
"""Of who asks; None: who has not signed in."""

LABEL_FILES = ("decisions.csv", "corrected.json", "leakage.csv")
EDITING = {
    *(("POST", f"/api/v1/jobs/7/{what}") for what in ("pause", "resume", "cancel")),
    *(("POST", path) for path in ("/api/v1/ask", "/api/v1/exports", "/api/v1/tags", "/api/v1/saved")),
    *((method, "/ask") for method in ("GET", "HEAD")),
    *((method, f"/api/v1/exports/{HASH}/{HASH}") for method in ("GET", "HEAD")),
    ("DELETE", "/api/v1/saved/7"),
    *(("POST", f"/api/v1/{path}") for path in ("quality", "overview", "overview/compare")),
    *(("POST", f"/api/v1/classes{path}") for path in ("", "/score", "/7/apply", "/7/withdraw", "/7/decisions")),
    *((method, "/api/v1/map/export") for method in ("GET", "HEAD")),
    ("POST", "/api/v1/map"),
    ("PATCH", "/api/v1/map/clusters/7"),
    *((method, f"/api/v1/map/selections/{HASH}") for method in ("PATCH", "DELETE")),
    *(("POST", f"/api/v1/duplicates/{path}") for path in ("scan", "decisions", "decisions/all", "undo")),
    *((method, "/api/v1/duplicates/export") for method in ("GET", "HEAD")),
    *((method, "/api/v1/classes/7") for method in ("PATCH", "DELETE")),
    *(("POST", f"/api/v1/labels/{path}") for path in ("check", "decisions")),
    *((method, f"/api/v1/labels/{file}") for method in ("GET", "HEAD") for file in LABEL_FILES),
}
ADMINISTERING = {
    *((method, "/api/v1/recall") for method in ("GET", "HEAD", "POST")),
    *(("POST", f"/api/v1/versions{path}") for path in ("", "/7/swap", "/rollback")),
    *((method, "/api/v1/versions/7/comparison") for method in ("GET", "HEAD")),
    ("DELETE", "/api/v1/versions/7"),
    *(("POST", path) for path in ("/api/v1/collections", "/api/v1/ingest", "/api/v1/jobs/7/start")),
    *((method, f"/api/v1/collections/{HASH}") for method in ("PATCH", "DELETE")),
    ("POST", f"/api/v1/collections/{HASH}/clear"),
    *(("POST", path) for path in ("/uploads", "/api/v1/uploads", "/api/v1/uploads/done")),
    *((method, page) for method in ("GET", "HEAD") for page in ("/ingest", "/index", "/collections")),
}
SIGNING_IN = {"auth", "oauth2callback", "sign-in"}
"""First parts of the paths that lead in and out."""


@pytest.fixture(scope="module")
def access(tmp_path_factory):
    return signed_in.access(str(tmp_path_factory.mktemp("access") / "jobs.db"))


@pytest.fixture(scope="module")
def app(access):
    """The whole of it, where people sign in; Streamlit's own part is not running."""
    before = streamlit_app.app._user_routes, streamlit_app.app._user_middleware
    others = [route for route in before[0] if getattr(route, "path", "") not in pages(signs_in=False)]
    streamlit_app.app._user_routes = [*others, *shell("", signs_in=True)]
    streamlit_app.app._user_middleware = protection(
        Hosts(LOOPBACK), "", pages(signs_in=True), access=access, login_url=lambda name: f"/auth/login?provider={name}"
    )
    yield streamlit_app.app._build_starlette_app()
    streamlit_app.app._user_routes, streamlit_app.app._user_middleware = before
    Runtime._instance = None
    streamlit_app.app._runtime = None


@pytest.fixture(scope="module")
def visitor(app, portal):
    made = TestClient(app, "http://localhost:8501", raise_server_exceptions=False, follow_redirects=False)
    made.portal = portal
    return made


def own_routes():
    return [*streamlit_app.own.load().routes, *streamlit_app.own.load().api.load().routes]


def listed(app) -> Iterator[tuple[str, str]]:
    """A method and a path for each way into the app."""
    for route in [*app.routes, *own_routes()]:
        path = getattr(route, "path", "") or "/"
        if isinstance(route, Route):
            filled = re.sub(r"{\w+:int}", "7", re.sub(r"{\w+(:path)?}", HASH, path))
            yield from ((method, filled) for method in sorted(route.methods or ()))
        else:
            assert isinstance(route, Mount | WebSocketRoute)
            yield ("WEBSOCKET" if isinstance(route, WebSocketRoute) else "GET"), path


def expected(method: str, path: str) -> Role:
    """What a way into the app takes."""
    if (method, path) in ADMINISTERING or path.lstrip("/").startswith(tuple(STREAMLIT_NEEDS)):
        return Role.ADMIN
    return Role.EDITOR if (method, path) in EDITING else Role.VIEWER


def ask(visitor, method, path, headers) -> int:
    """The status of the answer; of a websocket that is accepted 101."""
    if method != "WEBSOCKET":
        return visitor.request(method, path, headers=headers).status_code
    try:
        with visitor.websocket_connect(path, headers={"host": "localhost:8501", **headers}):
            return 101
    except WebSocketDenialResponse as refused:
        return refused.status_code
    except Exception:  # Streamlit's own, which is not running
        return 101


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_every_way_in(app, visitor, services, role):
    asked = set(listed(app))
    assert len(asked) > 80
    assert asked >= EDITING | ADMINISTERING, "none is named that is not there"
    for method, path in asked:
        part = path.split("/")[1]
        if part in SIGNING_IN or part in PUBLIC:
            continue
        status = ask(visitor, method, path, headers_of(role))
        if role is None:
            assert status == 401, (method, path)
        elif role < expected(method, path):
            assert status == 403, (method, path)
        elif part != "_stcore" or ("/agent" not in path and "/upload" not in path):  # which Streamlit refuses by itself
            assert status not in {401, 403}, (method, path)


def test_every_route_of_ours_says_what_it_needs():
    for route in own_routes():
        assert needed(route) is not None, route
    for route in streamlit_app.app._user_routes:
        path = getattr(route, "path", "")
        assert path in pages(signs_in=True) or path.split("/")[1] in OWN | {"search"}, route
    public = {getattr(route, "path", "") for route in streamlit_app.own.load().routes if needed(route) is Role.NOBODY}
    assert {path.split("/")[1] for path in public} == PUBLIC


@pytest.mark.parametrize("need", [None, *Role])
def test_a_route_that_says_nothing_is_for_no_one(need):
    async def answer(request):
        return PlainTextResponse(actor(request).label)

    routes = [Route("/thing", answer)]
    if need is not None:
        declare(routes[0], need)
    app = Starlette(
        routes=[Mount("/", Needs(Starlette(routes=routes), lambda: routes, refusal))],
        middleware=protection(Hosts(["testserver"]), "", access=signed_in.access()),
    )
    client = TestClient(app)
    statuses = [
        client.get("/thing", headers=headers_of(role)).status_code for role in (Role.VIEWER, Role.EDITOR, Role.ADMIN)
    ]
    assert statuses == [200 if need is not None and role >= need else 403 for role in (1, 2, 3)]
    assert client.get("/nothing", headers=headers_of(Role.VIEWER)).status_code == 404


def test_before_anything_has_looked_who_asks_nobody_is_let_in():
    routes = [declare(Route("/thing", lambda _: PlainTextResponse("x")), Role.VIEWER)]
    assert TestClient(Needs(Starlette(routes=routes), lambda: routes, refusal)).get("/thing").status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/?q=dog", "/search?q=dog&k=5", "/ingest", "/access", "/nothing", "/auth", "/x/y"]
)
def test_who_has_not_signed_in_sees_the_page_for_it(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 401
    if path == "/auth":
        return
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.count("<a ") == 1
    assert ">Sign in</a>" in answer.text
    assert "stApp" not in answer.text
    assert "static/js" not in answer.text
    assert visitor.head(path).status_code == 401
    assert visitor.post(path).status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/v1/search?q=x", "/api/nothing", f"/thumbnails/{HASH}", "/media/x", "/_stcore/host-config"]
)
def test_programs_are_told_what_to_do(visitor, path):
    answer = visitor.get(path)
    assert (answer.status_code, set(answer.json())) == (401, {"error", "remedy"})
    assert "Bearer" in answer.json()["remedy"]
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["cache-control"] == "no-store"


def test_whether_it_is_up_is_told_everybody_and_no_more(visitor, services):
    assert visitor.get("/healthz").json() == {"status": "ok"}
    assert set(visitor.get("/readyz").json()) == {"status"}
    assert visitor.get("/healthz", headers=headers_of(Role.NOBODY)).json() == {"status": "ok"}
    assert "index" in visitor.get("/healthz", headers=headers_of(Role.VIEWER)).json()
    assert "checks" in visitor.get("/readyz", headers=headers_of(Role.VIEWER)).json()
    for path in ("/healthz/", "/healthz/x", "/api/v1/healthz"):
        assert visitor.get(path).status_code in {401, 404}


def test_who_has_no_role_is_told_whom_to_ask(visitor):
    answer = visitor.get("/", headers=headers_of(Role.NOBODY))
    assert answer.status_code == 403
    assert "mallory@example.org" in answer.text
    assert "Ask the curators." in answer.text
    assert "/auth/logout" in answer.text


def test_who_has_too_little_a_role_is_told_which_it_takes(visitor):
    answer = visitor.get("/ingest", headers=headers_of(Role.EDITOR))
    assert answer.status_code == 403
    assert "This page takes the role admin" in answer.text
    assert "eve@example.com, with the role editor" in answer.text
    told = visitor.post("/uploads", headers=headers_of(Role.EDITOR)).json()
    assert told["error"] == "This takes the role admin. Yours is editor."


def test_a_session_that_has_expired_is_none(visitor):
    expired = header(cookies(email="ada@example.com", exp=1))
    assert visitor.get("/", headers=expired).status_code == 401
    assert visitor.get("/api/v1/saved", headers=expired).status_code == 401
    assert ask(visitor, "WEBSOCKET", "/_stcore/stream", expired) == 401


def test_names_are_printed_as_they_are_and_never_run(visitor):
    answer = visitor.get("/", headers=header(cookies(name="<script>alert(1)</script>", sub="1")))
    assert answer.status_code == 403
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


class TestTokens:
    @pytest.fixture
    def token(self, access):
        return lambda role, **options: access.tokens.create("Nightly", role, COMMAND_LINE, **options)

    @staticmethod
    def sent(text):
        return {"authorization": f"Bearer {text}"}

    @pytest.mark.parametrize("role", list(Role)[1:], ids=str)
    def test_every_way_in(self, app, visitor, services, token, role):
        """A token leads to the API as far as its role goes, and to no page."""
        headers = self.sent(token(role)[1])
        for method, path in set(listed(app)):
            part = path.split("/")[1]
            if part in SIGNING_IN or part in PUBLIC:
                continue
            status = ask(visitor, method, path, headers)
            refused = part not in OWN or role < expected(method, path)
            assert (status == 403) is refused, (method, path, status)
            assert status != 401

    def test_what_it_is_told(self, visitor, token):
        assert visitor.get("/api/v1/me", headers=self.sent(token(Role.EDITOR)[1])).json() == {
            "name": "token “Nightly”",
            "role": "editor",
        }

    @pytest.mark.parametrize("text", ["", "nonsense", "ims_" + "a" * 43, "eyJhbGciOiJIUzI1NiJ9.e30.x"])
    @pytest.mark.parametrize("cookie", [None, Role.ADMIN])
    def test_a_wrong_one_leads_nowhere_whatever_comes_with_it(self, visitor, text, cookie):
        answer = visitor.get("/api/v1/saved", headers=self.sent(text) | headers_of(cookie))
        assert (answer.status_code, answer.json()["error"]) == (401, "This token is not valid.")

    def test_one_that_was_revoked_or_has_expired(self, visitor, access, token):
        revoked, expired = token(Role.ADMIN), token(Role.ADMIN, seconds=-1)
        assert visitor.get("/api/v1/saved", headers=self.sent(revoked[1])).status_code != 401
        access.tokens.revoke(revoked[0].id, COMMAND_LINE)
        told = visitor.get("/api/v1/saved", headers=self.sent(revoked[1]))
        assert (told.status_code, told.json()["error"]) == (401, "This token is not valid.")
        told = visitor.get("/api/v1/saved", headers=self.sent(expired[1]))
        assert told.status_code == 401
        assert told.json()["error"].startswith("This token expired on ")

    def test_two_are_none(self, visitor, token):
        headers = [("authorization", f"Bearer {token(Role.ADMIN)[1]}")] * 2
        assert visitor.get("/api/v1/saved", headers=headers).status_code == 401

    def test_a_password_of_a_proxy_is_none(self, visitor):
        assert (
            visitor.get("/api/v1/me", headers={"authorization": "Basic eDp5"} | headers_of(Role.VIEWER)).status_code
            == 200
        )

    @pytest.mark.parametrize(
        "site",
        [
            {"origin": "http://evil.example"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
            {"referer": "http://evil.example/"},
        ],
    )
    def test_with_one_it_does_not_matter_where_a_request_comes_from(self, visitor, services, token, site):
        """No browser sends it unasked. A cookie beside it does not count; without it the same request is refused."""
        body, path = {"text": "name:x"}, "/api/v1/search"
        assert visitor.post(path, json=body, headers=self.sent(token(Role.VIEWER)[1]) | site).status_code == 200
        assert visitor.post(path, json=body, headers=headers_of(Role.ADMIN) | site).status_code == 403
        both = self.sent(token(Role.VIEWER)[1]) | site | headers_of(Role.ADMIN)
        assert visitor.post("/api/v1/tags", json={"ids": ["0" * 32], "add": ["x"]}, headers=both).status_code == 403
        assert visitor.post(path, json=body, headers=self.sent("ims_" + "a" * 43) | site).status_code == 401

    def test_without_a_database_nobody_is_let_in(self, tmp_path, portal):
        (tmp_path / "file").touch()
        broken = signed_in.access(str(tmp_path / "file" / "jobs.db"))
        client = TestClient(Starlette(middleware=protection(Hosts(["testserver"]), "", access=broken)))
        answer = client.get("/api/v1/saved", headers=self.sent("ims_" + "a" * 43))
        assert (answer.status_code, set(answer.json())) == (503, {"error", "remedy"})


@pytest.mark.parametrize("role", [None, Role.ADMIN], ids=str)
@pytest.mark.parametrize("prefix", ["", "/pictures"])
def test_a_form_of_another_site_does_nothing(visitor, services, role, prefix):
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = visitor.post("/api/v1/saved", content="{}", headers=headers | headers_of(role))
        assert answer.status_code == 403
    plain = {"content-type": "text/plain", "origin": "http://localhost:8501"} | headers_of(Role.ADMIN)
    assert visitor.post("/api/v1/saved", content="{}", headers=plain).status_code == 415


@pytest.mark.parametrize(
    ("server", "is_open", "status"),
    [
        (("127.0.0.1", 8501), False, 200),
        (("::1", 8501), False, 200),
        (("/run/app.sock", None), False, 200),
        (None, False, 200),
        (("192.168.1.5", 8501), False, 403),
        (("fe80::1", 8501), False, 403),
        (("192.168.1.5", 8501), True, 200),
    ],
)
def test_without_sign_in_other_machines_are_answered_where_that_is_meant(server, is_open, status):
    async def answer(request):
        return PlainTextResponse(actor(request).role.word)

    app = Starlette(
        routes=[Route("/", answer)],
        middleware=protection(Hosts(["*"]), "", {"/": Role.VIEWER}, access=Access(is_open=is_open)),
    )

    async def reached(scope, receive, send):
        await app({**scope, "server": server}, receive, send)

    got = TestClient(reached).get("/")
    assert got.status_code == status
    assert ("IMAGE_SEARCH_OPEN" in got.text) is (status == 403)
    assert status == 403 or got.text == "admin"


def test_first_parts_are_all_known():
    assert not PUBLIC - OWN
    assert not SIGNING_IN & OWN
    assert "auth" in STREAMLIT_PRIVATE
