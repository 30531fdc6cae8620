#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm {

// base64url (RFC 4648 §5). Output has no padding. Input may carry padding and the standard alphabet's + and /, since
// some clients send them (reference/keys-api.md §2). Anything else, stray bits in the last group included, is
// kBadParameter.
std::string to_base64url(ByteView bytes);
void append_base64url(std::string& out, ByteView bytes);
Result<Bytes> from_base64url(std::string_view text);
// decode_base64url writes into `out`, which holds at least base64url_decoded_max(text.size()) bytes, and returns how
// many.
Result<std::size_t> decode_base64url(std::string_view text, std::span<std::uint8_t> out);
constexpr std::size_t base64url_decoded_max(std::size_t text_size) {
  return text_size / 4 * 3 + 2;
}
// secret_from_base64url decodes straight into a secret; no copy is left elsewhere.
Result<SecretBytes> secret_from_base64url(std::string_view text);

// Standard base64 with padding (RFC 4648 §4), the form of x5c certificates.
std::string to_base64(ByteView bytes);

}  // namespace hsm
