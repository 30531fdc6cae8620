#include "crypto/certificate.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "crypto/certificate_chain.h"
#include "crypto/certificate_issuing.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"

namespace hsm::crypto {
namespace {

using core::Curve;

const TimePoint kNow = from_unix_seconds(1'700'000'000);
const TimePoint kLater = from_unix_seconds(1'800'000'000);

CertificateSpec spec_of_kind(CertificateKind kind) {
  CertificateSpec spec;
  spec.kind = kind;
  spec.common_name = "test";
  spec.not_before = kNow;
  spec.not_after = kLater;
  return spec;
}

struct Authority {
  PkeyPtr key = *generate_ec(Curve::kP256);
  SystemRandom random;
  Certificate certificate = *make_self_signed(spec_of_kind(CertificateKind::kAuthority), key.get(), random);
};

Certificate server_certificate(Authority& ca, std::vector<std::string> dns, std::vector<std::string> ips) {
  CertificateSpec spec = spec_of_kind(CertificateKind::kServer);
  spec.dns_names = std::move(dns);
  spec.ip_addresses = std::move(ips);
  const PkeyPtr key = *generate_ec(Curve::kP256);
  auto leaf = issue_certificate(spec, key.get(), ca.certificate, ca.key.get(), ca.random);
  EXPECT_TRUE(leaf);
  return *leaf;
}

// What a TLS client does with it: chain, dates and purpose.
bool chain_verifies(const Certificate& leaf, const Certificate& root, TimePoint now, int purpose) {
  const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root.get());
  const Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_STORE_CTX_set_time(context.get(), 0, unix_seconds(now));
  return X509_verify_cert(context.get()) == 1;
}

TEST(Certificate, IssuedOneVerifiesForItsNamesAndDates) {
  Authority ca;
  const Certificate leaf =
      server_certificate(ca, {"a.managedhsm.example", "*.managedhsm.example"}, {"127.0.0.1", "::1"});
  EXPECT_TRUE(leaf.signed_by(ca.certificate));
  EXPECT_TRUE(chain_verifies(leaf, ca.certificate, kNow, X509_PURPOSE_SSL_SERVER));
  EXPECT_FALSE(chain_verifies(leaf, ca.certificate, from_unix_seconds(1'900'000'000), X509_PURPOSE_SSL_SERVER));
  EXPECT_FALSE(chain_verifies(leaf, ca.certificate, kNow, X509_PURPOSE_SSL_CLIENT));
  for (const char* host : {"a.managedhsm.example", "other.managedhsm.example"}) {
    EXPECT_EQ(X509_check_host(leaf.get(), host, 0, 0, nullptr), 1) << host;
  }
  EXPECT_EQ(X509_check_host(leaf.get(), "managedhsm.example", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_host(leaf.get(), "test", 0, 0, nullptr), 0) << "the common name is no host name";
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "10.0.0.1", 0), 0);
}

TEST(Certificate, LeafIsNoAuthority) {
  Authority ca;
  CertificateSpec spec = spec_of_kind(CertificateKind::kNode);
  const PkeyPtr leaf_key = *generate_ec(Curve::kP256);
  const Certificate leaf = *issue_certificate(spec, leaf_key.get(), ca.certificate, ca.key.get(), ca.random);
  EXPECT_TRUE(chain_verifies(leaf, ca.certificate, kNow, X509_PURPOSE_SSL_CLIENT));
  const PkeyPtr key = *generate_ec(Curve::kP256);
  const Certificate below = *issue_certificate(spec, key.get(), leaf, leaf_key.get(), ca.random);
  EXPECT_FALSE(chain_verifies(below, leaf, kNow, X509_PURPOSE_SSL_CLIENT));
  EXPECT_EQ(X509_check_ca(leaf.get()), 0);
  EXPECT_EQ(X509_check_ca(ca.certificate.get()), 1);
}

TEST(Certificate, OtherAuthorityDidNotSign) {
  Authority ca;
  Authority other;
  const Certificate leaf = server_certificate(ca, {"a.example"}, {});
  EXPECT_FALSE(leaf.signed_by(other.certificate));
  EXPECT_FALSE(chain_verifies(leaf, other.certificate, kNow, X509_PURPOSE_SSL_SERVER));
  ERR_clear_error();
}

TEST(Certificate, SerialNumbersDiffer) {
  Authority ca;
  const Certificate a = server_certificate(ca, {"a.example"}, {});
  const Certificate b = server_certificate(ca, {"a.example"}, {});
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(a.get()), X509_get0_serialNumber(b.get())), 0);
}

TEST(Certificate, TransferKeyIsSelfSignedRsa) {
  SystemRandom random;
  const PkeyPtr key = *generate_rsa(2048);
  auto made = make_self_signed(spec_of_kind(CertificateKind::kKeyEncipherment), key.get(), random);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->signed_by(*made));
  EXPECT_EQ(X509_get_key_usage(made->get()), static_cast<std::uint32_t>(KU_KEY_ENCIPHERMENT));
  auto public_key = made->public_key();
  ASSERT_TRUE(public_key);
  EXPECT_EQ(EVP_PKEY_eq(public_key->get(), key.get()), 1);
  EXPECT_EQ(spec_of(public_key->get())->bits, 2048);
}

TEST(Certificate, ReadsBackWhatItWrites) {
  Authority ca;
  const Certificate leaf = server_certificate(ca, {"a.example"}, {});
  auto again = Certificate::from_der(leaf.der());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->sha256_thumbprint(), sha256(leaf.der()));
  EXPECT_EQ(again->sha1_thumbprint(), sha1(leaf.der()));
  EXPECT_EQ(again->common_name(), "test");
  EXPECT_EQ(again->not_before(), kNow);
  EXPECT_EQ(again->not_after(), kLater);
  auto chain = Certificate::all_from_pem(leaf.pem() + "some words\n" + ca.certificate.pem());
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->size(), 2U);
  EXPECT_EQ((*chain)[0].der(), leaf.der());
  EXPECT_EQ((*chain)[1].der(), ca.certificate.der());
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Certificate, PassesOverKeysInPem) {
  Authority ca;
  const SecretBytes key = private_key_to_pem(ca.key.get());
  auto chain = Certificate::all_from_pem(std::string(text_of(key.reveal())) + ca.certificate.pem());
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->size(), 1U);
  EXPECT_FALSE(Certificate::all_from_pem(text_of(key.reveal())));
}

TEST(Certificate, RefusesWhatIsNone) {
  Authority ca;
  EXPECT_FALSE(Certificate::from_der({}));
  EXPECT_FALSE(Certificate::from_der(bytes_of("no certificate")));
  Bytes der = ca.certificate.der();
  der.push_back(0);
  EXPECT_FALSE(Certificate::from_der(der));
  EXPECT_FALSE(Certificate::from_der(ByteView(der).first(der.size() - 2)));
  EXPECT_FALSE(Certificate::from_der(Bytes(kCertificateBytesMax + 1)));
  EXPECT_FALSE(Certificate::all_from_pem({}));
  EXPECT_FALSE(Certificate::all_from_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

// Ed25519 signs without randomness (RFC 8032 §5.1.6), so with a given serial number there is none left.
TEST(Certificate, OfAnEd25519KeyAndAGivenSerialNumberIsTheSameEachTime) {
  const Ed25519Key root_key(SecretBytes::copy(Bytes(32, 1))), leaf_key(SecretBytes::copy(Bytes(32, 2)));
  CertificateSpec root_spec = spec_of_kind(CertificateKind::kAuthority);
  root_spec.common_name = "root";
  root_spec.not_after = kNoExpiry;
  const auto make_root = [&] { return *make_self_signed(root_spec, root_key.get(), CertificateSerial{7}); };
  const Certificate root = make_root();
  EXPECT_EQ(root.der(), make_root().der());
  EXPECT_EQ(root.not_after(), kNoExpiry);
  EXPECT_EQ(*root.ed25519_key(), root_key.public_key());
  const CertificateSpec leaf_spec = spec_of_kind(CertificateKind::kSignature);
  const auto make_leaf = [&] {
    return *issue_certificate(leaf_spec, leaf_key.get(), root, root_key.get(), CertificateSerial{8});
  };
  EXPECT_EQ(make_leaf().der(), make_leaf().der());
  EXPECT_EQ(*make_leaf().ed25519_key(), leaf_key.public_key());
  EXPECT_TRUE(check_issued(make_leaf(), root, kNow));
  EXPECT_EQ(Authority().certificate.ed25519_key().error().code, Errc::kBadParameter);
}

TEST(Certificate, ChainIsARootAndWhatItIssuedInTheirTime) {
  Authority ca, other;
  const Certificate leaf = server_certificate(ca, {"a.example"}, {});
  EXPECT_TRUE(check_issued(leaf, ca.certificate, kNow));
  EXPECT_FALSE(check_issued(leaf, ca.certificate, kNow - std::chrono::seconds(1)));
  EXPECT_FALSE(check_issued(leaf, ca.certificate, kLater));
  EXPECT_FALSE(check_issued(leaf, other.certificate, kNow)) << "of the same name, with another key";
  EXPECT_FALSE(check_issued(leaf, leaf, kNow));
  EXPECT_FALSE(check_issued(ca.certificate, ca.certificate, kNow)) << "a root alone";
  EXPECT_FALSE(check_issued(ca.certificate, leaf, kNow));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Certificate, MakesNoneOfWrongNames) {
  Authority ca;
  const auto refused = [&ca](CertificateSpec spec) {
    return !make_self_signed(spec, ca.key.get(), ca.random).has_value();
  };
  const CertificateSpec good = spec_of_kind(CertificateKind::kServer);
  EXPECT_FALSE(refused(good));
  for (const char* name : {"", "a,DNS:b.example", "a b", "a\n", "*.", "*", "a.*.example"}) {
    CertificateSpec spec = good;
    spec.dns_names = {name};
    EXPECT_TRUE(refused(spec)) << name;
  }
  for (const char* address : {"", "a.example", "1.2.3", "1.2.3.4.5"}) {
    CertificateSpec spec = good;
    spec.ip_addresses = {address};
    EXPECT_TRUE(refused(spec)) << address;
  }
  CertificateSpec spec = good;
  spec.common_name = std::string(65, 'a');
  EXPECT_TRUE(refused(spec));
  spec.common_name = "";
  EXPECT_TRUE(refused(spec));
  spec = good;
  spec.not_after = spec.not_before;
  EXPECT_TRUE(refused(spec));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace hsm::crypto
