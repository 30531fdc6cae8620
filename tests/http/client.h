#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hsm::http::testing {

struct ClientOptions {
  bool tls = true;
  int version_max = 0;         // e.g. TLS1_1_VERSION; 0: the newest
  std::string_view alpn = {};  // in wire form, e.g. "\x08http/1.1"
  SSL_SESSION* resume = nullptr;
};

struct Answer {
  int status = 0;  // 0: no answer came; the connection ended or nothing came for ten seconds
  std::string head;
  std::string body;
};

// Client is a small blocking HTTPS client, as badly behaved as a test wants. Every wait ends after ten seconds.
class Client {
 public:
  explicit Client(std::uint16_t port, ClientOptions options = {});
  Client(Client&& other) noexcept;
  ~Client();

  bool connected() const { return connected_; }  // with the TLS handshake done
  // send is false when the server has gone.
  bool send(std::string_view bytes);
  // receive reads one answer; `head_only` for the answer to a HEAD request.
  Answer receive(bool head_only = false);
  // ended: nothing more came and the server closed.
  bool ended();
  void half_close();  // no more from us; we still listen
  void vanish();      // the connection is reset

  std::string server_name() const;  // the common name of its certificate
  std::string alpn() const;
  std::string tls_version() const { return SSL_get_version(ssl_); }
  bool resumed() const { return SSL_session_reused(ssl_) == 1; }
  SSL_SESSION* session() const { return SSL_get1_session(ssl_); }  // the caller frees it

 private:
  // read returns how many bytes were added to buffer_; 0 at the end, -1 when nothing came in time.
  long read_more();
  void close();

  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace hsm::http::testing
