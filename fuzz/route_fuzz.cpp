// Which operation a path names, and at which scope. The first byte is the method. A path and its canonical spelling
// must name the same thing, or a permission could be checked at one key and the operation done at another.
#include <cstdint>
#include <string>

#include "api/router.h"
#include "base/assert.h"

namespace {

using hsm::core::ScopeRule;

// canonical writes the path of a route in its shortest form.
std::string canonical(const hsm::api::Route& route) {
  std::string path;
  if (route.row->scope == ScopeRule::kUrl) {
    path = route.target.scope.text() == "/" ? "" : route.target.scope.text();
    path += "/providers/microsoft.authorization";
  }
  std::string_view rest = route.row->route;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (segment == "{scope}") continue;
    if (segment == "{name}") {
      path.append("/").append(route.target.key ? route.target.key->text() : route.target.name);
    } else if (segment != "{version}") {
      path.append("/").append(segment);
    } else if (route.target.version) {
      path.append("/").append(route.target.version->text());
    }
  }
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto method = static_cast<hsm::http::Method>(data[0] % 8);
  const std::string_view path(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto found = hsm::api::route(method, path);
  if (!found) return 0;
  // What is checked at a key is checked at the key that the operation is about.
  if (found->row->scope == ScopeRule::kKey)
    HSM_ASSERT(found->target.scope == hsm::core::Scope::key(*found->target.key));
  const auto again = hsm::api::route(method, canonical(*found));
  HSM_ASSERT(again.has_value());
  HSM_ASSERT(again->row == found->row);
  HSM_ASSERT(again->target.scope == found->target.scope);
  HSM_ASSERT(again->target.key == found->target.key);
  HSM_ASSERT(again->target.version == found->target.version);
  HSM_ASSERT(again->target.name == found->target.name);
  return 0;
}
