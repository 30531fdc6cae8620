#include "api/keys/rendered_keys.h"

#include <gtest/gtest.h>

#include <vector>

#include "api/keys/key_json.h"

namespace hsm::api::keys {
namespace {

constexpr std::string_view kBase = "https://hsm.example";

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
    const auto& found = rendered.of(key, kBase, {});
    EXPECT_EQ(found.id, key_id(*key, kBase));
    EXPECT_EQ(found.bundle, key_bundle(*key, kBase, {}));
  }
}

// An update makes another record of the same key and version, perhaps where the old one was.
TEST(RenderedKeys, NeverShowARecordThatWasReplaced) {
  RenderedKeys rendered;
  for (std::int64_t updated = 1; updated < 5'000; ++updated) {
    const auto key = key_of(updated);
    EXPECT_EQ(rendered.of(key, kBase, {}).bundle, key_bundle(*key, kBase, {}));
  }
}

TEST(RenderedKeys, MakeRoomWhenThereAreTooMany) {
  RenderedKeys rendered;
  std::vector<service::KeyPointer> keys;
  for (std::int64_t i = 0; i < 2'000; ++i) keys.push_back(key_of(i));
  for (int again = 0; again < 2; ++again) {
    for (const auto& key : keys) EXPECT_EQ(rendered.of(key, kBase, {}).bundle, key_bundle(*key, kBase, {}));
  }
}

}  // namespace
}  // namespace hsm::api::keys
