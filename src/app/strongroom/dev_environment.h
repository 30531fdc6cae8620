#pragma once
#include <string>

#include "base/result.h"

namespace hsm::app {

struct DevEnvironmentOptions {
  std::string config_file;
  std::string instance;  // empty: the configuration's first
};

// dev_environment prints, one NAME=value a line, what a shell must hold so that unmodified Azure SDKs reach the
// instance as the configuration's first client (reference/identity.md §6.2, §7). Other ways in stand behind a '#'. The
// lines hold that client's secret.
Status dev_environment(const DevEnvironmentOptions& options);

}  // namespace hsm::app
