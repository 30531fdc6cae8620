// What a partition says of a key, as the operator's command line reads it from a file. Whatever is taken must be
// written the same way again: nothing has two forms, so no two texts say the same with different signatures.
#include <algorithm>

#include "attestation/blob.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hsm;
  const auto decoded = attestation::decode({data, size});
  if (!decoded) return 0;
  HSM_ASSERT(std::ranges::equal(attestation::encode(decoded->object), decoded->signed_part));
  HSM_ASSERT(decoded->signature.size() == attestation::kSignatureBytes);
  for (const attestation::Attribute& attribute : decoded->object.attributes()) {
    HSM_ASSERT(decoded->object.find(attribute.type) != nullptr);
    (void)decoded->object.flag(attribute.type);
    (void)decoded->object.number(attribute.type);
    (void)decoded->object.text(attribute.type);
  }
  return 0;
}
