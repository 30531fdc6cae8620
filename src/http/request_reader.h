#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "http/refusal.h"
#include "http/request.h"
#include "http/server.h"

namespace hsm::http {

// RequestReader turns a connection's bytes into requests. It knows no sockets: bytes are put into space() and announced
// by received(). It holds one request at a time; bytes that came behind it wait until finish().
//
// Grammar: RFC 9112, read strictly, since two readings of one request are how requests are smuggled. Refused besides
// what is plainly malformed: folded headers (§5.2), bare CR or LF (§2.2), more than one Content-Length or
// Transfer-Encoding, or both (§6.1, §6.3), any coding but chunked, any coding in HTTP/1.0, HTTP/1.1 without exactly one
// Host (§3.2), a target that is not a path ("*" for OPTIONS apart).
//
// The buffer grows as bytes arrive, never because a length was announced, and is wiped whenever bytes leave it.
class RequestReader {
 public:
  enum class Progress : std::uint8_t { kIncomplete, kComplete, kRefused };

  explicit RequestReader(const Limits& limits);  // `limits` must live as long
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  // space is where the next bytes go; never empty. Valid until the next call.
  std::span<char> space();
  // received tells that `bytes` were put there; 0 looks again at what finish() left. Only while kIncomplete.
  Progress received(std::size_t bytes);

  // After kComplete; the views in it hold until finish().
  Request& request() { return request_; }
  bool keep_alive() const { return keep_alive_; }
  // After kRefused.
  Refusal refusal() const { return refusal_; }

  // take_continue is true once for a request whose client waits for "100 Continue" before it sends the body.
  bool take_continue();
  // finish wipes the request and makes ready for the next.
  void finish();
  // clear wipes everything.
  void clear();
  // empty: no byte of a request has arrived.
  bool empty() const { return end_ == 0; }
  std::size_t capacity() const { return capacity_; }

 private:
  class Parser;
  struct ParserSlot;

  Progress parse();
  Progress refuse(Refusal refusal);
  Progress complete();
  std::size_t least() const;
  void close_gap();
  void start_over(std::size_t left);
  void grow(std::size_t capacity);

  const Limits& limits_;
  std::unique_ptr<ParserSlot> parser_;
  Request request_;
  // data_: | head | body, chunks joined | not yet parsed | free |
  //             header_end_        body_end_            end_   capacity_
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t header_end_ = 0;  // 0: the head is not complete
  std::size_t body_end_ = 0;
  std::size_t parsed_ = 0;  // where the parser is; behind body_end_ by the framing of chunks
  std::size_t end_ = 0;
  std::size_t used_max_ = 0;  // highest end_ since the buffer was wiped
  bool keep_alive_ = false;
  bool wants_continue_ = false;
  Refusal refusal_ = Refusal::kMalformed;
};

}  // namespace hsm::http
