#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"

namespace hsm::app {

struct DevInitOptions {
  std::string data_directory;
  std::uint16_t port = 8443;
  std::uint16_t identity_port = 8444;
  std::string suffix = "managedhsm.localhost";
  std::string login = "login.localhost";
  std::string instance = "dev";
};

// dev_init writes {data}/strongroom.toml (mode 0600): one instance, the built-in token service with one client that
// administers it, a managed identity. It never overwrites one: kConflict.
Status dev_init(const DevInitOptions& options);

}  // namespace hsm::app
