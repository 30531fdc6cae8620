#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/openssl.h"

namespace hsm::partition {

// TlsTrust is a TLS client's settings with the CAs that it trusts. Immutable; sessions share it.
using TlsTrust = std::shared_ptr<SSL_CTX>;

inline constexpr std::size_t kTrustAnchorsMax = 1024;  // the web's CAs are about 150

// make_tls_trust reads the CAs from a PEM text. TLS 1.2 or 1.3 with forward secrecy; a server certificate must chain to
// one of these CAs. Revocation is not looked at. It must be called before the sandbox is entered, since OpenSSL looks
// around at first use. kBadParameter: not PEM, or no certificate in it.
Result<TlsTrust> make_tls_trust(std::string_view ca_pem);

// TlsClient is one TLS connection without its socket: what was received goes in, what is to be sent comes out. It says
// one thing and hears one answer. Whoever carries the bytes can cut the connection, and that is all they can do.
class TlsClient {
 public:
  // `host` is a name or an IP address: the server's certificate must be for it, and valid at `now`. `words` are sent
  // once the server has proved that.
  static Result<TlsClient> start(const TlsTrust& trust, const std::string& host, std::string words, TimePoint now);

  // receive takes what came from the server. kUnavailable: it is not who it should be, it breaks the protocol, or it
  // said more than `heard_bytes_max`; the connection is over then.
  Status receive(ByteView bytes, std::size_t heard_bytes_max);

  Bytes take_output();  // what is to be sent now
  const std::string& heard() const { return heard_; }
  bool closed() const { return closed_; }  // in order, by the server: nothing is missing

 private:
  using SslPtr = crypto::Owned<SSL, SSL_free>;
  TlsClient(SslPtr ssl, std::string words) : ssl_(std::move(ssl)), words_(std::move(words)) {}
  Status advance(std::size_t heard_bytes_max);
  Status handshake();
  Status read(std::size_t heard_bytes_max);
  std::unexpected<Error> broken() const;

  SslPtr ssl_;
  std::string words_;  // until they are sent
  std::string heard_;
  bool closed_ = false;
};

}  // namespace hsm::partition
