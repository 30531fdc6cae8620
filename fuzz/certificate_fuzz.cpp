// Certificates in DER: x5c of tokens, holders of the security domain. Reading must not depend on anything behind the
// bytes, and a key that is taken out is one of ours.
#include <cstdint>

#include "base/assert.h"
#include "crypto/certificate.h"
#include "crypto/public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto certificate = hsm::crypto::Certificate::from_der({data, size});
  if (!certificate) return 0;
  HSM_ASSERT(certificate->der().size() == size);
  static_cast<void>(certificate->common_name());
  static_cast<void>(certificate->not_before() < certificate->not_after());
  static_cast<void>(certificate->signed_by(*certificate));
  if (const auto key = certificate->public_key()) {
    HSM_ASSERT(hsm::crypto::spec_of(key->get()));
    HSM_ASSERT(hsm::crypto::public_key_from_der(hsm::crypto::public_key_to_der(key->get())));
  }
  return 0;
}
