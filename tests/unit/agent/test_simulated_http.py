"""The simulators' HTTP and websocket server, met by clients that know nothing of it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from medialab_agent.sdk import simulated_http
from medialab_agent.sdk.simulated_http import Ask, Reply, Server, Socket, Websockets


async def handle(ask: Ask) -> Reply | None:
    if ask.path == "/silent":
        return None
    if ask.path == "/empty":
        return Reply(204)
    form = {name: [file, content.decode()] for name, (file, content) in ask.form().items()}
    told = {"target": ask.target, "path": ask.path, "query": dict(ask.query), "json": ask.json(), "form": form}
    return Reply.of(told, **{"X-Bytes": str(len(ask.body))})


async def echo(socket: Socket) -> None:
    async for message in socket.messages():
        socket.send({"heard": message})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server(handle, Websockets("/push", echo, most=1))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
        yield client


async def test_a_request_arrives_whole_on_one_kept_connection(client: httpx.AsyncClient) -> None:
    first = await client.get("/a%20b?x=%C3%BC&y=")
    told = first.json()
    assert (told["path"], told["target"], told["query"]) == ("/a b", "/a%20b?x=%C3%BC&y=", {"x": "ü", "y": ""})
    assert (await client.post("/", json={"n": 1})).json()["json"] == {"n": 1}
    assert (await client.post("/", json=[1])).json()["json"] == {}
    form = (await client.post("/", data={"a": "1"}, files={"f": ('x".g', b"G28\r\n\r\nG1\r\n")})).json()["form"]
    assert form == {"a": ["", "1"], "f": ['x".g', "G28\r\n\r\nG1\r\n"]}
    assert (await client.post("/", data={"a": "ü"})).json()["form"] == {"a": ["", "ü"]}
    empty = await client.get("/empty")
    assert empty.status_code == 204 and "content-length" not in empty.headers
    ends = {answer.extensions["network_stream"].get_extra_info("client_addr") for answer in (first, empty)}
    assert len(ends) == 1


async def test_a_body_in_chunks_arrives_and_one_too_large_ends_the_talk(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def chunks(number: int) -> AsyncIterator[bytes]:
        for _ in range(number):
            yield b"x" * 1000

    monkeypatch.setattr(simulated_http, "MAX_BODY", 2500)
    assert (await client.put("/", content=chunks(2))).headers["x-bytes"] == "2000"
    with pytest.raises(httpx.TransportError):
        await client.put("/", content=chunks(3))


async def test_websockets_are_greeted_in_their_place_while_there_is_room(server: Server) -> None:
    url = f"ws://127.0.0.1:{server.port}"
    async with connect(url + "/push", proxy=None) as first:
        await first.send("no JSON")
        await first.send('{"n": 1}')
        assert await first.recv() == '{"heard": {"n": 1}}'
        for full in ("/push", "/elsewhere"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url + full, proxy=None)
            assert refused.value.response.status_code == 200
    async with asyncio.timeout(5):
        while True:
            try:
                async with connect(url + "/push", proxy=None):
                    return
            except InvalidStatus:
                await asyncio.sleep(0.01)


async def test_stopping_drops_whoever_waits_and_the_port_is_free_again(
    server: Server, client: httpx.AsyncClient
) -> None:
    port, waiting = server.port, asyncio.create_task(client.get("/silent", timeout=10))
    assert (await client.get("/")).status_code == 200
    assert not waiting.done()
    await server.stop()
    with pytest.raises(httpx.TransportError):
        await waiting
    with pytest.raises(httpx.ConnectError):
        await client.get("/")
    await server.start(port=port)
    assert (await client.get("/")).status_code == 200
