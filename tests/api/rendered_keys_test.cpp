#include "api/keys/rendered_keys.h"

#include <gtest/gtest.h>

#include <vector>

#include "api/keys/key_json.h"

namespace hsm::api::keys {
namespace {

constexpr Rendering kPlain{.base_url = "https://hsm.example"};

service::KeyPointer key_of(std::int64_t updated) {
  auto record = std::make_shared<core::KeyRecord>(
      core::KeyRecord{.name = *core::KeyName::parse("payroll"),
                      .version = *core::KeyVersion::parse("0123456789abcdef0123456789abcdef")});
  record->spec = {.type = core::KeyType::kOct, .bits = 256};
  record->attributes.updated = updated;
  return record;
}

TEST(RenderedKeys, AreWhatTheWritersWrite) {
  RenderedKeys rendered;
  const auto key = key_of(1);
  for (int again = 0; again < 2; ++again) {
    const auto& found = rendered.of(key, kPlain);
    EXPECT_EQ(found.id, key_id(*key, kPlain.base_url));
    EXPECT_EQ(found.bundle, key_bundle(*key, kPlain));
  }
}

// An update makes another record of the same key and version, perhaps where the old one was.
TEST(RenderedKeys, NeverShowARecordThatWasReplaced) {
  RenderedKeys rendered;
  for (std::int64_t updated = 1; updated < 5'000; ++updated) {
    const auto key = key_of(updated);
    EXPECT_EQ(rendered.of(key, kPlain).bundle, key_bundle(*key, kPlain));
  }
}

TEST(RenderedKeys, NeverMixTheFormsOfApiVersions) {
  constexpr Rendering kSized{.base_url = kPlain.base_url, .key_size = true};
  RenderedKeys rendered;
  const auto key = key_of(1);
  for (const Rendering& rendering : {kPlain, kSized, kSized, kPlain, kSized}) {
    EXPECT_EQ(rendered.of(key, rendering).bundle, key_bundle(*key, rendering));
    EXPECT_EQ(rendered.of(key, rendering).bundle.contains("key_size"), rendering.key_size);
  }
}

TEST(RenderedKeys, MakeRoomWhenThereAreTooMany) {
  RenderedKeys rendered;
  std::vector<service::KeyPointer> keys;
  for (std::int64_t i = 0; i < 2'000; ++i) keys.push_back(key_of(i));
  for (int again = 0; again < 2; ++again) {
    for (const auto& key : keys) EXPECT_EQ(rendered.of(key, kPlain).bundle, key_bundle(*key, kPlain));
  }
}

}  // namespace
}  // namespace hsm::api::keys
