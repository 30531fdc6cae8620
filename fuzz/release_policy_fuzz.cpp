// A release policy as a client sends it, on both sides of the boundary. What is taken has one canonical text, which is
// taken again as the same policy; the first line may be claims that it is held against.
#include <algorithm>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/jose/strict_json.h"
#include "release/release_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hsm::text_of({data, size});
  const std::size_t line = text.find('\n');
  const std::string_view policy_text = line == std::string_view::npos ? text : text.substr(line + 1);
  const auto policy = hsm::release::Policy::parse(policy_text);
  if (!policy) return 0;
  HSM_ASSERT(policy->canonical().size() <= hsm::core::kReleasePolicyBytesMax);
  const auto again = hsm::release::Policy::parse_canonical(policy->canonical());
  HSM_ASSERT(again && again->canonical() == policy->canonical());
  if (line == std::string_view::npos) return 0;
  const auto claims = hsm::jose::parse_object(text.substr(0, line));
  if (!claims) return 0;
  for (std::size_t i = 0; i < policy->authorities().size(); ++i) {
    HSM_ASSERT(hsm::release::holds(policy->authorities()[i].conditions, *claims) ==
               hsm::release::holds(again->authorities()[i].conditions, *claims));
  }
  return 0;
}
