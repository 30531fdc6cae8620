#include "tests/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <utility>

#include "base/assert.h"

namespace hsm::http::testing {
namespace {

constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  return length;
}

}  // namespace

Client::Client(std::uint16_t port, ClientOptions options) {
  std::signal(SIGPIPE, SIG_IGN);
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  HSM_ASSERT(fd_ >= 0);
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!connected_ || !options.tls) return;
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_options(context_, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (options.version_max != 0) {  // OpenSSL itself refuses old versions at its usual security level
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, options.version_max);
  }
  ssl_ = SSL_new(context_);
  if (!options.alpn.empty())
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        static_cast<unsigned>(options.alpn.size()));
  if (options.resume) SSL_set_session(ssl_, options.resume);
  SSL_set_fd(ssl_, fd_);
  connected_ = SSL_connect(ssl_) == 1;
  ERR_clear_error();
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      context_(std::exchange(other.context_, nullptr)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      connected_(other.connected_),
      buffer_(std::move(other.buffer_)) {}

Client::~Client() {
  close();
}

void Client::close() {
  SSL_free(std::exchange(ssl_, nullptr));
  SSL_CTX_free(std::exchange(context_, nullptr));
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ERR_clear_error();
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

long Client::read_more() {
  std::array<char, 16 * 1024> chunk{};
  if (ssl_) {
    const int got = SSL_read(ssl_, chunk.data(), static_cast<int>(chunk.size()));
    const int error = SSL_get_error(ssl_, got);
    ERR_clear_error();
    if (got <= 0) return error == SSL_ERROR_WANT_READ ? -1 : 0;
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
    return got;
  }
  const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), 0);
  if (got < 0) return errno == EAGAIN ? -1 : 0;
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return got;
}

Answer Client::receive(bool head_only) {
  std::size_t head_end = std::string::npos;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (read_more() <= 0) return {};
  head_end += 4;
  Answer answer;
  answer.head = buffer_.substr(0, head_end);
  std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);  // "HTTP/1.1 200"
  const std::size_t length = head_only ? 0 : content_length(answer.head);
  while (buffer_.size() < head_end + length)
    if (read_more() <= 0) return {};
  answer.body = buffer_.substr(head_end, length);
  buffer_.erase(0, head_end + length);
  return answer;
}

bool Client::ended() {
  return buffer_.empty() && read_more() == 0;
}

void Client::half_close() {
  if (ssl_) SSL_shutdown(ssl_);
  ::shutdown(fd_, SHUT_WR);
}

void Client::vanish() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(std::exchange(fd_, -1));
}

std::string Client::server_name() const {
  X509* const certificate = SSL_get1_peer_certificate(ssl_);
  std::array<char, 128> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  X509_free(certificate);
  return name.data();
}

std::string Client::alpn() const {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &protocol, &size);
  return {reinterpret_cast<const char*>(protocol), size};
}

}  // namespace hsm::http::testing
