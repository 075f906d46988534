"""Who gets through: only who is logged in, from the server's own pages, and only to the routes that are for a browser."""

from __future__ import annotations

import pytest
from conftest import Start
from jupyter_process import TOKEN, JupyterProcess, cookie_header, xsrf_of
from tornado.httpclient import HTTPClientError

ROUTES = [
    ("GET", "status"),
    ("POST", "restart"),
    ("GET", "path?path=a.ipynb"),
    ("GET", "v1/health"),
    ("GET", "v1/agents"),
    ("GET", "v1/runs"),
    ("POST", "v1/runs"),
    ("GET", "v1/runs/r-0000000000000000"),
    ("GET", "v1/runs/r-0000000000000000/events"),
    ("GET", "v1/runs/r-0000000000000000/notebook"),
    ("POST", "v1/runs/r-0000000000000000/cancel"),
    ("POST", "v1/compile"),
    ("GET", "v1/objects/0000"),
    ("GET", "v1/feed?run=r-0000000000000000"),
    ("HEAD", "v1/feed?run=r-0000000000000000"),
    ("GET", "v1/agents/a-1/samples"),
    ("GET", "v1/runs/r-0000000000000000/graph"),
    ("GET", "v1/runs/r-0000000000000000/log"),
    ("POST", "v1/runs/r-0000000000000000/resume"),
    ("GET", "v1/nothing"),
    ("PUT", "v1/runs"),
    ("DELETE", "v1/runs"),
]


async def test_every_route_without_the_token_answers_403(start: Start) -> None:
    jupyter = await start(base_url="/user/x/")
    answers = {
        (method, path): (await jupyter.ask(method, jupyter.url(path), {}, token=False)).code
        for method, path in ROUTES
    }
    assert answers == dict.fromkeys(answers, 403)
    assert not jupyter.home.exists(), "nothing is started for a stranger"


async def test_a_request_from_another_origin_is_refused(jupyter: JupyterProcess) -> None:
    await jupyter.is_ready()
    cookies = await jupyter.cookies()
    foreign = {**cookie_header(cookies), "Origin": "http://elsewhere.example"}
    own = {**cookie_header(cookies), "Origin": jupyter.origin}
    xsrf = {"X-XSRFToken": xsrf_of(cookies)}
    notebook = jupyter.notebook("a.ipynb", "1")
    body = {"path": notebook["path"], "content": notebook["content"]}

    async def code(method: str, path: str, headers: dict[str, str]) -> int:
        return (await jupyter.ask(method, jupyter.url(path), body, token=False, headers=headers)).code

    assert await code("GET", "status", own) == 200
    assert await code("GET", "status", foreign) in (403, 404)
    for site in ("cross-site", "same-site"):
        assert await code("GET", "status", {**cookie_header(cookies), "Sec-Fetch-Site": site}) == 403
    assert await code("GET", "status", {**cookie_header(cookies), "Sec-Fetch-Site": "same-origin"}) == 200
    assert await code("POST", "v1/compile", {**own, **xsrf}) == 200
    assert await code("POST", "v1/compile", {**foreign, **xsrf}) in (403, 404)
    assert await code("POST", "v1/compile", own) == 403, "without the XSRF token"


async def test_a_feed_is_refused_to_strangers_and_to_other_origins(jupyter: JupyterProcess) -> None:
    await jupyter.is_ready()
    run = (await jupyter.post("v1/runs", jupyter.notebook("a.ipynb", "1")))["run"]
    cookies = cookie_header(await jupyter.cookies())
    own = await jupyter.feed(run, headers={**cookies, "Origin": jupyter.origin})
    assert await own.read_message() is not None
    for headers in ({}, {**cookies, "Origin": "http://elsewhere.example"}):
        with pytest.raises(HTTPClientError) as refused:
            await jupyter.feed(run, headers=headers)
        assert refused.value.code == 403


@pytest.mark.parametrize(
    "path",
    [
        "v1/streams/l-0000000000000000",
        "v1/leases/l-0000000000000000/exit",
        "v1/nothing",
        "v1/runs/../health",
        "v1/runs/%2e%2e",
    ],
)
async def test_what_is_not_for_a_browser_is_not_there(path: str, jupyter: JupyterProcess) -> None:
    response = await jupyter.ask("GET", jupyter.url(path))
    assert response.code == 404
    assert b"C6004" in response.body


async def test_a_contents_path_leads_to_its_file_and_never_out_of_the_root(jupyter: JupyterProcess) -> None:
    (jupyter.root.parent / "outside.ipynb").write_text("{}")
    assert await jupyter.get("path?path=deep/a%20b.ipynb") == {
        "path": str(jupyter.root / "deep" / "a b.ipynb")
    }
    for path in ("../outside.ipynb", "deep/../../outside.ipynb", "", "."):
        assert (await jupyter.ask("GET", jupyter.url(f"path?path={path}"))).code == 404, path


async def test_the_token_of_jupyter_does_not_reach_the_service(jupyter: JupyterProcess) -> None:
    await jupyter.is_ready()
    response = await jupyter.ask("GET", jupyter.url(f"v1/runs?token={TOKEN}"), token=False)
    assert response.code == 200
    logs = jupyter.home.glob("services/*/service.log")
    assert all(TOKEN not in log.read_text() for log in logs)
