#include "api/keys/rendered_keys.h"

#include <cstdint>

#include "api/keys/key_json.h"

namespace hsm::api::keys {

const RenderedKeys::Rendered& RenderedKeys::of(const service::KeyPointer& key, std::string_view base_url,
                                               const service::Keys::Settings& settings) {
  constexpr std::uintptr_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 by the golden ratio: addresses have common low bits
  const auto spread = reinterpret_cast<std::uintptr_t>(key.get()) * kSpread;
  Rendered& place = keys_[(spread >> 32) % kKeysMax];
  if (place.key != key) place = {key, key_id(*key, base_url), key_bundle(*key, base_url, settings)};
  return place;
}

}  // namespace hsm::api::keys
