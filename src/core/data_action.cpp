#include "core/data_action.h"

#include <algorithm>

#include "base/text.h"

namespace hsm::core {
namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < kDataActions.size(); ++i) {
    if (static_cast<std::size_t>(kDataActions[i].action) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::optional<DataAction> data_action_named(std::string_view name) {
  const auto found = std::ranges::find_if(
      kDataActions, [name](const DataActionRow& row) { return equal_ignoring_case(row.name, name); });
  if (found == kDataActions.end()) return std::nullopt;
  return found->action;
}

}  // namespace hsm::core
