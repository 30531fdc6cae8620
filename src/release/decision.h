#pragma once
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "release/attestation_token.h"
#include "release/authority_keys.h"
#include "release/release_policy.h"

namespace hsm::release {

// decide tells whether an environment fulfils a policy, and gives the key to encrypt to: the policy names the token's
// issuer, the issuer's published keys verify the token, and the conditions of one of the policy's authorities of that
// issuer hold. kForbidden: it does not. kBadParameter: no token at all. kUnavailable: the issuer's keys are not to be
// had.
Result<EncryptionKey> decide(const Policy& policy, std::string_view token, AuthorityKeys& authorities, TimePoint now);

// attested is decide without a policy: any token of an authority that `authorities` knows, verified.
Result<EncryptionKey> attested(std::string_view token, AuthorityKeys& authorities, TimePoint now);

// check_issuer: kForbidden if the token is not from `issuer`, which may be empty: then any will do. It believes nothing
// of the token, and only narrows what the two above decide.
Status check_issuer(std::string_view token, std::string_view issuer);

}  // namespace hsm::release
