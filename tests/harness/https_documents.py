"""An HTTPS server that answers with a few JSON documents, for the neighbours that scenarios need."""

import http.server
import ipaddress
import json
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from harness.applications import self_signed, write_certificate

CHUNK_BYTES = 500


class HttpsDocuments:
    """Serves https://HOST:PORT until closed. `documents` maps a path, without query, to its document or to what makes
    it; `requests` is the paths that were asked for. `identity` is key and certificate; without it, `ca_file` is what a
    client needs to trust. `chunked` sends documents in pieces (RFC 9112 §7.1)."""

    def __init__(
        self, directory: Path, host: str, documents: dict[str, dict], *, port: int = 0, identity=None, chunked=False
    ):
        self.documents = documents
        self.requests: list[str] = []
        tls_key, tls_certificate = identity or _server_certificate(host)
        self.ca_file = str(write_certificate(directory / f"{host}.crt", tls_certificate))
        key_file = directory / f"{host}.key"
        key_file.write_bytes(
            tls_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

        requests = self.requests

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1" if chunked else "HTTP/1.0"

            def do_GET(self):
                path = self.path.split("?")[0]
                requests.append(path)
                document = documents.get(path)
                document = document() if callable(document) else document
                body = json.dumps(document or {"error": {"code": "NotFound", "message": "not found"}}).encode()
                self.send_response(200 if document else 404)
                self.send_header("Content-Type", "application/json")
                if chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                    pieces = [body[at : at + CHUNK_BYTES] for at in range(0, len(body), CHUNK_BYTES)]
                    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])
                else:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key_file)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _server_certificate(host: str):
    """A certificate that is its own CA: the only way to trust it is to name it."""
    key, plain = self_signed(host)
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(plain.subject)
        .issuer_name(plain.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(plain.not_valid_before_utc)
        .not_valid_after(plain.not_valid_after_utc)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate
