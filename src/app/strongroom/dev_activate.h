#pragma once
#include <string>

#include "base/result.h"

namespace hsm::app {

struct DevActivateOptions {
  std::string config_file;
  std::string instance;   // empty: the configuration's first
  std::string directory;  // for the quorum's keys and the security domain file
};

// dev_activate does what an owner does with a new HSM, through its API: makes three RSA keys (a quorum of two),
// downloads the security domain encrypted to them, and assigns Crypto User and Crypto Officer to the configuration's
// first client, and Crypto User to its managed identity. In production the three keys belong to three people. Errors
// say what the server answered.
Status dev_activate(const DevActivateOptions& options);

}  // namespace hsm::app
