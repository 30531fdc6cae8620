// Secure key release, with the real strongroom-partition: what a taken-over front end, which knows every wrapped key
// and can send every message, does not get.
#include "crypto/key_pair.h"
#include "crypto/public_key.h"
#include "tests/boundary/attested_instance.h"

namespace hsm {
namespace {

namespace json = boost::json;
using identity::testing::rsa_key;
using identity::testing::signed_token;

class KeyRelease : public AttestedInstance {
 protected:
  core::WrappedKey make(core::GenerateRequest request, const core::ReleasePolicy& policy) {
    request.policy.exportable = true;
    request.policy.release_policy_digest = policy.digest;
    request.policy.release_policy_immutable = policy.immutable;
    return partitions().generate(request).value();
  }
  Result<core::ReleasedKey> release(const core::KeyReference& key, const std::string& policy,
                                    const json::object& of = claims(), EVP_PKEY* signer = rsa_key(),
                                    core::ReleaseEncryption encryption = core::kReleaseEncryptionDefault) {
    return partitions().release(
        {.key = key, .policy = policy, .token = signed_token(of, signer), .encryption = encryption});
  }

  static SecretBytes open(const core::ReleasedKey& key, crypto::Digest digest) {
    EXPECT_EQ(key.encryption_key_id, "tee");
    return opened(key.ciphertext, digest);
  }
};

TEST_F(KeyRelease, TheAttestedEnvironmentOpensTheKey) {
  const struct {
    core::ReleaseEncryption encryption;
    crypto::Digest digest;
  } encryptions[] = {{core::ReleaseEncryption::kCkmRsaAesKeyWrap, crypto::Digest::kSha1},
                     {core::ReleaseEncryption::kRsaAesKeyWrap256, crypto::Digest::kSha256},
                     {core::ReleaseEncryption::kRsaAesKeyWrap384, crypto::Digest::kSha384}};
  core::GenerateRequest p256k = ec_key();
  p256k.policy.spec.curve = core::Curve::kP256K;
  for (const core::GenerateRequest& kind : {ec_key(), p256k, hsm::rsa_key(2048)}) {
    const core::WrappedKey key = make(kind, policy_);
    for (const auto& test : encryptions) {
      const auto released = release(reference_to(key), policy_.text, claims(), rsa_key(), test.encryption).value();
      const auto opened = crypto::private_key_from_der(open(released, test.digest)).value();
      EXPECT_EQ(crypto::public_members(opened.get()).value(), key.public_key);
    }
  }
  const core::WrappedKey oct = make(aes_key(), policy_);
  const auto released = release(reference_to(oct), policy_.text).value();
  EXPECT_EQ(open(released, crypto::Digest::kSha1).size(), 32u);
}

TEST_F(KeyRelease, WithoutExportableAKeyNeverLeaves) {
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  EXPECT_EQ(release(reference_to(key), policy_.text).error().code, Errc::kForbidden);
  EXPECT_EQ(partitions().change_release_policy(reference_to(key), policy_).error().code, Errc::kForbidden);
}

TEST_F(KeyRelease, OnlyThePolicyThatIsBoundToTheKeyCounts) {
  const core::WrappedKey key = make(ec_key(), policy_);
  std::string weaker = policy_.text;
  weaker.replace(weaker.find("true"), 4, "null");
  const auto own = release::Policy::parse(R"({"version":"1.0.0","anyOf":[{"authority":"https://attest.example",
      "allOf":[{"claim":"good","exists":false}]}]})");
  for (const std::string& text : {std::string(), weaker, own.value().canonical(), " " + policy_.text}) {
    EXPECT_EQ(release(reference_to(key), text).error().code, Errc::kForbidden) << text;
  }
}

TEST_F(KeyRelease, ThePolicyCannotBeChangedInTheWrappedKey) {
  core::WrappedKey key = make(ec_key(), policy_for("https://other.example"));
  core::KeyReference forged = reference_to(key);
  std::ranges::copy(policy_.digest, forged.wrapped.begin() + 8);  // where the digest stands
  EXPECT_EQ(release(forged, policy_.text).error().code, Errc::kBadCiphertext);
  forged = reference_to(partitions().generate(ec_key()).value());
  forged.wrapped[7] = 1;  // exportable
  std::ranges::copy(policy_.digest, forged.wrapped.begin() + 8);
  EXPECT_EQ(release(forged, policy_.text).error().code, Errc::kBadCiphertext);
}

TEST_F(KeyRelease, OnlyAnAuthorityThatThePartitionKnowsCanSpeakForAnEnvironment) {
  const core::ReleasePolicy others = policy_for("https://evil.example");
  json::object evil = claims();
  evil["iss"] = "https://evil.example";
  const core::WrappedKey key = make(ec_key(), others);
  EXPECT_EQ(release(reference_to(key), others.text, evil).error().code, Errc::kForbidden);
}

TEST_F(KeyRelease, ATokenMustBeTheAuthoritysInTimeAndFulfilThePolicy) {
  const core::WrappedKey key = make(ec_key(), policy_);
  json::object bad = claims();
  bad["good"] = false;
  EXPECT_EQ(release(reference_to(key), policy_.text, bad).error().code, Errc::kForbidden);
  json::object old = claims();
  old["exp"] = unix_seconds(SystemClock().now()) - 120;
  EXPECT_EQ(release(reference_to(key), policy_.text, old).error().code, Errc::kForbidden);
  EXPECT_EQ(release(reference_to(key), policy_.text, claims(), rsa_key(2)).error().code, Errc::kForbidden);
  EXPECT_EQ(partitions().release({.key = reference_to(key), .policy = policy_.text, .token = "noise"}).error().code,
            Errc::kBadParameter);
  EXPECT_TRUE(release(reference_to(key), policy_.text));
}

TEST_F(KeyRelease, AChangedPolicyIsTheOneThatCounts) {
  const core::WrappedKey key = make(ec_key(), policy_for("https://other.example"));
  const core::KeyReference changed = partitions().change_release_policy(reference_to(key), policy_).value();
  EXPECT_TRUE(release(changed, policy_.text));
  EXPECT_EQ(release(changed, policy_for("https://other.example").text).error().code, Errc::kForbidden);
}

TEST_F(KeyRelease, AnImmutablePolicyIsNeverChanged) {
  const core::ReleasePolicy immutable = policy_for("https://other.example", true);
  const core::KeyReference key = reference_to(make(ec_key(), immutable));
  EXPECT_EQ(partitions().change_release_policy(key, policy_).error().code, Errc::kForbidden);
  EXPECT_EQ(partitions().change_release_policy(key, policy_for("https://other.example", false)).error().code,
            Errc::kForbidden);
  const core::KeyReference same = partitions().change_release_policy(key, immutable).value();
  EXPECT_EQ(partitions().change_release_policy(same, policy_).error().code, Errc::kForbidden);
  const core::KeyReference other_operations = partitions().change_operations(key, {core::KeyOperation::kSign}).value();
  EXPECT_EQ(partitions().change_release_policy(other_operations, policy_).error().code, Errc::kForbidden);
}

TEST_F(KeyRelease, WhatIsNoPolicyIsBoundToNoKey) {
  const core::KeyReference key = reference_to(make(ec_key(), policy_));
  for (const std::string& text : {std::string(), std::string("{}"), policy_.text + " "}) {
    EXPECT_EQ(partitions().change_release_policy(key, {.text = text}).error().code, Errc::kBadParameter) << text;
  }
}

TEST_F(KeyRelease, APartitionDoesNotStartWithoutTheKeysItIsToBelieve) {
  supervisor_.reset();
  config_.authorities.front().keys_file = folder_ / "absent";
  const auto started = control::PartitionSupervisor::start(config_);
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("absent"), std::string::npos);
}

}  // namespace
}  // namespace hsm
