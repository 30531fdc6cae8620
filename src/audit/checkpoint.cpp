#include "audit/checkpoint.h"

#include "base/wire.h"
#include "crypto/ed25519.h"

namespace hsm::audit {
namespace {

constexpr std::string_view kLabel = "strongroom audit checkpoint v1";

}  // namespace

Bytes signed_message(const Checkpoint& checkpoint) {
  Bytes message = copy_of(bytes_of(kLabel));
  message.push_back(0);
  WireWriter fields;
  fields.put(checkpoint.sequence);
  message.insert(message.end(), fields.view().begin(), fields.view().end());
  message.insert(message.end(), checkpoint.hash.begin(), checkpoint.hash.end());
  message.insert(message.end(), checkpoint.time.begin(), checkpoint.time.end());
  return message;
}

bool signature_holds(const Checkpoint& checkpoint) {
  return crypto::ed25519_verify(checkpoint.public_key, signed_message(checkpoint), checkpoint.signature);
}

}  // namespace hsm::audit
