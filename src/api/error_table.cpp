#include "api/error_table.h"

#include "base/assert.h"
#include "base/json_text.h"

namespace hsm::api {
namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    if (static_cast<std::size_t>(kErrors[i].error) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

const ErrorRow& row(Errc error) {
  HSM_ASSERT(error < Errc::kCount_);
  return kErrors[static_cast<std::size_t>(error)];
}

std::string error_message(const Error& error, std::string_view activity_id) {
  std::string message(error.message.empty() || row(error.code).status >= 500 ? row(error.code).message : error.message);
  message.append(" (Activity ID: ").append(activity_id).append(")");
  return message;
}

std::string error_body(const Error& error, std::string_view activity_id) {
  std::string body = R"({"error":{"code":)";
  append_json_string(body, row(error.code).code);
  body += R"(,"message":)";
  append_json_string(body, error_message(error, activity_id));
  body += "}}";
  return body;
}

}  // namespace hsm::api
