#include "core/key_backup.h"

#include <gtest/gtest.h>

#include "core/key_rules.h"

namespace hsm::core {
namespace {

constexpr BackupId kId{1, 2, 3};

KeyRecord a_version(int number, std::size_t tag_bytes = 10) {
  std::string version(32, '0');
  version[0] = static_cast<char>('0' + number / 10);
  version[1] = static_cast<char>('0' + number % 10);
  return {.name = *KeyName::parse("My-Key"),
          .version = *KeyVersion::parse(version),
          .spec = {.type = KeyType::kEc, .curve = Curve::kP256},
          .operations = {KeyOperation::kSign},
          .attributes = {},
          .tags = {{"a", std::string(tag_bytes, 'x')}},
          .public_key = {},
          .material = key_reference({9, 8, 7}, {1, 2, 3})};
}

KeyBackup a_backup(int versions, std::size_t tag_bytes = 10) {
  KeyBackup backup{.head = {.name = *KeyName::parse("my-key"), .latest = a_version(versions - 1).version},
                   .versions = {}};
  backup.head.versions = static_cast<std::uint32_t>(versions);
  for (int i = 0; i < versions; ++i) backup.versions.push_back(a_version(i, tag_bytes));
  return backup;
}

Errc error_of(std::span<const Bytes> parts) {
  const auto decoded = decode_backup(parts);
  return decoded ? Errc::kCount_ : decoded.error().code;
}

TEST(KeyBackup, ReadsBackWhatWasWritten) {
  for (const int versions : {1, 2, 100}) {
    const std::vector<Bytes> parts = encode_backup(a_backup(versions, 3'000), kId).value();
    for (const Bytes& part : parts) EXPECT_LE(part.size(), kBackupPartBytesMax);
    const KeyBackup backup = decode_backup(parts).value();
    EXPECT_EQ(backup.head.latest, a_version(versions - 1).version);
    ASSERT_EQ(backup.versions.size(), static_cast<std::size_t>(versions));
    for (int i = 0; i < versions; ++i) {
      EXPECT_EQ(encode(backup.versions[static_cast<std::size_t>(i)]), encode(a_version(i, 3'000)));
    }
  }
}

TEST(KeyBackup, EveryTruncationIsRefused) {
  const std::vector<Bytes> parts = encode_backup(a_backup(2), kId).value();
  for (std::size_t size = 0; size < parts[0].size(); ++size) {
    const std::vector<Bytes> cut{Bytes(parts[0].begin(), parts[0].begin() + static_cast<std::ptrdiff_t>(size))};
    EXPECT_EQ(error_of(cut), Errc::kMalformedBackupBlob) << size;
  }
}

TEST(KeyBackup, PartsMustBeAllThereAndInOrder) {
  const std::vector<Bytes> parts = encode_backup(a_backup(3, 30'000), kId).value();
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(error_of(parts), Errc::kCount_);
  EXPECT_EQ(error_of({}), Errc::kMalformedBackupBlob);
  EXPECT_EQ(error_of(std::vector{parts[0], parts[1]}), Errc::kMalformedBackupBlob);
  EXPECT_EQ(error_of(std::vector{parts[1], parts[0], parts[2]}), Errc::kMalformedBackupBlob);
  EXPECT_EQ(error_of(std::vector{parts[0], parts[0], parts[2]}), Errc::kMalformedBackupBlob);
  const std::vector<Bytes> other = encode_backup(a_backup(3, 30'000), {4}).value();
  EXPECT_EQ(error_of(std::vector{parts[0], other[1], parts[2]}), Errc::kMalformedBackupBlob);
}

TEST(KeyBackup, VersionsMustBeThoseOfTheHead) {
  const auto refused = [](KeyBackup backup) {
    return error_of(encode_backup(backup, kId).value()) == Errc::kMalformedBackupBlob;
  };
  KeyBackup missing = a_backup(3);
  missing.versions.pop_back();
  EXPECT_TRUE(refused(missing));
  KeyBackup twice = a_backup(3);
  twice.versions[0] = a_version(1);
  EXPECT_TRUE(refused(twice));
  KeyBackup no_latest = a_backup(3);
  no_latest.head.latest = a_version(50).version;
  EXPECT_TRUE(refused(no_latest));
  KeyBackup other_name = a_backup(3);
  other_name.versions[1].name = *KeyName::parse("other");
  EXPECT_TRUE(refused(other_name));
}

TEST(KeyBackup, AVersionThatFitsNoPartIsRefusedWhenItIsMade) {
  EXPECT_EQ(encode_backup(a_backup(1, kBackupPartBytesMax), kId).error().code, Errc::kBadParameter);
}

TEST(BackupBlob, IsItsPartsJoined) {
  const std::vector<std::string> jwes{"a.b", "c"};
  EXPECT_EQ(join_blob(jwes).value(), "a.b~c");
  EXPECT_EQ(split_blob("a.b~c").value(), (std::vector<std::string_view>{"a.b", "c"}));
  EXPECT_EQ(split_blob("").value(), (std::vector<std::string_view>{""}));
}

TEST(BackupBlob, IsBounded) {
  const std::vector<std::string> large{std::string(kBackupBlobBytesMax + 1, 'a')};
  EXPECT_EQ(join_blob(large).error().code, Errc::kBadParameter);
  EXPECT_EQ(split_blob(large[0]).error().code, Errc::kMalformedBackupBlob);
  EXPECT_TRUE(split_blob(std::string(kKeyVersionsMax - 1, '~')));
  EXPECT_EQ(split_blob(std::string(kKeyVersionsMax, '~')).error().code, Errc::kMalformedBackupBlob);
}

}  // namespace
}  // namespace hsm::core
