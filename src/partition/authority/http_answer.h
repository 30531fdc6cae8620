#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hsm::partition {

// kDocumentBytesMax: MAA's key sets carry certificates with SGX quotes in them, 8 KiB each.
inline constexpr std::size_t kDocumentBytesMax = 256 * 1024;
inline constexpr std::size_t kAnswerHeadBytesMax = 16 * 1024;
// Chunks may be small: each has up to ten characters of size and two ends of line around it.
inline constexpr std::size_t kAnswerBytesMax = kAnswerHeadBytesMax + 2 * kDocumentBytesMax;

enum class AnswerEnd : std::uint8_t {
  kOpen,    // more may come
  kClosed,  // the peer has closed TLS in order, so that nothing can be missing
};

// read_answer reads one answer of HTTP/1.0 or 1.1 to a GET with "Connection: close" (RFC 9112), all of what has come
// so far. It returns the document, or nothing if more must come. Much of HTTP is refused rather than understood:
//   answer = "HTTP/1." ("0" | "1") " 200" [" " text] CRLF field* CRLF body
//   field  = name ":" text CRLF                no continued lines; no Content-Encoding
//   body   = as many octets as the one Content-Length says | chunks | octets until the peer closes
//   chunks = (size-in-hex CRLF octets CRLF)* "0" CRLF CRLF         no extensions, no trailers
// kUnavailable: anything else; another status, redirects among them; a document of more than kDocumentBytesMax; the
// peer has closed too early; something follows the document.
Result<std::optional<std::string>> read_answer(std::string_view received, AnswerEnd end);

}  // namespace hsm::partition
