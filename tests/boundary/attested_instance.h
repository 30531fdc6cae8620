#pragma once
#include <boost/json/array.hpp>

#include "base/clock.h"
#include "crypto/key_wrap.h"
#include "crypto/rsa_oaep.h"
#include "release/release_policy.h"
#include "tests/boundary/instance_fixture.h"
#include "tests/identity/token_maker.h"

namespace hsm {

inline constexpr const char* kAuthority = "https://attest.example";

inline core::ReleasePolicy policy_for(const std::string& authority, bool immutable = false) {
  const auto policy = release::Policy::parse(R"({"version":"1.0.0","anyOf":[{"authority":")" + authority +
                                             R"(","allOf":[{"claim":"good","equals":true}]}]})");
  return {.text = policy.value().canonical(),
          .digest = release::digest_of(policy->canonical()),
          .content_type = {},
          .immutable = immutable};
}

// claims are what the authority says of an environment whose key is identity::testing::rsa_key(1).
inline boost::json::object claims() {
  const std::int64_t now = unix_seconds(SystemClock().now());
  boost::json::object key = identity::testing::jwk(identity::testing::rsa_key(1), "tee");
  key.erase("alg");
  key["use"] = "enc";
  return {{"iss", kAuthority},
          {"exp", now + 600},
          {"good", true},
          {"x-ms-runtime", {{"keys", boost::json::array{std::move(key)}}}}};
}

// opened is what the environment does with its private key (reference/byok-release-attestation.md §3.5).
inline SecretBytes opened(ByteView ciphertext, crypto::Digest digest) {
  const SecretBytes aes =
      crypto::rsa_oaep_decrypt(identity::testing::rsa_key(1), digest, ciphertext.first(256)).value();
  EXPECT_EQ(aes.size(), 32u);
  return crypto::unwrap_key_padded(aes, ciphertext.subspan(256)).value();
}

// AttestedInstance knows one attestation authority, whose keys are pinned: identity::testing::rsa_key().
class AttestedInstance : public Instance {
 protected:
  AttestedInstance() {
    const std::string keys_file = folder_ / "authority.json";
    std::ofstream(keys_file) << identity::testing::jwks({identity::testing::jwk(identity::testing::rsa_key(), "k1")});
    config_.authorities = {{.issuer = kAuthority, .keys_file = keys_file, .ca_file = {}}};
    start_new();
  }
  static core::KeyReference reference_to(const core::WrappedKey& key) { return {key.id, key.blob}; }

  const core::ReleasePolicy policy_ = policy_for(kAuthority);
};

}  // namespace hsm
