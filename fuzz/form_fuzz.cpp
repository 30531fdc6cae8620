// Form bodies, queries and Basic headers of the token service. A form that was read must mean the same when it is
// written again, or the parts of a system could each see another one.
#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "api/login/basic_credentials.h"
#include "api/login/form.h"
#include "base/assert.h"
#include "identity/scope.h"

namespace {

using hsm::api::login::Form;

constexpr auto kNames = {"grant_type", "client_id", "client_secret", "scope", "resource", ""};

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

void check_form(hsm::ByteView input) {
  const auto form = Form::parse(input);
  if (!form) return;
  std::string again;
  for (const char* const name : kNames) {
    if (!form->get(name).empty()) again += fmt::format("{}={}&", encoded(name), encoded(form->get(name)));
  }
  if (again.size() > hsm::api::login::kFormBytesMax) return;
  const auto reread = Form::parse(hsm::bytes_of(again));
  HSM_ASSERT(reread.has_value());
  for (const char* const name : kNames) HSM_ASSERT(reread->get(name) == form->get(name));
}

void check_scope(std::string_view scope) {
  const auto resource = hsm::identity::resource_of_scope(scope);
  HSM_ASSERT(!resource || scope.contains(std::string(*resource) + "/.default"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const hsm::ByteView input(data, size);
  check_form(input);
  check_scope(hsm::text_of(input));
  const auto basic = hsm::api::login::basic_credentials("Basic " + std::string(hsm::text_of(input)));
  HSM_ASSERT(!basic || basic->has_value());
  return 0;
}
