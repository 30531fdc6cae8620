#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "core/engine_info.h"
#include "partition/engine/openssl/ml_dsa_provider.h"

namespace hsm::partition {

struct ProviderOptions {
  std::string fips_module;  // path of OpenSSL's FIPS provider, a file named fips.so; empty: usual_module()
  bool fips = false;        // FIPS mode
};

// Providers is what OpenSSL works with in this process.
struct Providers {
  core::EngineInfo info;
  std::shared_ptr<const MlDsaProvider> ml_dsa;  // nullptr: ML-DSA is not to be had here
  std::string missing;                          // then why, for the log
};

// usual_module is where a FIPS provider is looked for unless one is configured: fips.so beside the running executable,
// in fips/ of the build tree (tools/install_fips_provider), or among OpenSSL's own modules. Empty: none is there.
std::string usual_module();

// load_providers loads what the options name. A FIPS provider runs all its self-tests as it is loaded (0.1 s), after it
// has checked itself against the `module-mac` of fipsmodule.cnf (`openssl fipsinstall`), which lies beside it or in
// OpenSSL's own directory.
//
// In FIPS mode it becomes the only one that anything in this process finds: OpenSSL's default context fetches with
// "fips=yes". That holds for the life of the process, and must come before anything else uses OpenSSL. kUnavailable: it
// can't be loaded, or its self-tests failed; the process must not go on.
//
// Otherwise ML-DSA is all that is looked for: in the default provider, which has it from OpenSSL 3.5 on, else in the
// FIPS provider, which then gets a context of its own and serves nothing besides. That neither has it is no error.
Result<Providers> load_providers(const ProviderOptions& options);

}  // namespace hsm::partition
