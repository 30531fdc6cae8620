// Wycheproof through the engine: ECDSA with public keys, and key import.
#include <fmt/format.h>

#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using core::Algorithm;
using core::Curve;
using test::for_each_case;

struct EcdsaFile {
  const char* curve_name;
  Curve curve;
  const char* sha;
};

class WycheproofEcdsa : public ::testing::TestWithParam<EcdsaFile> {};

KeyPtr public_ec_key(const WycheproofCase& c, Curve curve) {
  const Bytes point = *from_hex(std::string_view(c.object("publicKey").at("uncompressed").as_string()));
  const std::size_t width = core::row(curve).coordinate_bytes;
  core::PublicKey key;
  key.x = copy_of(ByteView(point).subspan(1, width));
  key.y = copy_of(ByteView(point).subspan(1 + width));
  return *engine().load_public(policy_of(ec(curve)), key);
}

TEST_P(WycheproofEcdsa, VerifiesWhatIsValidAndNothingElse) {
  const EcdsaFile& file = GetParam();
  for_each_case(fmt::format("ecdsa_{}_sha{}_p1363_test.json", file.curve_name, file.sha),
                [&file](const WycheproofCase& c) {
                  const KeyPtr key = public_ec_key(c, file.curve);
                  const core::Digest hash = *hash_named(c.text("sha"));
                  EXPECT_EQ(verifies(*key, algorithm_of(core::Scheme::kEcdsa, hash, file.curve),
                                     crypto::hash(hash, c.bytes("msg")), c.bytes("sig")),
                            c.valid());
                });
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofEcdsa,
                         ::testing::Values(EcdsaFile{"secp256r1", Curve::kP256, "256"},
                                           EcdsaFile{"secp384r1", Curve::kP384, "384"},
                                           EcdsaFile{"secp521r1", Curve::kP521, "512"},
                                           EcdsaFile{"secp256k1", Curve::kP256K, "256"}),
                         [](const auto& test) { return std::string(test.param.curve_name); });

// Each curve has one algorithm and that one hash; a digest of another size is refused before any arithmetic.
TEST(WycheproofEcdsaMixes, AreNotReachable) {
  for (const EcdsaFile& file :
       {EcdsaFile{"secp256r1", Curve::kP256, "512"}, EcdsaFile{"secp384r1", Curve::kP384, "512"},
        EcdsaFile{"secp256k1", Curve::kP256K, "512"}}) {
    for_each_case(fmt::format("ecdsa_{}_sha{}_p1363_test.json", file.curve_name, file.sha),
                  [&file](const WycheproofCase& c) {
                    const KeyPtr key = public_ec_key(c, file.curve);
                    const auto algorithm = std::ranges::find_if(core::kAlgorithms, [&file](const auto& row) {
                      return row.scheme == core::Scheme::kEcdsa && row.curve == file.curve;
                    });
                    const auto reply = perform(*key, core::KeyOperation::kVerify, algorithm->algorithm,
                                               {.input = crypto::sha512(c.bytes("msg")), .signature = c.bytes("sig")});
                    ASSERT_FALSE(reply);
                    EXPECT_EQ(reply.error().code, Errc::kBadParameter);
                  });
  }
}

// The API's signatures are r ‖ s of fixed width, never DER, whatever it holds.
TEST(WycheproofEcdsaDer, IsNeverASignature) {
  for (const EcdsaFile& file :
       {EcdsaFile{"secp256r1", Curve::kP256, "256"}, EcdsaFile{"secp384r1", Curve::kP384, "384"},
        EcdsaFile{"secp521r1", Curve::kP521, "512"}, EcdsaFile{"secp256k1", Curve::kP256K, "256"}}) {
    for_each_case(fmt::format("ecdsa_{}_sha{}_test.json", file.curve_name, file.sha), [&file](const WycheproofCase& c) {
      const core::Digest hash = *hash_named(c.text("sha"));
      EXPECT_FALSE(verifies(*public_ec_key(c, file.curve), algorithm_of(core::Scheme::kEcdsa, hash, file.curve),
                            crypto::hash(hash, c.bytes("msg")), c.bytes("sig")));
    });
  }
}

Bytes member(const boost::json::object& jwk, const char* name) {
  const auto* value = jwk.if_contains(name);
  if (value == nullptr) return {};
  auto decoded = from_base64url(std::string_view(value->as_string()));
  return decoded ? *decoded : Bytes{};
}

core::PublicKey public_members(const boost::json::object& jwk) {
  core::PublicKey key;
  key.x = member(jwk, "x");
  key.y = member(jwk, "y");
  return key;
}

class WycheproofEcImport : public ::testing::TestWithParam<EcdsaFile> {};

TEST_P(WycheproofEcImport, TakesKeysThatBelongTogetherAndNoOthers) {
  const EcdsaFile& file = GetParam();
  std::size_t seen = 0;
  for_each_case(fmt::format("ecdh_{}_webcrypto_test.json", file.curve_name), [&](const WycheproofCase& c) {
    const bool sampled = seen++ % 8 == 0;  // of the valid ones, whose import costs up to 5 ms each
    core::PrivateKey own;
    own.public_key = public_members(c.object("private"));
    own.d = SecretBytes::copy(member(c.object("private"), "d"));
    const auto& foreign = c.object("public");
    const bool same_curve = std::string_view(foreign.at("crv").as_string()) == core::row(file.curve).name;
    if (c.valid() && !sampled) return;
    EXPECT_TRUE(engine().import(ec(file.curve), own));
    // The other side's point with our d: a private key that isn't the point's, or no point at all.
    const Bytes own_x = own.public_key.x;
    own.public_key = public_members(foreign);
    if (own.public_key.x != own_x) {
      EXPECT_FALSE(engine().import(ec(file.curve), own));
    }
    if (same_curve) {
      EXPECT_EQ(engine().load_public(policy_of(ec(file.curve)), own.public_key).has_value(), c.valid());
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofEcImport,
                         ::testing::Values(EcdsaFile{"secp256r1", Curve::kP256, ""},
                                           EcdsaFile{"secp384r1", Curve::kP384, ""},
                                           EcdsaFile{"secp521r1", Curve::kP521, ""},
                                           EcdsaFile{"secp256k1", Curve::kP256K, ""}),
                         [](const auto& test) { return std::string(test.param.curve_name); });

}  // namespace
}  // namespace hsm::partition
