#include "core/key_record.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

KeyRecord a_record() {
  return {.name = *KeyName::parse("My-Key"),
          .version = *KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
          .spec = {.type = KeyType::kEc, .curve = Curve::kP256},
          .operations = {KeyOperation::kSign, KeyOperation::kVerify},
          .attributes = {.enabled = false, .not_before = 1, .expires = -1, .created = 5, .updated = 6},
          .tags = {{"a", "1"}, {"b", ""}},
          .public_key = {.x = Bytes(32, 1), .y = Bytes(32, 2)},
          .material = key_reference({9, 8, 7}, {1, 2, 3})};
}

TEST(KeyRecord, ReadsBackWhatWasWritten) {
  const KeyRecord before = a_record();
  const auto after = decode_key_record(encode(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->name, before.name);
  EXPECT_EQ(after->spec, before.spec);
  EXPECT_EQ(after->operations, before.operations);
  EXPECT_EQ(after->attributes.not_before, 1);
  EXPECT_EQ(after->attributes.expires, -1);
  EXPECT_FALSE(after->attributes.enabled);
  EXPECT_EQ(after->tags, before.tags);
  EXPECT_EQ(after->public_key, before.public_key);
  EXPECT_EQ(after->material->wrapped, before.material->wrapped);
  EXPECT_EQ(after->material->id, before.material->id);
}

TEST(KeyRecord, KeepsThePublicHalfOfAnAkpKey) {
  KeyRecord before = a_record();
  before.spec = {.type = KeyType::kAkp, .bits = 44};
  before.public_key = {.pub = Bytes(1312, 3)};
  const auto after = decode_key_record(encode(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->public_key, before.public_key);
  EXPECT_EQ(after->material->wrapped, before.material->wrapped);
}

TEST(KeyRecord, EveryTruncationIsRefused) {
  const Bytes whole = encode(a_record());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_key_record(ByteView(whole).first(size))) << size;
  }
}

TEST(KeyHead, ReadsBackWhatWasWritten) {
  const KeyHead before{.name = *KeyName::parse("k"),
                       .latest = *KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
                       .versions = 7,
                       .deleted = 10,
                       .purge_at = 20};
  const auto after = decode_key_head(encode(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->versions, 7U);
  EXPECT_EQ(after->deleted, 10);
  EXPECT_EQ(after->purge_at, 20);
}

KeyHead a_head() {
  return {.name = *KeyName::parse("k"),
          .latest = *KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
          .versions = 7,
          .deleted = 10,
          .purge_at = 20,
          .rotation = RotationPolicy{.expiry_time = *Duration::parse("P90D"),
                                     .rotation = Rotation{RotationTrigger::kBeforeExpiry, *Duration::parse("p1m")},
                                     .created = 3,
                                     .updated = 4},
          .rotate_at = 30};
}

TEST(KeyHead, KeepsItsRotationPolicy) {
  const KeyHead before = a_head();
  const auto after = decode_key_head(encode(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->rotation, before.rotation);
  EXPECT_EQ(after->rotate_at, 30);

  KeyHead expiry_only = a_head();
  expiry_only.rotation->rotation.reset();
  EXPECT_EQ(decode_key_head(encode(expiry_only))->rotation, expiry_only.rotation);
}

TEST(KeyHead, EveryTruncationIsRefused) {
  const Bytes whole = encode(a_head());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_key_head(ByteView(whole).first(size))) << size;
  }
}

// Heads of before there were rotation policies: the same without what follows purge_at.
TEST(KeyHead, TheFirstFormatIsStillRead) {
  KeyHead head = a_head();
  head.rotation.reset();
  head.rotate_at.reset();
  Bytes bytes = encode(head);
  bytes.front() = 1;
  bytes.resize(bytes.size() - 1 - 9);  // no policy, no date
  const auto read = decode_key_head(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->versions, 7U);
  EXPECT_EQ(read->purge_at, 20);
  EXPECT_FALSE(read->rotation);
  bytes.front() = 3;
  EXPECT_FALSE(decode_key_head(bytes));
}

TEST(KeyRecord, PathsAreFolded) {
  EXPECT_EQ(key_path(*KeyName::parse("My-Key")), "keys/my-key");
  EXPECT_EQ(version_path(*KeyName::parse("K"), *KeyVersion::parse("0101090353a00a20b164c064f8be0c26")),
            "versions/k/0101090353a00a20b164c064f8be0c26");
}

}  // namespace
}  // namespace hsm::core
