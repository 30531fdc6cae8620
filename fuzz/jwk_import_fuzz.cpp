// Import of a JSON web key. In front: the body. Behind the boundary: its members, which belong together or don't.
#include <cstdint>

#include "api/keys/import_body.h"
#include "base/assert.h"
#include "core/key_rules.h"
#include "partition/engine/openssl/openssl_engine.h"

namespace {

using namespace hsm;

partition::OpenSslEngine& engine() {
  static partition::OpenSslEngine instance(partition::load_providers({}).value_or(partition::Providers{}));
  return instance;
}

// What a partition takes is a key that the service offers, and can be used and attested.
void import_key(const core::KeySpec& spec, const core::PrivateKey& key, core::KeyOperations operations) {
  const auto imported = engine().import(spec, key);
  if (!imported) return;
  HSM_ASSERT(core::valid(spec));
  const auto facts = engine().facts(spec, imported->material);
  HSM_ASSERT(facts && facts->public_key == imported->public_key);
  if (!core::check_operations(operations, spec)) return;
  HSM_ASSERT((operations.bits() & ~core::possible_operations(spec).bits()) == 0 && !operations.empty());
  const auto loaded = engine().load({.spec = spec, .operations = operations}, imported->material);
  HSM_ASSERT(loaded && (*loaded)->policy().spec == spec);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto name = *core::KeyName::parse("k");
  const auto body = api::keys::read_import_body(name, {data, size});
  if (!body) return 0;
  const core::KeySpec& spec = body->request.spec;
  if (body->transfer_blob) {
    HSM_ASSERT(body->key.d.empty() && body->key.k.empty() && body->key.priv.empty());
    return 0;
  }
  if (spec.type == core::KeyType::kRsa) return 0;  // its primes take too long
  import_key(spec, body->key, body->request.operations.value_or(core::default_operations(spec)));
  return 0;
}
