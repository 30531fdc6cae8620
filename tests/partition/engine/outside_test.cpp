// The engine against OpenSSL used directly, without any code of ours: signatures verify there, ciphertexts open there,
// and the other way round.
#include <openssl/rsa.h>

#include "crypto/public_key.h"
#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;
using core::Scheme;

constexpr std::string_view kMessage = "attack at dawn";

struct Foreign {
  crypto::PkeyPtr pkey;
  KeyPtr key;
};

// A key that OpenSSL generated and the engine imported, so that both have all of it.
Foreign foreign_key(const core::AlgorithmRow& row) {
  const core::KeySpec spec = a_spec_for(row);
  Foreign foreign;
  core::PrivateKey members;
  if (row.type == core::KeyType::kRsa) {
    foreign.pkey = *crypto::generate_rsa(2048);
    members = rsa_members(foreign.pkey.get());
  } else {
    foreign.pkey = *crypto::generate_ec(row.curve);
    members.public_key = *crypto::public_members(foreign.pkey.get());
    members.d = SecretBytes::copy(number_of(foreign.pkey.get(), OSSL_PKEY_PARAM_PRIV_KEY));
  }
  foreign.key = loaded(spec, *engine().import(spec, members));
  return foreign;
}

const EVP_MD* md_of(core::Digest digest) {
  return EVP_get_digestbyname(digest == core::Digest::kSha256   ? "SHA256"
                              : digest == core::Digest::kSha384 ? "SHA384"
                                                                : "SHA512");
}

void set_pss(EVP_PKEY_CTX* context, const core::AlgorithmRow& row) {
  if (row.scheme != Scheme::kRsaSignPss) return;
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(core::digest_bytes(row.digest))), 1);
}

bool openssl_verifies(EVP_PKEY* pkey, const core::AlgorithmRow& row, ByteView signature) {
  const crypto::DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &inner, md_of(row.digest), nullptr, pkey) != 1) return false;
  set_pss(inner, row);
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(kMessage).data(),
                          kMessage.size()) == 1;
}

Bytes openssl_signs(EVP_PKEY* pkey, const core::AlgorithmRow& row) {
  const crypto::DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  Bytes signature(512);
  std::size_t size = signature.size();
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &inner, md_of(row.digest), nullptr, pkey), 1);
  set_pss(inner, row);
  EXPECT_EQ(EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(kMessage).data(), kMessage.size()), 1);
  signature.resize(size);
  return signature;
}

// OpenSSL's ECDSA signatures are DER.
Bytes to_der(ByteView fixed) {
  const crypto::EcdsaSignaturePtr signature(ECDSA_SIG_new());
  const auto width = static_cast<int>(fixed.size() / 2);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(fixed.data(), width, nullptr),
                 BN_bin2bn(fixed.data() + width, width, nullptr));
  Bytes der(200);
  std::uint8_t* end = der.data();
  der.resize(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), &end)));
  return der;
}
Bytes to_fixed(ByteView der, std::size_t width) {
  const std::uint8_t* at = der.data();
  const crypto::EcdsaSignaturePtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Bytes fixed(2 * width);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), fixed.data(), static_cast<int>(width));
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), fixed.data() + width, static_cast<int>(width));
  return fixed;
}

TEST(Outside, OpensslVerifiesWhatTheEngineSignedAndTheOtherWayRound) {
  for (const auto& row : core::kAlgorithms) {
    if (row.digest == core::Digest::kNone || row.input_bytes == 0) continue;  // RSA and EC over a digest
    SCOPED_TRACE(std::string(row.name));
    const Foreign foreign = foreign_key(row);
    const Bytes digest = crypto::hash(row.digest, bytes_of(kMessage));
    const bool is_ec = row.type == core::KeyType::kEc;
    for (int i = 0; i < 20; ++i) {  // r and s have leading zeros now and then
      const auto mine = perform(*foreign.key, kSign, row.algorithm, {.input = digest});
      ASSERT_TRUE(mine);
      const ByteView signature = mine->output.reveal();
      EXPECT_TRUE(openssl_verifies(foreign.pkey.get(), row, is_ec ? to_der(signature) : copy_of(signature)));
      Bytes theirs = openssl_signs(foreign.pkey.get(), row);
      if (is_ec) theirs = to_fixed(theirs, core::row(row.curve).coordinate_bytes);
      EXPECT_TRUE(verifies(*foreign.key, row.algorithm, digest, theirs));
      if (!is_ec && i > 2) break;  // RSA is slow and always of one width
    }
  }
}

// A signature by OpenSSL has the higher s half of the time; both are valid ECDSA.
TEST(Outside, Es256kIsAcceptedWithTheHigherS) {
  const auto& row = core::row(core::Algorithm::kEs256K);
  const Foreign foreign = foreign_key(row);
  const Bytes digest = crypto::hash(row.digest, bytes_of(kMessage));
  int higher = 0;
  for (int i = 0; i < 32; ++i) {
    const Bytes signature = to_fixed(openssl_signs(foreign.pkey.get(), row), 32);
    if (signature[32] >= 0x80) ++higher;
    EXPECT_TRUE(verifies(*foreign.key, row.algorithm, digest, signature));
  }
  EXPECT_GT(higher, 0);  // all lower: once in 2^32 runs
}

TEST(Outside, RsNullIsTheDigestInfoLessBlock) {
  const auto& row = core::row(core::Algorithm::kRsNull);
  const Foreign foreign = foreign_key(row);
  const Bytes input = bytes_of_size(20);
  const auto mine = perform(*foreign.key, kSign, row.algorithm, {.input = input});
  ASSERT_TRUE(mine);
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new(foreign.pkey.get(), nullptr));
  ASSERT_EQ(EVP_PKEY_verify_recover_init(context.get()), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING), 1);
  Bytes block(256);
  std::size_t size = block.size();
  ASSERT_EQ(EVP_PKEY_verify_recover(context.get(), block.data(), &size, mine->output.reveal().data(), 256), 1);
  Bytes expected(256, 0xff);  // 00 01 ff…ff 00 input, RFC 8017 §9.2
  expected[0] = 0;
  expected[1] = 1;
  expected[235] = 0;
  std::ranges::copy(input, expected.begin() + 236);
  EXPECT_EQ(block, expected);
}

TEST(Outside, RsaCiphertextsOpenBothWays) {
  struct Row {
    core::Algorithm algorithm;
    int padding;
    const char* md;
  };
  const Foreign foreign = foreign_key(core::row(core::Algorithm::kRsa15));
  const Bytes plaintext = bytes_of_size(32);
  for (const Row& row : {Row{core::Algorithm::kRsa15, RSA_PKCS1_PADDING, nullptr},
                         Row{core::Algorithm::kRsaOaep, RSA_PKCS1_OAEP_PADDING, "SHA1"},
                         Row{core::Algorithm::kRsaOaep256, RSA_PKCS1_OAEP_PADDING, "SHA256"}}) {
    const auto set_up = [&row](EVP_PKEY_CTX* context) {
      ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(context, row.padding), 1);
      if (row.md == nullptr) return;
      ASSERT_EQ(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_get_digestbyname(row.md)), 1);
      ASSERT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_get_digestbyname(row.md)), 1);
    };
    Bytes out(256);
    std::size_t size = out.size();
    const auto sealed = perform(*foreign.key, kWrapKey, row.algorithm, {.input = plaintext});
    ASSERT_TRUE(sealed);
    const crypto::PkeyContextPtr decrypting(EVP_PKEY_CTX_new(foreign.pkey.get(), nullptr));
    ASSERT_EQ(EVP_PKEY_decrypt_init(decrypting.get()), 1);
    set_up(decrypting.get());
    ASSERT_EQ(EVP_PKEY_decrypt(decrypting.get(), out.data(), &size, sealed->output.reveal().data(), 256), 1);
    out.resize(size);
    EXPECT_EQ(out, plaintext);

    out.assign(256, 0);
    size = out.size();
    const crypto::PkeyContextPtr encrypting(EVP_PKEY_CTX_new(foreign.pkey.get(), nullptr));
    ASSERT_EQ(EVP_PKEY_encrypt_init(encrypting.get()), 1);
    set_up(encrypting.get());
    ASSERT_EQ(EVP_PKEY_encrypt(encrypting.get(), out.data(), &size, plaintext.data(), plaintext.size()), 1);
    const auto opened = perform(*foreign.key, kUnwrapKey, row.algorithm, {.input = out});
    ASSERT_TRUE(opened);
    EXPECT_EQ(copy_of(opened->output.reveal()), plaintext);
  }
}

}  // namespace
}  // namespace hsm::partition
