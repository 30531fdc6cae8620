#include "partition/domain/export_domain.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "base/base64url.h"
#include "base/clock.h"
#include "crypto/certificate_issuing.h"
#include "crypto/compact_jwe.h"
#include "crypto/kbkdf.h"
#include "crypto/key_pair.h"

namespace hsm::partition {
namespace {

// A second implementation of sharing over GF(257), written for clearness (reference/security-domain.md §5.5).
int inverse(int a) {
  for (int b = 1; b < 257; ++b) {
    if (a * b % 257 == 1) return b;
  }
  return 0;
}

int word_of(const SecretBytes& share, std::size_t i) {
  return share.reveal()[2 * i] | share.reveal()[2 * i + 1] << 8;
}

Bytes recombined(const std::vector<const SecretBytes*>& shares) {
  Bytes secret;
  for (std::size_t i = 0; i < shares.front()->size() / 2; ++i) {
    int sum = 0;
    for (const SecretBytes* mine : shares) {
      const int x = word_of(*mine, i) >> 9;
      int term = word_of(*mine, i) & 511;
      for (const SecretBytes* other : shares) {
        const int other_x = word_of(*other, i) >> 9;
        if (other_x != x) term = term * other_x % 257 * inverse(((other_x - x) % 257 + 257) % 257) % 257;
      }
      sum = (sum + term) % 257;
    }
    secret.push_back(static_cast<std::uint8_t>(sum));
  }
  return secret;
}

EVP_PKEY* rsa_key() {
  static const crypto::PkeyPtr kKey = *crypto::generate_rsa(2048);
  return kKey.get();
}

Bytes certificate(EVP_PKEY* key, const std::string& name) {
  SystemRandom random;
  const crypto::CertificateSpec spec{crypto::CertificateKind::kKeyEncipherment,
                                     name,
                                     {},
                                     {},
                                     from_unix_seconds(0),
                                     from_unix_seconds(86400)};  // long expired: dates are the holder's business
  return crypto::make_self_signed(spec, key, random)->der();
}

std::vector<Bytes> certificates(std::size_t n) {
  std::vector<Bytes> list;
  for (std::size_t i = 0; i < n; ++i) list.push_back(certificate(rsa_key(), "holder " + std::to_string(i)));
  return list;
}

class ExportDomain : public ::testing::Test {
 protected:
  core::DomainFile exported(const std::vector<Bytes>& list, unsigned quorum) {
    auto file = export_domain(master_, list, quorum, random_);
    EXPECT_TRUE(file);
    return *file;
  }
  std::vector<SecretBytes> opened_shares(const core::DomainFile& file) {
    std::vector<SecretBytes> shares;
    for (const auto& share : file.shares) {
      shares.push_back(*crypto::open_jwe_rsa(*crypto::split_jwe(share.enc_key), rsa_key(), random_));
    }
    return shares;
  }
  // opened is the payload as somebody with that one-time key reads it.
  static Result<SecretBytes> opened(const core::DomainFile& file, ByteView one_time_key) {
    const SecretBytes key = SecretBytes::copy(one_time_key);
    return crypto::open_jwe_dir(*crypto::split_jwe(file.data.at(0).compact_jwe),
                                crypto::security_domain_key(key, file.data.at(0).tag));
  }

  SystemRandom random_;
  MasterSecret master_ = MasterSecret::create(random_);
};

struct Numbers {
  std::size_t holders;
  unsigned quorum;
};

TEST_F(ExportDomain, IsOpenedByEveryQuorumAndByNoFewer) {
  for (const auto [holders, quorum] : {Numbers{3, 2}, Numbers{5, 3}, Numbers{10, 10}, Numbers{10, 2}}) {
    SCOPED_TRACE(std::to_string(holders) + " holders, quorum " + std::to_string(quorum));
    const core::DomainFile file = exported(certificates(holders), quorum);
    const auto shares = opened_shares(file);
    for (std::uint32_t set = 1; set < 1U << holders; ++set) {
      const auto size = static_cast<unsigned>(std::popcount(set));
      if (size != quorum && size != quorum - 1) continue;
      std::vector<const SecretBytes*> chosen;
      for (std::size_t i = 0; i < holders; ++i) {
        if ((set >> i & 1U) != 0) chosen.push_back(&shares[i]);
      }
      const auto payload = opened(file, recombined(chosen));
      if (size < quorum) {
        EXPECT_FALSE(payload) << set;
      } else {
        ASSERT_TRUE(payload) << set;
        EXPECT_TRUE(*payload == master_.payload()) << set;
        EXPECT_TRUE(MasterSecret::open_payload(*payload)->key_wrapping_key() == master_.key_wrapping_key());
      }
    }
  }
}

TEST_F(ExportDomain, NumbersSharesInTheOrderOfTheCertificates) {
  const auto list = certificates(4);
  const core::DomainFile file = exported(list, 2);
  const auto shares = opened_shares(file);
  ASSERT_EQ(shares.size(), list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(word_of(shares[i], 0) >> 9, static_cast<int>(i) + 1);
    EXPECT_EQ(shares[i].size(), 64U);
    EXPECT_EQ(file.shares[i].x5t_256, to_base64url(crypto::sha256(list[i])));
  }
}

TEST_F(ExportDomain, HasTheHeadersOfTheFormat) {
  const core::DomainFile file = exported(certificates(3), 2);
  ASSERT_EQ(file.data.size(), 1U);
  EXPECT_EQ(file.data[0].tag, "strongroom_domain");
  const auto data = crypto::split_jwe(file.data[0].compact_jwe);
  EXPECT_EQ(text_of(*from_base64url(data->header)), R"({"alg":"dir","enc":"A256CBC-HS512","kid":"strongroom_domain"})");
  const auto share = crypto::split_jwe(file.shares[0].enc_key);
  EXPECT_EQ(text_of(*from_base64url(share->header)),
            R"({"alg":"RSA-OAEP-256","enc":"A256CBC-HS512","kid":"not used"})");
}

TEST_F(ExportDomain, MakesTheSamePayloadAndNothingElseTwice) {
  const auto list = certificates(3);
  const core::DomainFile one = exported(list, 2);
  const core::DomainFile two = exported(list, 2);
  EXPECT_NE(one.data[0].compact_jwe, two.data[0].compact_jwe);
  const auto shares_of_one = opened_shares(one);
  const auto shares_of_two = opened_shares(two);
  const Bytes key_of_one = recombined({&shares_of_one[0], &shares_of_one[1]});
  const Bytes key_of_two = recombined({&shares_of_two[0], &shares_of_two[1]});
  EXPECT_NE(key_of_one, key_of_two);
  EXPECT_TRUE(*opened(one, key_of_one) == *opened(two, key_of_two));
  EXPECT_FALSE(opened(one, key_of_two));
}

TEST_F(ExportDomain, RefusesWhatTheFormatDoesNotAllow) {
  const auto ten = certificates(10);
  const auto first = [&ten](std::size_t n) {
    return std::vector<Bytes>(ten.begin(), ten.begin() + static_cast<long>(n));
  };
  auto eleven = ten;
  eleven.push_back(certificate(rsa_key(), "one more"));
  const auto with_third = [&first](Bytes third) {
    auto list = first(3);
    list[2] = std::move(third);
    return list;
  };
  Bytes truncated = ten[2];
  truncated.pop_back();
  EVP_PKEY* small = EVP_RSA_gen(1024);
  const crypto::PkeyPtr owned_small(small);
  const crypto::PkeyPtr ec = *crypto::generate_ec(core::Curve::kP256);

  struct Row {
    const char* name;
    std::vector<Bytes> certificates;
    unsigned quorum;
  };
  const std::vector<Row> rows{
      {"none", {}, 2},
      {"two certificates", first(2), 2},
      {"eleven certificates", eleven, 2},
      {"quorum of none", first(3), 0},
      {"quorum of one", first(3), 1},
      {"quorum above the number", first(3), 4},
      {"no certificate", with_third({1, 2, 3}), 2},
      {"an empty certificate", with_third({}), 2},
      {"half a certificate", with_third(truncated), 2},
      {"the same certificate twice", with_third(ten[0]), 2},
      {"a weak RSA key", with_third(certificate(small, "weak")), 2},
      {"an EC key", with_third(certificate(ec.get(), "curve")), 2},
  };
  for (const Row& row : rows) {
    const auto file = export_domain(master_, row.certificates, row.quorum, random_);
    ASSERT_FALSE(file) << row.name;
    EXPECT_EQ(file.error().code, Errc::kBadParameter) << row.name;
  }
}

}  // namespace
}  // namespace hsm::partition
