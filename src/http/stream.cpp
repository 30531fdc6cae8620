#include "http/stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/log.h"

namespace hsm::http {
namespace {

constexpr std::size_t kDiscardBytesPerCall = 256 * 1024;

Stream::Outcome outcome_of_errno(Stream::Outcome when_blocked) {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? when_blocked : Stream::Outcome::kEnded;
}

}  // namespace

Stream::Stream(Fd fd, Ssl ssl) : fd_(std::move(fd)), ssl_(std::move(ssl)) {
  if (!ssl_) return;
  SSL_set_accept_state(ssl_.get());
  SSL_set_fd(ssl_.get(), fd_.get());
}

Stream::Outcome Stream::outcome_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Outcome::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Outcome::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Outcome::kEnded;
    default:
      // Not worth more than debug: anyone on the network can cause it.
      log::debug("connection broken: {}", take_tls_error());
      return Outcome::kEnded;
  }
}

Stream::Outcome Stream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Outcome::kDone : outcome_of(result);
}

bool Stream::starts_like_http() const {
  char first = 0;
  return ::recv(fd(), &first, 1, MSG_PEEK) == 1 && first >= 'A' && first <= 'Z';
}

Stream::Moved Stream::read(std::span<char> into) {
  if (ssl_) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return {bytes, result == 1 ? Outcome::kDone : outcome_of(result)};
  }
  const ssize_t result = ::recv(fd(), into.data(), into.size(), 0);
  if (result > 0) return {static_cast<std::size_t>(result), Outcome::kDone};
  return {0, result == 0 ? Outcome::kEnded : outcome_of_errno(Outcome::kWantRead)};
}

Stream::Moved Stream::write(std::string_view bytes) {
  if (ssl_) {
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return {written, result == 1 ? Outcome::kDone : outcome_of(result)};
  }
  const ssize_t result = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (result >= 0) return {static_cast<std::size_t>(result), Outcome::kDone};
  return {0, outcome_of_errno(Outcome::kWantWrite)};
}

void Stream::write_in_clear(std::string_view bytes) {
  [[maybe_unused]] const ssize_t sent = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ssl_.reset();
}

void Stream::free_buffers() {
  if (ssl_) SSL_free_buffers(ssl_.get());  // does nothing while bytes are pending
}

void Stream::finish_writing() {
  if (ssl_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    ssl_.reset();
  }
  ::shutdown(fd(), SHUT_WR);
}

bool Stream::discard() {
  // MSG_TRUNC: the kernel drops the bytes without copying them (tcp(7)).
  const ssize_t result = ::recv(fd(), nullptr, kDiscardBytesPerCall, MSG_TRUNC);
  return result > 0 || (result < 0 && outcome_of_errno(Outcome::kWantRead) == Outcome::kWantRead);
}

void Stream::close() {
  ssl_.reset();
  fd_.reset();
}

}  // namespace hsm::http
