// Wycheproof through the engine: ML-DSA. What is made outside of the service (public keys, seeds) goes in as a client
// would send it.
#include <fmt/format.h>

#include "core/algorithm.h"
#include "partition/engine/openssl/ml_dsa_provider.h"
#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using test::for_each_case;

class WycheproofMlDsa : public ::testing::TestWithParam<std::uint16_t> {
 protected:
  void SetUp() override {
    if (!providers_.ml_dsa) GTEST_SKIP() << "NO ML-DSA HERE: " << providers_.missing;
  }
  std::string file(const char* kind) const { return fmt::format("mldsa_{}_{}_test.json", GetParam(), kind); }

  const core::KeySpec spec_{core::KeyType::kAkp, core::Curve::kNone, GetParam()};
  const core::MlDsaSetRow& set_ = core::ml_dsa_set(GetParam());
  Providers providers_ = providers();
};

// Signed is what a case has signed. Some cases have both a message and its μ, which are then tried one after the other.
struct Signed {
  MlDsaForm form;
  core::Algorithm algorithm;
  Bytes input, context;
};
std::vector<Signed> signed_in(const core::KeySpec& spec, const WycheproofCase& c) {
  using enum core::MlDsaInput;
  std::vector<Signed> all;
  if (c.has("msg")) {
    all.push_back({MlDsaForm::kMessage, core::ml_dsa_algorithm(spec, kMessage), c.bytes("msg"),
                   c.has("ctx") ? c.bytes("ctx") : Bytes{}});
  }
  if (c.has("mu")) all.push_back({MlDsaForm::kMu, core::ml_dsa_algorithm(spec, kMu), c.bytes("mu"), {}});
  return all;
}

KeyPtr public_key(const core::KeySpec& spec, const Bytes& bytes) {
  core::PublicKey key;
  key.pub = bytes;
  const auto loaded = engine().load_public(policy_of(spec), key);
  return loaded ? *loaded : nullptr;
}

// accepts is whether the service says true; a refusal of the request is a no, too.
bool accepts(const LoadedKey& key, const Signed& what, const Bytes& signature) {
  const auto reply = perform(key, core::KeyOperation::kVerify, what.algorithm,
                             {.input = what.input, .signature = signature, .aad = what.context});
  return reply && reply->verified;
}

TEST_P(WycheproofMlDsa, VerifiesWhatIsValidAndNothingElse) {
  for_each_case(file("verify"), [this](const WycheproofCase& c) {
    const KeyPtr key = public_key(spec_, c.bytes("publicKey"));
    ASSERT_EQ(key == nullptr, c.has_flag("IncorrectPublicKeyLength"));
    if (!key) return;
    for (const Signed& what : signed_in(spec_, c)) EXPECT_EQ(accepts(*key, what, c.bytes("sig")), c.valid());
  });
}

// Signatures of the service are hedged, so that they can't be the file's; they verify, and the file's own does. What
// the provider makes of the same key without a hedge is the file's, byte by byte.
TEST_P(WycheproofMlDsa, SignsWithSeedsAsTheStandardSays) {
  std::size_t signed_cases = 0;
  for_each_case(file("sign_seed"), [&](const WycheproofCase& c) {
    core::PrivateKey members;
    members.priv = c.secret("privateSeed");
    const auto imported = engine().import(spec_, members);
    ASSERT_EQ(imported.has_value(), !c.has_flag("IncorrectPrivateKeyLength"));
    if (!imported) return;
    if (c.has("publicKey")) {
      EXPECT_EQ(imported->public_key.pub, c.bytes("publicKey"));
    }
    const KeyPtr key = loaded(spec_, *imported);
    for (const Signed& what : signed_in(spec_, c)) {
      const auto made =
          perform(*key, core::KeyOperation::kSign, what.algorithm, {.input = what.input, .aad = what.context});
      ASSERT_EQ(made.has_value(), c.valid());
      if (!made) continue;
      ++signed_cases;
      EXPECT_TRUE(accepts(*key, what, copy_of(made->output.reveal())));
      EXPECT_TRUE(accepts(*key, what, c.bytes("sig")));
      if (c.has_flag("Randomized")) continue;  // made with randomness that the file gives
      const auto direct = providers_.ml_dsa->from_seed(set_, members.priv);
      EXPECT_EQ(*direct->sign(what.form, what.input, what.context, MlDsaHedge::kConstant), c.bytes("sig"));
    }
  });
  EXPECT_TRUE(signed_cases == 0 || signed_cases > 50) << signed_cases;
}

// Upstream-valid cases that the service refuses: all keys of these files. They are expanded private keys whose seed is
// not known, and a JSON web key holds the seed (draft-ietf-cose-dilithium §4). Their signatures verify all the same.
TEST_P(WycheproofMlDsa, RefusesExpandedKeysAndVerifiesTheirSignatures) {
  for_each_case(file("sign_noseed"), [this](const WycheproofCase& c) {
    core::PrivateKey members;
    members.priv = c.secret("privateKey");
    EXPECT_FALSE(engine().import(spec_, members));
    if (!c.valid()) return;
    const KeyPtr key = public_key(spec_, c.bytes("publicKey"));
    for (const Signed& what : signed_in(spec_, c)) EXPECT_TRUE(accepts(*key, what, c.bytes("sig")));
  });
}

INSTANTIATE_TEST_SUITE_P(Sets, WycheproofMlDsa, ::testing::Values(44, 65, 87),
                         [](const auto& test) { return fmt::format("MlDsa{}", test.param); });

}  // namespace
}  // namespace hsm::partition
