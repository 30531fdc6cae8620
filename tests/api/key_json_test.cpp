#include "api/keys/key_json.h"

#include <gtest/gtest.h>

namespace hsm::api::keys {
namespace {

constexpr std::string_view kBase = "https://h.managedhsm.test:8443";

core::KeyRecord record_of(core::KeySpec spec, core::KeyOperations operations) {
  return {.name = *core::KeyName::parse("My-Key"),
          .version = *core::KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
          .spec = spec,
          .operations = operations,
          .attributes = {.created = 1'000, .updated = 2'000},
          .tags = {},
          .public_key = {},
          .material = core::key_reference({1}, {})};
}

core::KeyRecord an_ec_key() {
  core::KeyRecord record = record_of({.type = core::KeyType::kEc, .curve = core::Curve::kP256},
                                     {core::KeyOperation::kSign, core::KeyOperation::kVerify});
  record.public_key = {.x = Bytes(2, 0), .y = Bytes(2, 0xFF)};
  return record;
}

// reference/keys-api.md §2.1-2.3: members in alphabetical order; tags, exp and nbf only if set; exportable always.
TEST(KeyBundle, OfAnEcKey) {
  EXPECT_EQ(key_bundle(an_ec_key(), {kBase}),
            R"({"attributes":{"created":1000,"enabled":true,"exportable":false,"recoverableDays":90,)"
            R"("recoveryLevel":"Recoverable+Purgeable","updated":2000},)"
            R"("key":{"crv":"P-256","key_ops":["sign","verify"],)"
            R"("kid":"https://h.managedhsm.test:8443/keys/My-Key/0101090353a00a20b164c064f8be0c26",)"
            R"("kty":"EC-HSM","x":"AAA","y":"__8"}})");
}

TEST(KeyBundle, OfAnRsaKeyWithEverythingSet) {
  core::KeyRecord record =
      record_of({.type = core::KeyType::kRsa, .bits = 2048}, {core::KeyOperation::kWrapKey, core::KeyOperation::kSign});
  record.public_key = {.modulus = {0xC0, 0x01}, .exponent = {1, 0, 1}};
  record.attributes.enabled = false;
  record.attributes.not_before = 5;
  record.attributes.expires = -1'770'244'096;  // what a client's 32-bit arithmetic makes of 2050
  record.tags = {{"b", "1"}, {"a\"", "\n"}};
  EXPECT_EQ(key_bundle(record, {kBase, {.retention_days = 7, .purge_protection = true}}),
            R"({"attributes":{"created":1000,"enabled":false,"exp":-1770244096,"exportable":false,"nbf":5,)"
            R"("recoverableDays":7,"recoveryLevel":"CustomizedRecoverable","updated":2000},)"
            R"("key":{"e":"AQAB","key_ops":["sign","wrapKey"],)"
            R"("kid":"https://h.managedhsm.test:8443/keys/My-Key/0101090353a00a20b164c064f8be0c26",)"
            R"("kty":"RSA-HSM","n":"wAE"},"tags":{"b":"1","a\"":"\n"}})");
}

// reference/keys-api.md §2.3: from 2026-01-01-preview on, for symmetric keys; older shapes have no such member.
TEST(KeyBundle, ShowsTheSizeOfSymmetricKeysToThoseWhoKnowThatMember) {
  core::KeyRecord record = record_of({.type = core::KeyType::kOct, .bits = 192}, {core::KeyOperation::kEncrypt});
  record.attributes.not_before = 5;
  const Rendering sized{.base_url = kBase, .key_size = true};
  EXPECT_TRUE(key_bundle(record, sized).contains(R"("exportable":false,"key_size":192,"nbf":5,)"));
  EXPECT_FALSE(key_bundle(record, {kBase}).contains("key_size"));
  std::string item;
  append_key_item(item, record, KidForm::kWithVersion, sized);
  EXPECT_TRUE(item.contains(R"("key_size":192)"));
  EXPECT_FALSE(key_bundle(an_ec_key(), sized).contains("key_size"));
  const auto rsa = record_of({.type = core::KeyType::kRsa, .bits = 2048}, {core::KeyOperation::kSign});
  EXPECT_FALSE(key_bundle(rsa, sized).contains("key_size"));
}

TEST(KeyBundle, OfAnAkpKey) {
  core::KeyRecord record = record_of({.type = core::KeyType::kAkp, .bits = 65}, {core::KeyOperation::kSign});
  record.public_key.pub = {0xC0, 0x01};
  const std::string bundle = key_bundle(record, {kBase});
  EXPECT_TRUE(bundle.contains(
      R"("key":{"alg":"ML-DSA-65","key_ops":["sign"],"kid":"https://h.managedhsm.test:8443/keys/My-Key/0101090353a00a20b164c064f8be0c26","kty":"AKP-HSM","pub":"wAE"})"))
      << bundle;
}

TEST(KeyBundle, OfASymmetricKeyShowsNothingOfItsMaterial) {
  const core::KeyRecord record = record_of({.type = core::KeyType::kOct, .bits = 256}, {core::KeyOperation::kEncrypt});
  const std::string bundle = key_bundle(record, {kBase});
  EXPECT_TRUE(bundle.contains(
      R"("key":{"key_ops":["encrypt"],"kid":"https://h.managedhsm.test:8443/keys/My-Key/0101090353a00a20b164c064f8be0c26","kty":"oct-HSM"})"))
      << bundle;
}

// reference/keys-api.md §2.9
TEST(KeyBundle, CarriesAnAttestationWhereOneIsAskedFor) {
  core::KeyAttestation attestation{.certificates = "PEM", .private_key = {0xFF, 0xFE}, .public_key = {1}};
  EXPECT_TRUE(attested_key_bundle(an_ec_key(), attestation, {kBase})
                  .starts_with(R"({"attributes":{"attestation":{"certificatePemFile":"UEVN",)"
                               R"("privateKeyAttestation":"__4","publicKeyAttestation":"AQ","version":"STRONGROOM-1"},)"
                               R"("created":1000,"enabled":true,)"));
  attestation.public_key.clear();
  EXPECT_FALSE(attested_key_bundle(an_ec_key(), attestation, {kBase}).contains("publicKeyAttestation"));
  EXPECT_FALSE(key_bundle(an_ec_key(), {kBase}).contains("attestation"));
}

TEST(KeyBundle, TellsTheRecoveryLevel) {
  const auto level = [](int days, bool protection) {
    const std::string bundle =
        key_bundle(an_ec_key(), {kBase, {.retention_days = days, .purge_protection = protection}});
    const std::size_t at = bundle.find("recoveryLevel\":\"") + 16;
    return bundle.substr(at, bundle.find('"', at) - at);
  };
  EXPECT_EQ(level(90, false), "Recoverable+Purgeable");
  EXPECT_EQ(level(90, true), "Recoverable");
  EXPECT_EQ(level(89, false), "CustomizedRecoverable+Purgeable");
  EXPECT_EQ(level(7, true), "CustomizedRecoverable");
}

TEST(KeyBundle, OfAnExportableKeyHasItsPolicy) {
  core::KeyRecord record = an_ec_key();
  record.attributes.exportable = true;
  record.release_policy = {
      .text = "{}", .digest = {}, .content_type = std::string(core::kReleaseContentType), .immutable = true};
  const std::string bundle = key_bundle(record, {kBase});
  EXPECT_NE(bundle.find(R"("exportable":true)"), std::string::npos);
  EXPECT_NE(bundle.find(R"("y":"__8"},"release_policy":{"contentType":"application/json; charset=utf-8","data":"e30",)"
                        R"("immutable":true}})"),
            std::string::npos)
      << bundle;
}

// reference/keys-api.md §2.11: key_hsm in its place of the alphabet, kty without -HSM.
TEST(ReleasedKeyBundle, HasTheWrappedKeyAndThePlainType) {
  const std::string bundle = released_key_bundle(an_ec_key(), "{}", {kBase});
  EXPECT_NE(bundle.find(R"("key":{"crv":"P-256","key_hsm":"e30","key_ops":["sign","verify"],)"), std::string::npos);
  EXPECT_NE(bundle.find(R"("kty":"EC",)"), std::string::npos) << bundle;
}

TEST(DeletedKeyBundle, SaysWhenAndWhere) {
  const service::DeletedKey key{
      .head = {.name = *core::KeyName::parse("My-Key"), .latest = an_ec_key().version, .deleted = 10, .purge_at = 20},
      .latest = an_ec_key()};
  const std::string bundle = deleted_key_bundle(key, {kBase});
  EXPECT_TRUE(bundle.ends_with(
      R"(,"deletedDate":10,"recoveryId":"https://h.managedhsm.test:8443/deletedkeys/My-Key","scheduledPurgeDate":20})"))
      << bundle;
}

TEST(KeyItem, HasItsVersionOnlyInAListOfVersions) {
  std::string item;
  append_key_item(item, an_ec_key(), KidForm::kWithoutVersion, {kBase});
  EXPECT_TRUE(item.ends_with(R"("kid":"https://h.managedhsm.test:8443/keys/My-Key"})")) << item;
  item.clear();
  append_key_item(item, an_ec_key(), KidForm::kWithVersion, {kBase});
  EXPECT_TRUE(item.contains("/keys/My-Key/0101090353a00a20b164c064f8be0c26")) << item;
  EXPECT_FALSE(item.contains("tags"));
}

// with parses a body and hands its object to `use`, while it lives.
template <class Use>
auto with(std::string_view text, Use use) {
  JsonBody body;
  return use(**body.parse(bytes_of(text)));
}

TEST(KeyOperationsMember, IsASetOfKnownNames) {
  const auto read = [](std::string_view text) { return with(text, key_operations_member); };
  EXPECT_EQ(*read(R"({"key_ops":["sign","sign"]})"), core::KeyOperations{core::KeyOperation::kSign});
  EXPECT_EQ(*read("{}"), std::nullopt);
  EXPECT_EQ(*read(R"({"key_ops":[]})"), std::nullopt);
  for (const std::string_view wrong :
       {R"({"key_ops":["SIGN"]})", R"({"key_ops":["deriveBits"]})", R"({"key_ops":[1]})", R"({"key_ops":"sign"})"}) {
    EXPECT_FALSE(read(wrong)) << wrong;
  }
}

TEST(AttributesMember, HasItsTypes) {
  const auto error = [](std::string_view text) {
    const auto changes = with(text, attributes_member);
    return changes ? Errc::kCount_ : changes.error().code;
  };
  EXPECT_EQ(error(R"({"attributes":{"enabled":true,"exp":null}})"), Errc::kCount_);
  EXPECT_EQ(error(R"({"attributes":{"enabled":1}})"), Errc::kBadParameter);
  EXPECT_EQ(error(R"({"attributes":{"exp":"tomorrow"}})"), Errc::kBadParameter);
}

TEST(TagsMember, HoldsStringsOnly) {
  EXPECT_EQ(**with(R"({"tags":{"a":"1"}})", tags_member), (core::Tags{{"a", "1"}}));
  EXPECT_TRUE((*with(R"({"tags":{}})", tags_member))->empty());
  EXPECT_EQ(*with(R"({"tags":null})", tags_member), std::nullopt);
  EXPECT_FALSE(with(R"({"tags":{"a":1}})", tags_member));
}

}  // namespace
}  // namespace hsm::api::keys
