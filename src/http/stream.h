#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "http/tls.h"

namespace hsm::http {

// Stream is a connected, non-blocking socket, in the clear or under TLS. The thread that uses it must have SIGPIPE
// blocked: OpenSSL writes with write(2).
class Stream {
 public:
  enum class Outcome : std::uint8_t { kDone, kWantRead, kWantWrite, kEnded };  // kEnded: by the peer, or broken
  struct Moved {
    std::size_t bytes = 0;
    Outcome outcome = Outcome::kDone;
  };

  Stream(Fd fd, Ssl ssl);  // ssl may be empty: no TLS
  int fd() const { return fd_.get(); }
  bool tls() const { return ssl_ != nullptr; }

  Outcome handshake();
  // starts_like_http: the first byte waiting is a letter, which no TLS record begins with (RFC 8446 §5.1). Takes
  // nothing.
  bool starts_like_http() const;
  Moved read(std::span<char> into);
  Moved write(std::string_view bytes);
  // write_in_clear is for a client that speaks plain HTTP to a TLS port. What does not fit at once is lost.
  void write_in_clear(std::string_view bytes);
  // pending: bytes are buffered that epoll can't know of.
  bool pending() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }
  std::string_view tls_version() const { return ssl_ ? SSL_get_version(ssl_.get()) : ""; }

  // free_buffers gives back what TLS holds for the next record; it is taken again when that comes.
  void free_buffers();
  // finish_writing says goodbye: TLS's close_notify and TCP's FIN. Only discard and close may follow.
  void finish_writing();
  // discard throws away what has arrived, undecrypted. False: the peer has ended too.
  bool discard();
  void close();

 private:
  Outcome outcome_of(int result);
  Fd fd_;
  Ssl ssl_;
};

}  // namespace hsm::http
