// The body of a rotation policy's PUT. What is accepted is given back, stored and read again as the same policy, and
// its dates lie on the right side of what they are counted from.
#include <cstdint>

#include "api/keys/rotation_policy_json.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hsm::core::KeyHead head{.name = *hsm::core::KeyName::parse("k"),
                          .latest = *hsm::core::KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
                          .deleted = {},
                          .purge_at = {}};
  {
    hsm::api::JsonBody body;
    const auto object = body.parse({data, size});
    if (!object) return 0;
    auto policy = hsm::api::keys::rotation_policy_of(**object);
    if (!policy || policy->empty()) return 0;
    head.rotation = *std::move(policy);
  }
  const std::string answer = hsm::api::keys::rotation_policy(head, "https://h");
  hsm::api::JsonBody body;
  const auto again = body.parse(hsm::bytes_of(answer));
  HSM_ASSERT(again.has_value());
  const auto same = hsm::api::keys::rotation_policy_of(**again);
  HSM_ASSERT(same && *same == *head.rotation);
  const auto stored = hsm::core::decode_key_head(hsm::core::encode(head));
  HSM_ASSERT(stored && stored->rotation == head.rotation);

  if (!hsm::core::check(*head.rotation)) return 0;
  const std::int64_t created = 1'700'000'000;
  if (head.rotation->expiry_time) HSM_ASSERT(head.rotation->expiry_time->after(created) > created);
  const auto due = hsm::core::rotation_due(*head.rotation, created, created);
  if (!due) return 0;
  const bool after = head.rotation->rotation->trigger == hsm::core::RotationTrigger::kAfterCreate;
  HSM_ASSERT(after ? *due > created : *due <= created);
  return 0;
}
