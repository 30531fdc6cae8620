#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <mutex>

#include "base/result.h"
#include "http/server.h"

namespace hsm::http {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, SslFree>;
using SslContext = std::unique_ptr<SSL_CTX, SslFree>;

// load_tls reads certificate and key and makes the settings that every connection shares: TLS 1.2 and 1.3, forward
// secrecy and AEAD only, X25519 or P-256, one session ticket, no renegotiation, no compression, ALPN http/1.1.
// kUnavailable: a file can't be read, or the two don't belong together.
Result<SslContext> load_tls(const TlsConfig& config);

// TlsSettings is the present context. Connections keep the one they began with. Thread-safe.
class TlsSettings {
 public:
  explicit TlsSettings(SslContext context) : context_(std::move(context)) {}
  void replace(SslContext context) {
    const std::lock_guard lock(mutex_);
    context_.swap(context);
  }
  Ssl new_session() {
    const std::lock_guard lock(mutex_);
    return Ssl(SSL_new(context_.get()));
  }

 private:
  std::mutex mutex_;
  SslContext context_;
};

// take_tls_error empties OpenSSL's error queue of this thread and returns its first entry, for the log.
std::string take_tls_error();

}  // namespace hsm::http
