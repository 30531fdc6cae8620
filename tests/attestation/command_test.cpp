// `strongroom attestation`: what it reads, prints and ends with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/strongroom/attestation_file.h"
#include "app/strongroom/attestation_verify.h"
#include "base/base64url.h"
#include "tests/attestation/samples.h"

namespace hsm::app {
namespace {

using attestation::test::attester;
using attestation::test::ec_facts;
using testing::HasSubstr;

std::string object_of(const core::KeyAttestation& attestation, std::string (*encoded)(ByteView) = to_base64url) {
  std::string text = R"({"certificatePemFile":")" + encoded(bytes_of(attestation.certificates)) +
                     R"(","privateKeyAttestation":")" + encoded(attestation.private_key) + '"';
  if (!attestation.public_key.empty()) text += R"(,"publicKeyAttestation":")" + encoded(attestation.public_key) + '"';
  return text + R"(,"version":"STRONGROOM-1"})";
}

std::string bundle_of(const core::KeyAttestation& attestation, ByteView x, const std::string& version) {
  return R"({"attributes":{"attestation":)" + object_of(attestation) +
         R"(,"enabled":true},"key":{"crv":"P-256","kid":)" + R"("https://h/keys/my-key/)" + version +
         R"(","kty":"EC-HSM","x":")" + to_base64url(x) + R"(","y":")" + to_base64url(Bytes(32, 0x22)) + R"("}})";
}

class Command : public testing::Test {
 protected:
  Command() {
    std::string name = (std::filesystem::temp_directory_path() / "attestation-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Command() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  int verify(AttestationVerifyOptions options) {
    out_.str("");
    err_.str("");
    return attestation_verify_main(options, out_, err_);
  }

  std::filesystem::path folder_;
  std::ostringstream out_, err_;
  const core::KeyAttestation attestation_ = attester().attest(ec_facts()).value();
  static constexpr const char* kVersion = "0123456789abcdef0123456789abcdef";
};

TEST_F(Command, TellsWhetherTheRootIsTheOneGiven) {
  const std::string attested = file("attestation.json", object_of(attestation_));
  EXPECT_EQ(verify({.file = attested, .root = "", .key = ""}), kRootNotPinned);
  EXPECT_THAT(out_.str(), HasSubstr("not pinned"));

  std::ostringstream root;
  EXPECT_EQ(attestation_root_main(attested, root, err_), kAttested);
  EXPECT_EQ(verify({.file = attested, .root = file("root.pem", root.str()), .key = "my-key"}), kAttested);
  EXPECT_THAT(out_.str(), HasSubstr("VERIFIED"));

  std::ostringstream other;
  const std::string foreign = file("other.json", object_of(attester(2).attest(ec_facts()).value()));
  EXPECT_EQ(attestation_root_main(foreign, other, err_), kAttested);
  EXPECT_EQ(verify({.file = attested, .root = file("other.pem", other.str()), .key = ""}), kNotAttested);
  EXPECT_EQ(out_.str(), "") << "nothing of it may be relied on";
}

TEST_F(Command, ReadsWhatClientsWrite) {
  std::string underscores = object_of(attestation_, to_base64);
  for (const auto& [from, to] : {std::pair("certificatePemFile", "certificate_pem_file"),
                                 std::pair("privateKeyAttestation", "private_key_attestation"),
                                 std::pair("publicKeyAttestation", "public_key_attestation")}) {
    underscores.replace(underscores.find(from), std::strlen(from), to);
  }
  EXPECT_EQ(verify({.file = file("1", object_of(attestation_, to_base64)), .root = "", .key = ""}), kRootNotPinned);
  EXPECT_EQ(verify({.file = file("2", underscores), .root = "", .key = ""}), kRootNotPinned);
  std::string symmetric = object_of(attester().attest(attestation::test::oct_facts()).value());
  EXPECT_EQ(verify({.file = file("3", symmetric), .root = "", .key = ""}), kRootNotPinned);
  symmetric.insert(1, R"("publicKeyAttestation":null,)");
  EXPECT_EQ(verify({.file = file("4", symmetric), .root = "", .key = ""}), kRootNotPinned) << "as az prints it";
}

TEST_F(Command, HoldsAWholeAnswersKeyAgainstTheAttestation) {
  const Bytes x(32, 0x11);
  EXPECT_EQ(verify({.file = file("1", bundle_of(attestation_, x, kVersion)), .root = "", .key = ""}), kRootNotPinned)
      << err_.str();
  Bytes other = x;
  other[3] ^= 1;
  EXPECT_EQ(verify({.file = file("2", bundle_of(attestation_, other, kVersion)), .root = "", .key = ""}), kNotAttested);
  EXPECT_EQ(verify({.file = file("3", bundle_of(attestation_, x, "f")), .root = "", .key = ""}), kNotAttested);
}

// A key's public half as its type has it in a JSON web key.
TEST_F(Command, HoldsKeysOfEveryTypeAgainstTheirAttestation) {
  struct Row {
    attestation::KeyFacts facts;
    Bytes core::PublicKey::* half;
    const char* member;
  };
  using attestation::test::ml_dsa_facts, attestation::test::okp_facts;
  for (const Row& row : {Row{okp_facts(core::Curve::kEd25519), &core::PublicKey::x, "x"},
                         Row{okp_facts(core::Curve::kX25519), &core::PublicKey::x, "x"},
                         Row{ml_dsa_facts(44), &core::PublicKey::pub, "pub"}}) {
    const std::string attested = object_of(attester().attest(row.facts).value());
    const auto answer = [&](const Bytes& half) {
      return R"({"attributes":{"attestation":)" + attested + R"(},"key":{"kid":"https://h/keys/my-key/)" + kVersion +
             R"(",")" + row.member + R"(":")" + to_base64url(half) + R"("}})";
    };
    Bytes half = row.facts.public_key.*row.half;
    EXPECT_EQ(verify({.file = file("same", answer(half)), .root = "", .key = ""}), kRootNotPinned) << err_.str();
    half.back() ^= 1;
    EXPECT_EQ(verify({.file = file("other", answer(half)), .root = "", .key = ""}), kNotAttested);
    EXPECT_EQ(verify({.file = file("none", answer({})), .root = "", .key = ""}), kNotAttested);
  }
}

TEST_F(Command, RefusesWhatIsNoAttestationOfOurs) {
  std::string marvell = object_of(attestation_);
  marvell.replace(marvell.find("STRONGROOM-1"), 12, "MRVL-1");
  std::string twice = object_of(attestation_);
  twice.insert(1, R"("version":"STRONGROOM-1",)");
  for (const std::string& text : {std::string(), std::string("{}"), std::string("[]"), marvell, twice,
                                  std::string(R"({"attributes":{},"key":{}})")}) {
    EXPECT_EQ(verify({.file = file("bad", text), .root = "", .key = ""}), kNotAttested) << text.substr(0, 40);
  }
}

TEST_F(Command, SaysWhenItCouldNotReadAFile) {
  EXPECT_EQ(verify({.file = folder_ / "absent", .root = "", .key = ""}), kNotRead);
  EXPECT_EQ(verify({.file = file("long", std::string(kAttestationFileBytesMax + 1, ' ')), .root = "", .key = ""}),
            kNotRead);
  const std::string attested = file("good", object_of(attestation_));
  EXPECT_EQ(verify({.file = attested, .root = folder_ / "absent.pem", .key = ""}), kNotRead);
  EXPECT_EQ(verify({.file = attested, .root = file("noise.pem", "noise"), .key = ""}), kNotRead);
}

}  // namespace
}  // namespace hsm::app
