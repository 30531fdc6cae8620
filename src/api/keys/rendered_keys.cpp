#include "api/keys/rendered_keys.h"

#include <cstdint>

#include "api/keys/key_json.h"

namespace hsm::api::keys {

const RenderedKeys::Rendered& RenderedKeys::of(const service::KeyPointer& key, const Rendering& rendering) {
  constexpr std::uintptr_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 by the golden ratio: addresses have common low bits
  const auto spread = reinterpret_cast<std::uintptr_t>(key.get()) * kSpread;
  Rendered& place = keys_[(spread >> 32) % kKeysMax];
  const bool key_size = shows_key_size(*key, rendering);
  if (place.key != key || place.key_size != key_size) {
    place = {key, key_id(*key, rendering.base_url), key_bundle(*key, rendering), key_size};
  }
  return place;
}

}  // namespace hsm::api::keys
