// Bodies of requests. What is read can be read when it is written again, and every member must be one type at
// most.
#include <cstdint>
#include <string>

#include "api/json_body.h"
#include "base/assert.h"

namespace {

void check_members(const hsm::api::JsonObject& object) {
  for (const auto& [name, value] : object) {
    const auto text = hsm::api::text_member(object, name);
    const auto number = hsm::api::integer_member(object, name);
    const auto truth = hsm::api::bool_member(object, name);
    const auto inner = hsm::api::object_member(object, name);
    const auto list = hsm::api::array_member(object, name);
    const int types = text.has_value() + number.has_value() + truth.has_value() + inner.has_value() + list.has_value();
    HSM_ASSERT(value.is_null() ? types == 5 : types <= 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string written;
  std::size_t members = 0;
  {
    hsm::api::JsonBody body;
    const auto object = body.parse({data, size});
    if (!object) return 0;
    check_members(**object);
    written = boost::json::serialize(**object);
    members = (*object)->size();
  }
  hsm::api::JsonBody body;
  const auto again = body.parse(hsm::bytes_of(written));
  HSM_ASSERT(again.has_value());
  HSM_ASSERT((*again)->size() == members);
  return 0;
}
