#include "partition/domain/backup_jwe.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "crypto/compact_jwe.h"
#include "partition/channel/domain_codec.h"
#include "partition/domain/master_secret.h"

namespace hsm::partition {
namespace {

class BackupJwe : public testing::Test {
 protected:
  SystemRandom random_;
  MasterSecret domain_ = MasterSecret::create(random_);
  SecretBytes key_ = domain_.backup_key();
};

TEST_F(BackupJwe, HasTheHeaderOfTheService) {
  const std::string jwe = make_backup_jwe(key_, bytes_of("part"), random_);
  const auto header = from_base64url(jwe.substr(0, jwe.find('.'))).value();
  EXPECT_EQ(text_of(header), R"({"alg":"dir","enc":"A256CBC-HS512","kid":"backup-protection-key"})");
  EXPECT_EQ(jwe.substr(jwe.find('.'), 2), "..") << "dir has no encrypted key (RFC 7516 §5.1)";
}

TEST_F(BackupJwe, OpensUnderTheSameDomainAlone) {
  const std::string jwe = make_backup_jwe(key_, bytes_of("part"), random_);
  EXPECT_EQ(text_of(open_backup_jwe(key_, jwe).value().reveal()), "part");
  const SecretBytes same = MasterSecret::open_payload(domain_.payload()).value().backup_key();
  EXPECT_TRUE(open_backup_jwe(same, jwe));
  const SecretBytes other = MasterSecret::create(random_).backup_key();
  EXPECT_EQ(open_backup_jwe(other, jwe).error().code, Errc::kBadCiphertext);
}

TEST_F(BackupJwe, OfAnotherKeyIdIsNoBackup) {
  const std::string jwe = crypto::make_jwe_dir(key_, "another-key", bytes_of("part"), random_);
  EXPECT_EQ(open_backup_jwe(key_, jwe).error().code, Errc::kBadCiphertext);
}

TEST_F(BackupJwe, IsNeverTheSameTwice) {
  EXPECT_NE(make_backup_jwe(key_, bytes_of("part"), random_), make_backup_jwe(key_, bytes_of("part"), random_));
}

TEST_F(BackupJwe, IsNoLongerThanTheChannelTakesItFor) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{1000},
                                 core::kBackupPartBytesMax}) {
    EXPECT_LE(make_backup_jwe(key_, Bytes(size), random_).size(), backup_jwe_bytes_max(size)) << size;
  }
}

}  // namespace
}  // namespace hsm::partition
