"""The proxy leads to the sandbox under Azure's names, and nowhere else."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

AZURE = [
    "management.azure.com",
    "management.core.windows.net",
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
    "graph.microsoft.com",
    "graph.windows.net",
    "prices.azure.com",
    "any-name.openai.azure.com",
    "any-name.cognitiveservices.azure.com",
    "any-name.services.ai.azure.com",
    "eastus2.metrics.monitor.azure.com",
    "eastus2.api.cognitive.microsoft.com",
]


def _say(sandbox: Sandbox, head: str) -> bytes:
    port = int(sandbox.running.proxy.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(head.encode())
        return line.recv(4096)


@pytest.mark.parametrize("host", AZURE)
def test_every_azure_name_is_answered_with_a_certificate_for_it(
    sandbox: Sandbox, host: str
) -> None:
    with httpx.Client(
        proxy=sandbox.running.proxy,
        verify=ssl.create_default_context(cafile=sandbox.running.ca),
        trust_env=False,
    ) as client:
        answer = client.get(f"https://{host}/nothing")

    assert answer.status_code in (401, 404)
    assert answer.json()["error"]["code"]


@pytest.mark.parametrize(
    "target",
    [
        "example.com:443",
        "management.azure.com.example.com:443",
        "openai.azure.com:443",
        "a.b.openai.azure.com:443",
        "evil-openai.azure.com:443",
        "management.azure.com:80",
        "127.0.0.1:443",
        "localhost:443",
        "[::1]:443",
        "management.azure.com",
        "",
    ],
)
def test_every_other_host_is_refused(sandbox: Sandbox, target: str) -> None:
    answer = _say(sandbox, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 403 ")


def test_a_plain_request_through_the_proxy_is_refused(sandbox: Sandbox) -> None:
    answer = _say(sandbox, "GET http://management.azure.com/ HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 403 ")


def test_the_sandboxs_own_door_is_closed_to_tls_and_to_azures_names(sandbox: Sandbox) -> None:
    trust = ssl.create_default_context(cafile=sandbox.running.ca)
    with httpx.Client(verify=trust, trust_env=False) as client:
        by_tls = client.get(f"{sandbox.running.https}/_sandbox/status")
    with httpx.Client(verify=trust, trust_env=False, proxy=sandbox.running.proxy) as client:
        by_proxy = client.get("https://management.azure.com/_sandbox/status")
    by_page = sandbox.plain.get("/_sandbox/status", headers={"origin": "https://example.com"})

    assert [a.status_code for a in (by_tls, by_proxy, by_page)] == [404, 404, 404]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel lists sockets elsewhere")
def test_nothing_listens_beyond_loopback(sandbox: Sandbox) -> None:
    addresses = (sandbox.http, sandbox.running.https, sandbox.running.proxy)
    ports = {f"{int(address.rpartition(':')[2]):04X}" for address in addresses}
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    texts = [table.read_text(encoding="ascii") for table in tables if table.exists()]
    lines = [line.split() for text in texts for line in text.splitlines()]

    listening = [line[1] for line in lines if line[3] == "0A" and line[1].split(":")[1] in ports]

    assert sorted(listening) == sorted(f"0100007F:{port}" for port in ports)
