// BYOK. In front: the .byok file inside of key_hsm, as JSON and as base64. Behind the boundary: what an exchange key
// has unwrapped, which the holder of the source HSM wrote.
#include <cstdint>

#include "api/keys/transfer_blob.h"
#include "base/assert.h"
#include "base/base64url.h"
#include "partition/engine/openssl/openssl_engine.h"
#include "partition/engine/openssl/transfer.h"

namespace {

using namespace hsm;

void blob(ByteView bytes) {
  (void)api::keys::parse_transfer_blob(text_of(bytes), "hsm");
  const auto transfer = api::keys::parse_transfer_blob(to_base64url(bytes), "hsm");
  if (transfer) HSM_ASSERT(!transfer->exchange_key.text().empty() && transfer->exchange_version.text().size() == 32);
}

void plaintext(core::KeyType type, core::Curve curve, ByteView bytes) {
  static partition::OpenSslEngine engine;
  const auto contents = partition::read_transfer({.type = type, .curve = curve}, SecretBytes::copy(bytes));
  if (!contents) return;
  HSM_ASSERT(core::valid(contents->spec));
  if (type != core::KeyType::kRsa) (void)engine.import(contents->spec, contents->key);  // RSA's primes take too long
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const hsm::ByteView rest(data + 1, size - 1);
  switch (data[0]) {
    case 'R':
      plaintext(hsm::core::KeyType::kRsa, hsm::core::Curve::kNone, rest);
      break;
    case 'E':
      plaintext(hsm::core::KeyType::kEc, hsm::core::Curve::kP256, rest);
      break;
    case 'K':
      plaintext(hsm::core::KeyType::kEc, hsm::core::Curve::kP256K, rest);
      break;
    case 'O':
      plaintext(hsm::core::KeyType::kOct, hsm::core::Curve::kNone, rest);
      break;
    default:
      blob({data, size});
  }
  return 0;
}
