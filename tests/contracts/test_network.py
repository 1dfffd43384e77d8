import asyncio
import socket
import urllib.request

import pytest


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as outward, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))


def test_a_name_outside_this_machine_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="example"):
        socket.getaddrinfo("lygte.example", 443)


def test_a_datagram_to_another_machine_is_refused() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward, pytest.raises(RuntimeError):
        outward.sendto(b"x", ("192.0.2.1", 53))


def test_a_library_that_asks_for_a_page_is_refused_too() -> None:
    with pytest.raises(RuntimeError, match="example"):
        urllib.request.urlopen("http://lygte.example/", timeout=1)


def test_an_asynchronous_connection_is_refused_too() -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(asyncio.open_connection("192.0.2.1", 80))


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=2) as client,
    ):
        assert client.getpeername() == server.getsockname()
