"""Behind a proxy that speaks HTTPS the cookie can only come back the same way."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.fixtures.hubs import PASSWORD, running_hub


def test_the_cookie_is_host_only_and_secure_on_https(tmp_path: Path) -> None:
    with running_hub(tmp_path, public_url="https://hub.example.org") as hub:
        link = hub.call(hub.hub.first_link())
        assert link.startswith("https://hub.example.org/setup?token=")
        body = {
            "token": parse_qs(urlsplit(link).query)["token"][0],
            "name": "Ada",
            "password": PASSWORD,
            "centre": "Medienzentrum",
        }
        headers = {"X-Forwarded-Proto": "https", "Host": "hub.example.org", "Origin": "https://hub.example.org"}
        with hub.stranger() as client:
            client.base_url = f"http://127.0.0.1:{hub.hub.port}"
            answer = client.post("/api/v1/setup", json=body, headers=headers)
            assert answer.status_code == 200
            assert answer.json()["insecure"] is False
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-medialab=")
            assert "Secure" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
            plain = {"Cookie": cookie.split(";")[0].replace("__Host-medialab", "medialab")}
            secure = {**headers, "Cookie": cookie.split(";")[0]}
            assert client.get("/api/v1/session", headers=secure).json()["authenticated"]
            assert not client.get("/api/v1/session", headers=headers | plain).json()["authenticated"]


def test_plain_http_beyond_this_machine_is_called_insecure(tmp_path: Path) -> None:
    with running_hub(tmp_path, allowed_hosts=("hub.lab",)) as hub, hub.stranger() as client:
        assert client.get("/api/v1/session", headers={"Host": "hub.lab"}).json()["insecure"]
        assert not client.get("/api/v1/session").json()["insecure"]
