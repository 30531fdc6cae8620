#pragma once
#include <string_view>

#include "service/keys.h"

namespace hsm::api {
struct Call;
}

namespace hsm::api::keys {

// Rendering is what the JSON of keys depends on besides the keys. Its view lasts as long as the call's front.
struct Rendering {
  std::string_view base_url;  // the start of every id: https://host[:port]
  service::Keys::Settings settings = {};
  bool key_size = false;  // with attributes.key_size, which clients of older api-versions have never seen
};

// rendering_for is how the request wants it.
Rendering rendering_for(const Call& call);

}  // namespace hsm::api::keys
