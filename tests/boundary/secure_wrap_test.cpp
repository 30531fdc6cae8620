// Secure wrap and unwrap, with the real strongroom-partition: what a taken-over front end, which knows every wrapped
// key and can send every message, does not get.
#include <algorithm>

#include "tests/boundary/attested_instance.h"

namespace hsm {
namespace {

namespace json = boost::json;
using core::KeyOperation;
using core::KeyOperations;
using core::SecureWrapAlgorithm;
using identity::testing::rsa_key;
using identity::testing::signed_token;

constexpr KeyOperations kSecure{KeyOperation::kSecureWrapKey, KeyOperation::kSecureUnwrapKey};
constexpr KeyOperations kPlain{KeyOperation::kWrapKey, KeyOperation::kUnwrapKey};

class SecureWrap : public AttestedInstance {
 protected:
  // A key that the test knows, so that what it wraps can be opened outside.
  core::KeyReference known_key(std::uint16_t bits, KeyOperations operations, const core::ReleasePolicy* policy) {
    core::ImportRequest request{
        .policy = {.spec = {core::KeyType::kOct, core::Curve::kNone, bits}, .operations = operations}};
    if (policy != nullptr) {
      request.policy.release_policy_digest = policy->digest;
      request.policy.release_policy_immutable = policy->immutable;
    }
    request.key.k = SecretBytes::copy(ByteView(material_.reveal()).first(bits / 8));
    return reference_to(partitions().import(request).value());
  }
  Result<Bytes> wrap(const core::KeyReference& key, SecureWrapAlgorithm algorithm = SecureWrapAlgorithm::kA256Kw) {
    return partitions().secure_wrap({.key = key, .algorithm = algorithm});
  }
  core::SecureUnwrapRequest request(const core::KeyReference& key, const Bytes& value) {
    return {.key = key,
            .algorithm = SecureWrapAlgorithm::kA256Kw,
            .value = value,
            .policy = policy_.text,
            .token = signed_token(claims(), rsa_key()),
            .issuer = {}};
  }
  Errc refusal(const core::SecureUnwrapRequest& request) {
    const auto answer = partitions().secure_unwrap(request);
    return answer ? Errc::kCount_ : answer.error().code;
  }

  const SecretBytes material_ = SecretBytes::copy(Bytes(32, 0x5A));
};

bool contains(ByteView all, ByteView part) {
  return !std::ranges::search(all, part).empty();
}

TEST_F(SecureWrap, AFreshKeyLeavesWrappedAndOpensForTheAttestedEnvironment) {
  using enum SecureWrapAlgorithm;
  const struct {
    SecureWrapAlgorithm algorithm;
    std::uint16_t bits;
    bool padded;
  } cases[] = {{kA128Kw, 128, false},     {kA192Kw, 192, false},      {kA256Kw, 256, false},
               {kA128KwPad, 128, true},   {kA192KwPad, 192, true},    {kA256KwPad, 256, true},
               {kAesKeyWrap, 128, false}, {kAesKeyWrapPad, 192, true}};
  for (const auto& test : cases) {
    const core::KeyReference key = known_key(test.bits, kSecure, &policy_);
    const Bytes value = wrap(key, test.algorithm).value();
    const SecretBytes kek = SecretBytes::copy(ByteView(material_.reveal()).first(test.bits / 8));
    const SecretBytes fresh =
        test.padded ? crypto::unwrap_key_padded(kek, value).value() : crypto::unwrap_key(kek, value).value();
    EXPECT_EQ(fresh.size(), core::kSecureWrapKeyBytes);
    EXPECT_FALSE(contains(value, fresh.reveal()));
    core::SecureUnwrapRequest unwrap = request(key, value);
    unwrap.algorithm = test.algorithm;
    const Bytes answer = partitions().secure_unwrap(unwrap).value();
    EXPECT_FALSE(contains(answer, fresh.reveal()));
    EXPECT_TRUE(std::ranges::equal(opened(answer, crypto::Digest::kSha256).reveal(), fresh.reveal()));
    EXPECT_NE(wrap(key, test.algorithm).value(), value) << "each call makes a key of its own";
  }
}

TEST_F(SecureWrap, WorksWithRsaKeys) {
  core::GenerateRequest generate = hsm::rsa_key(2048);
  generate.policy.operations = kPlain;
  const core::KeyReference key = reference_to(partitions().generate(generate).value());
  core::SecureUnwrapRequest unwrap = request(key, wrap(key, SecureWrapAlgorithm::kRsaOaep256).value());
  unwrap.algorithm = SecureWrapAlgorithm::kRsaOaep256;
  EXPECT_EQ(opened(partitions().secure_unwrap(unwrap).value(), crypto::Digest::kSha256).size(),
            core::kSecureWrapKeyBytes);
  EXPECT_EQ(wrap(key, SecureWrapAlgorithm::kA256Kw).error().code, Errc::kBadParameter);
}

TEST_F(SecureWrap, NothingOpensWithoutATrueToken) {
  for (const KeyOperations operations : {kSecure, kPlain}) {  // with a policy and without one
    const core::KeyReference key = known_key(256, operations, operations == kSecure ? &policy_ : nullptr);
    const core::SecureUnwrapRequest good = request(key, wrap(key).value());
    const auto with_token = [&good](std::string token) {
      core::SecureUnwrapRequest changed = good;
      changed.token = std::move(token);
      return changed;
    };
    json::object old = claims(), evil = claims(), keyless = claims();
    old["exp"] = unix_seconds(SystemClock().now()) - 120;
    evil["iss"] = "https://evil.example";
    keyless.erase("x-ms-runtime");
    EXPECT_EQ(refusal(with_token(signed_token(claims(), rsa_key(2)))), Errc::kForbidden);
    for (const json::object& of : {old, evil, keyless}) {
      EXPECT_EQ(refusal(with_token(signed_token(of, rsa_key()))), Errc::kForbidden);
    }
    EXPECT_EQ(refusal(with_token("noise")), Errc::kBadParameter);
    EXPECT_EQ(refusal(with_token("")), Errc::kBadParameter);
    core::SecureUnwrapRequest other_issuer = good;
    other_issuer.issuer = "https://other.example";
    EXPECT_EQ(refusal(other_issuer), Errc::kForbidden);
    other_issuer.issuer = std::string(kAuthority) + "/";
    EXPECT_EQ(refusal(other_issuer), Errc::kCount_);
    EXPECT_EQ(refusal(good), Errc::kCount_);
  }
}

TEST_F(SecureWrap, OnlyThePolicyThatIsBoundToTheKeyCounts) {
  const core::KeyReference key = known_key(256, kSecure, &policy_);
  core::SecureUnwrapRequest unwrap = request(key, wrap(key).value());
  for (const std::string& text : {std::string(), policy_for("https://other.example").text, " " + policy_.text}) {
    unwrap.policy = text;
    EXPECT_EQ(refusal(unwrap), Errc::kForbidden) << text;
  }
  unwrap = request(key, unwrap.value);
  json::object bad = claims();
  bad["good"] = false;
  unwrap.token = signed_token(bad, rsa_key());
  EXPECT_EQ(refusal(unwrap), Errc::kForbidden);
}

TEST_F(SecureWrap, WhatDoesNotOpenIsSaidToThoseAloneWhoHaveATrueToken) {
  const core::KeyReference key = known_key(256, kSecure, &policy_);
  core::SecureUnwrapRequest unwrap = request(key, wrap(key).value());
  unwrap.value.front() ^= 1;
  EXPECT_EQ(refusal(unwrap), Errc::kBadCiphertext);
  unwrap.token = signed_token(claims(), rsa_key(2));
  EXPECT_EQ(refusal(unwrap), Errc::kForbidden);
}

TEST_F(SecureWrap, NeedsTheOperationsOfTheKey) {
  const core::KeyReference neither = known_key(256, {KeyOperation::kEncrypt, KeyOperation::kDecrypt}, nullptr);
  const core::KeyReference wraps = known_key(256, {KeyOperation::kSecureWrapKey}, &policy_);
  const core::KeyReference unwraps = known_key(256, {KeyOperation::kSecureUnwrapKey}, &policy_);
  EXPECT_EQ(wrap(neither).error().code, Errc::kForbidden);
  EXPECT_EQ(wrap(unwraps).error().code, Errc::kForbidden);
  const Bytes value = wrap(wraps).value();
  EXPECT_EQ(refusal(request(neither, value)), Errc::kForbidden);
  EXPECT_EQ(refusal(request(wraps, value)), Errc::kForbidden);
  EXPECT_EQ(refusal(request(unwraps, value)), Errc::kCount_);
}

TEST_F(SecureWrap, AKeyWhoseOneWayIsSecureUnwrapNeedsAPolicy) {
  const core::KeyReference key = known_key(256, kSecure, nullptr);
  EXPECT_EQ(refusal(request(key, wrap(key).value())), Errc::kForbidden);
  const core::KeyReference guarded = partitions().change_release_policy(key, policy_).value();
  EXPECT_EQ(refusal(request(guarded, wrap(guarded).value())), Errc::kCount_);
}

// Else a change of key_ops would be a way around the policy.
TEST_F(SecureWrap, WhatAPolicyGuardsIsNeverOpenedInTheClear) {
  const core::ReleasePolicy immutable = policy_for(kAuthority, true);
  const core::KeyReference key = known_key(256, kSecure, &immutable);
  for (const KeyOperation way : {KeyOperation::kUnwrapKey, KeyOperation::kDecrypt}) {
    KeyOperations more = kSecure;
    more.add(way);
    EXPECT_EQ(partitions().change_operations(key, more).error().code, Errc::kForbidden);
    EXPECT_EQ(partitions().change_operations(key, {way}).error().code, Errc::kForbidden);
  }
  EXPECT_TRUE(partitions().change_operations(key, {KeyOperation::kSecureUnwrapKey, KeyOperation::kEncrypt}));
  EXPECT_EQ(partitions().change_release_policy(key, policy_for("https://other.example")).error().code,
            Errc::kForbidden);
  EXPECT_EQ(partitions()
                .release({.key = key, .policy = immutable.text, .token = signed_token(claims(), rsa_key())})
                .error()
                .code,
            Errc::kForbidden);
  core::CryptoRequest unwrap;
  const Bytes value = wrap(key).value();
  unwrap.key = std::make_shared<const core::KeyReference>(key);
  unwrap.operation = KeyOperation::kUnwrapKey;
  unwrap.algorithm = core::Algorithm::kA256Kw;
  unwrap.input = value;
  EXPECT_EQ(partitions().perform(unwrap).error().code, Errc::kForbidden);
}

}  // namespace
}  // namespace hsm
