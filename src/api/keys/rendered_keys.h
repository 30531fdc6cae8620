#pragma once
#include <array>
#include <string>
#include <string_view>

#include "api/keys/rendering.h"
#include "service/keys.h"

namespace hsm::api::keys {

// RenderedKeys remembers what keys look like on the wire under one base URL, since the same few keys are asked for over
// and over and writing a bundle costs as much as finding it. A key's record never changes, it is replaced: so what was
// written of one stays right as long as it is that very record, and is wanted in the same form. For one thread.
class RenderedKeys {
 public:
  struct Rendered {
    service::KeyPointer key;  // keeps the record, so that its address means no other
    std::string id;           // key_id
    std::string bundle;       // key_bundle
    bool key_size = false;    // in the bundle
  };

  // of looks the key up, or writes it in the place of another. The base URL and the settings are always the same. The
  // reference holds until the next call.
  const Rendered& of(const service::KeyPointer& key, const Rendering& rendering);

 private:
  static constexpr std::size_t kKeysMax = 512;  // about 1.2 KB each
  std::array<Rendered, kKeysMax> keys_;         // by the record's address
};

}  // namespace hsm::api::keys
