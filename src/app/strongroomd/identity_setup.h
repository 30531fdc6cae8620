#pragma once
#include <memory>

#include "app/strongroomd/config.h"
#include "base/random.h"
#include "base/result.h"
#include "identity/token_service.h"
#include "identity/token_verifier.h"

namespace hsm::app {

// From configuration to identity: the built-in token service (null if it is not enabled) and the verifier of tokens.
Result<std::unique_ptr<identity::TokenService>> make_token_service(const Config& config, Random& random);
Result<std::unique_ptr<identity::TokenVerifier>> make_token_verifier(const Config& config,
                                                                     const identity::TokenService* built_in);

}  // namespace hsm::app
