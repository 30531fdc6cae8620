"""What arrives below the API: floods, crawling clients, garbage, and very many connections that do nothing."""

import os
import socket
import ssl
import time

import pytest

from e2e.bad_input import wire

BODY_LIMIT = 2 * 1024 * 1024
IDLE_CONNECTIONS = 2000


@pytest.mark.parametrize(
    "request_bytes, statuses",
    [
        (lambda rig: wire.head(rig, "GET /keys HTTP/1.1", "X-Flood: " + "a" * 200_000), {431}),
        (lambda rig: wire.head(rig, "GET /keys HTTP/1.1", *(f"X-{n}: a" for n in range(5000))), {431}),
        (lambda rig: wire.head(rig, "GET /" + "a" * 200_000 + " HTTP/1.1"), {414, 431}),
        (lambda rig: wire.head(rig, "GET /keys HTTP/1.1", "Cookie: " + "a=b; " * 30_000), {431}),
        (lambda rig: wire.head(rig, "GET /keys HTTP/9.9"), {400, 505}),
        (lambda rig: wire.head(rig, "FLY /keys HTTP/1.1"), {401, 404, 405, 400, 501}),
        (lambda rig: b"\x00" * 5000, {400, None}),
        (lambda rig: b"GET /keys HTTP/1.1\r\n\r\n", {400}),
        (lambda rig: b"GET /keys HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Content-Length: -1"), {400}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Content-Length: 99999999999999999999"), {400, 413}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Content-Length: 5", "Content-Length: 6"), {400}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked"), {400}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Transfer-Encoding: gzip"), {400, 501}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Transfer-Encoding: chunked") + b"zz\r\nab\r\n", {400}),
        (lambda rig: wire.head(rig, "POST /rng HTTP/1.1", "Transfer-Encoding: chunked") + b"FFFFFFFFFFFFFFFFF\r\n", {400, 413}),
        (lambda rig: wire.head(rig, "GET /keys HTTP/1.1", "X-Bad\x00: a"), {400}),
        (lambda rig: wire.head(rig, "GET /keys HTTP/1.1", "X-Folded: a\r\n b"), {400}),
    ],
    ids=[
        "long header", "many headers", "long path", "long cookie", "unknown version", "unknown method", "zeros",
        "no host", "two hosts", "negative length", "huge length", "two lengths", "length and chunked",
        "unknown coding", "bad chunk", "huge chunk", "zero in a header", "folded header",
    ],
)
def test_a_request_that_is_not_http_or_too_much_of_it_is_refused(own, request_bytes, statuses):
    assert wire.status_of(wire.answer_to(own, request_bytes(own))) in statuses


def test_a_body_of_ten_megabytes_is_refused_and_the_reason_arrives(own):
    answer = own.rest(own.user).post("/keys/good-key/sign", data=b"x" * 10_000_000)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"]


def test_a_body_of_ten_megabytes_in_chunks_is_refused_as_well(own):
    answer = own.rest(own.user).post("/keys/good-key/sign", data=(b"x" * 100_000 for _ in range(100)))

    assert answer.status_code == 413


def test_a_body_just_below_the_limit_is_read(own):
    answer = own.rest(own.user).post("/rng", data=b'{"count":4,"pad":"' + b"x" * (BODY_LIMIT - 100) + b'"}')

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01" + b"\x00" * 600,
        b"\x16\x03\x01\xff\xff" + b"A" * 70_000,
        b"\x80\x2e\x01\x00\x02" + b"A" * 100,
        bytes(range(256)) * 40,
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["plain http", "short hello", "long record", "ssl 2", "noise", "ssh"],
)
def test_garbage_instead_of_tls_ends_that_connection_only(own, garbage):
    wire.answer_to(own, garbage, tls=False)


def test_a_handshake_broken_off_at_any_byte_ends_that_connection_only(own):
    hello = client_hello(own)
    for length in range(0, len(hello), 7):
        with wire.connect(own, tls=False) as connection:
            connection.sendall(hello[:length])


def test_random_bytes_inside_tls_end_that_connection_only(own):
    for _ in range(50):
        wire.answer_to(own, os.urandom(300) + b"\r\n\r\n")


def test_clients_that_crawl_are_cut_off_in_time(own):
    """Three kinds of slowness at once; each must be over within the server's limits, 20 s and a little."""
    begun = time.monotonic()
    silent = wire.connect(own, tls=False)
    slow_head, slow_body = wire.connect(own), wire.connect(own)
    slow_head.sendall(b"GET /keys HTTP/1.1\r\n")
    slow_body.sendall(wire.head(own, "POST /rng HTTP/1.1", "Content-Length: 1000"))
    open_ends = {"silent": silent, "slow head": slow_head, "slow body": slow_body}

    while open_ends and time.monotonic() - begun < 35:
        for what, connection in list(open_ends.items()):
            if is_closed(connection):
                del open_ends[what]
                continue
            try:
                if connection is not silent:
                    connection.sendall(b"x" if connection is slow_body else b"X-Slow: 1\r\n"[:1])
            except OSError:
                del open_ends[what]
        time.sleep(0.5)

    assert not open_ends, f"still open after {time.monotonic() - begun:.0f} s: {list(open_ends)}"


def test_two_thousand_idle_connections_leave_the_server_quick(own):
    idle = []
    try:
        for _ in range(IDLE_CONNECTIONS):
            idle.append(wire.connect(own))
        begun = time.monotonic()
        for _ in range(20):
            assert own.rest(own.user).get("/keys/good-key").status_code == 200
        assert time.monotonic() - begun < 5
    finally:
        for connection in idle:
            connection.close()


def test_a_client_that_asks_and_never_reads_does_not_fill_the_memory(own):
    with wire.connect(own) as connection:
        connection.settimeout(2)
        request = wire.head(own)
        try:
            for _ in range(20_000):
                connection.sendall(request * 10)
        except OSError:
            pass  # the server stopped reading, as it should
    assert resident_bytes(own.server.process.pid) < 300 * 1024 * 1024


def client_hello(rig) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=wire.host_of(rig))
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(4096) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(wire.ANSWER_LIMIT_S)


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")
