// Every file of public test vectors is used by a test, or the table says why it fits nothing that we do.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/vectors/wycheproof.h"

namespace hsm::spec {
namespace {

namespace fs = std::filesystem;

struct VectorsRow {
  const char* files;  // a regular expression
  const char* test;   // the file below tests/ that walks them; none: see `reason`
  const char* reason = "";
};
const VectorsRow kVectors[] = {
    {"aes_(gcm|cbc_pkcs5|wrap|kwp)", "partition/engine/wycheproof_oct_test.cpp"},
    {"hmac_sha(256|384|512)", "partition/engine/wycheproof_oct_test.cpp"},
    {"rsa_oaep_.*", "partition/engine/wycheproof_rsa_test.cpp"},
    {"rsa_pkcs1_\\d+(_sig_gen)?", "partition/engine/wycheproof_rsa_test.cpp"},
    {"rsa_signature_.*", "partition/engine/wycheproof_rsa_test.cpp"},
    {"rsa_pss_((?!params).)*", "partition/engine/wycheproof_rsa_test.cpp"},
    {"rsa_pss_.*_params", nullptr, "keys that bring parameters of their own (id-RSASSA-PSS): the API has none"},
    {"ecdsa_secp(256r1|256k1)_sha256(_p1363)?", "partition/engine/wycheproof_ec_test.cpp"},
    {"ecdsa_secp384r1_sha384(_p1363)?", "partition/engine/wycheproof_ec_test.cpp"},
    {"ecdsa_secp521r1_sha512(_p1363)?", "partition/engine/wycheproof_ec_test.cpp"},
    {"ecdsa_secp(256r1|256k1|384r1)_sha512_p1363", "partition/engine/wycheproof_ec_test.cpp"},
    {"ecdsa_secp(256r1|256k1|384r1)_sha512|ecdsa_secp384r1_sha256", nullptr,
     "another hash than the curve's, and DER: neither can be asked for"},
    {"ecdh_.*_webcrypto", "partition/engine/wycheproof_ec_test.cpp"},
    {"ed25519", "crypto/signature_test.cpp"},
    {"x25519", "crypto/sealed_box_test.cpp"},
    {"hkdf_sha256", "crypto/derivation_test.cpp"},
    {"a256cbc_hs512", "crypto/jwe_making_test.cpp"},
    {"json_web_(signature|crypto|encryption|key)", "crypto/jose/wycheproof_test.cpp"},
    {"mldsa_(44|65|87)_(verify|sign_seed|sign_noseed)", "partition/engine/wycheproof_ml_dsa_test.cpp"},
    {"primality", nullptr, "numbers without a key around them; primes come in only as parts of one"},
};

std::vector<std::string> vector_files() {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(test::wycheproof_path(""), absent)) {
    const std::string name = entry.path().stem().string();
    if (name.ends_with("_test")) names.push_back(name.substr(0, name.size() - 5));
  }
  return names;
}

TEST(Vectors, EveryFileHasOneRow) {
  for (const std::string& name : vector_files()) {
    const auto rows = std::ranges::count_if(
        kVectors, [&name](const VectorsRow& row) { return std::regex_match(name, std::regex(row.files)); });
    EXPECT_EQ(rows, 1) << name;
  }
}

TEST(Vectors, EveryRowNamesATestOrAReason) {
  for (const VectorsRow& row : kVectors) {
    if (row.test == nullptr) {
      EXPECT_NE(std::string(row.reason), "") << row.files;
      continue;
    }
    std::ifstream in(fs::path(HSM_SOURCE_DIR) / "tests" / row.test);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_NE(text.find("for_each_case"), std::string::npos) << row.test;
  }
}

}  // namespace
}  // namespace hsm::spec
