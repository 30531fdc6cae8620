"""Bytes on a TLS connection, for what no HTTP client would send."""

import socket
import ssl

ANSWER_LIMIT_S = 40


def connect(rig, tls: bool = True) -> socket.socket:
    raw = socket.create_connection(("127.0.0.1", rig.deployment.domain.port), timeout=ANSWER_LIMIT_S)
    if not tls:
        return raw
    context = ssl.create_default_context(cafile=rig.server.ca)
    return context.wrap_socket(raw, server_hostname=host_of(rig))


def host_of(rig) -> str:
    return f"{rig.deployment.instance}.{rig.deployment.domain.suffix}"


def head(rig, request_line: str = "GET /keys?api-version=7.4 HTTP/1.1", *headers: str) -> bytes:
    lines = [request_line, f"Host: {host_of(rig)}:{rig.deployment.domain.port}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def answer_to(rig, data: bytes, tls: bool = True) -> bytes:
    """Sends `data`; returns everything that comes back until the server closes or a whole answer is there."""
    with connect(rig, tls) as connection:
        try:
            connection.sendall(data)
        except OSError:
            pass  # refused before all of it was read
        return read(connection)


def read(connection) -> bytes:
    received = b""
    try:
        while True:
            more = connection.recv(65536)
            if not more:
                return received
            received += more
            if b"\r\n\r\n" in received and _is_whole(received):
                return received
    except (OSError, ssl.SSLError):
        return received


def status_of(answer: bytes) -> int | None:
    """The status of an answer, None if the server closed without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def _is_whole(received: bytes) -> bool:
    headers, body = received.split(b"\r\n\r\n", 1)
    for line in headers.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False
