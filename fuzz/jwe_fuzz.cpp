// Compact JWE: uploaded security domains and backups. A parsed one must give back its text, and must not open under a
// key that nobody has used.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/jose/jwe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hsm::text_of({data, size});
  const auto jwe = hsm::jose::parse_jwe(text);
  if (!jwe) return 0;
  std::string joined(jwe->parts.header);
  for (const auto part : {jwe->parts.encrypted_key, jwe->parts.iv, jwe->parts.ciphertext, jwe->parts.tag}) {
    joined.append(".").append(part);
  }
  HSM_ASSERT(joined == text);
  static const hsm::SecretBytes kUnusedKey(64);
  HSM_ASSERT(!hsm::jose::open(*jwe, kUnusedKey));
  return 0;
}
