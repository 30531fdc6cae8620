#include <algorithm>
#include <array>

#include "core/operation.h"
#include "tests/spec/source.h"

namespace hsm::spec {
namespace {

using core::OperationRow;
using core::ScopeRule;

constexpr std::string_view kPrefix = "Microsoft.KeyVault/managedHsm";

std::string verb_of(const OperationRow& row) {
  static constexpr auto kVerbs = std::to_array<std::string_view>({"GET", "POST", "PUT", "PATCH", "DELETE"});
  return std::string(kVerbs[static_cast<std::size_t>(row.verb)]);
}

std::string path_of(const OperationRow& row) {
  std::string path(row.route);
  if (const std::size_t at = path.find("/{version}"); at != std::string::npos) path.erase(at, 10);
  // The table is older than secure wrap, which needs what wrapkey and unwrapkey need (reference/keys-api.md §1.2).
  if (const std::size_t at = path.find("/secure"); at != std::string::npos) path.erase(at + 1, 6);
  if (!path.starts_with("{scope}/")) return path;
  path = split(path, "/")[1];
  path.pop_back();  // roledefinitions
  return path;
}

const PublishedCall* find_call(const Published& published, const OperationRow& row) {
  const auto found = std::ranges::find_if(published.calls, [&row](const PublishedCall& call) {
    return call.verb == verb_of(row) && call.path == path_of(row);
  });
  return found == published.calls.end() ? nullptr : &*found;
}

// Role definitions live at the root alone, which a scope in the URL is checked for.
bool scope_fits(ScopeRule rule, const PublishedCall& call) {
  switch (rule) {
    case ScopeRule::kRoot:
      return call.scope == "/";
    case ScopeRule::kKeys:
      return call.scope == "/keys";
    case ScopeRule::kKey:
      return call.scope == "key";
    case ScopeRule::kUrl:
      return call.scope == "URL scope" || (call.scope == "/" && call.path == "roledefinition");
  }
  return false;
}

// Extensions of ours (docs/compatibility.md), below a path of their own.
bool is_our_own(const OperationRow& row) {
  return row.route.starts_with("strongroom/");
}

using Operations = Spec;
INSTANTIATE_TEST_SUITE_P(Of, Operations, both_sources(), source_name);

TEST_P(Operations, NeedThePublishedDataActionAtThePublishedScope) {
  for (const OperationRow& row : core::kOperations) {
    if (is_our_own(row)) continue;
    const PublishedCall* call = find_call(published(), row);
    ASSERT_NE(call, nullptr) << verb_of(row) << ' ' << row.route << " is not published";
    EXPECT_EQ(core::name(row.data_action), std::string(kPrefix) + call->action) << row.route;
    EXPECT_TRUE(scope_fits(row.scope, *call)) << verb_of(row) << ' ' << row.route << ": " << call->scope;
  }
}

// Named by analogy: the published table is older than these two (unconfirmed).
const std::set<std::string, std::less<>> kNamedByAnalogy = {"KeySecureUnwrap", "KeySecureWrap"};

TEST_P(Operations, HaveAnAuditNameOfThePublishedTableAndEachItsOwn) {
  std::set<std::string> seen;
  for (const OperationRow& row : core::kOperations) {
    const bool ours = is_our_own(row) || kNamedByAnalogy.contains(row.audit_name);
    EXPECT_TRUE(ours || published().audit_names.contains(std::string(row.audit_name))) << row.audit_name;
    EXPECT_TRUE(seen.emplace(row.audit_name).second) << row.audit_name << " names two operations";
  }
}

using DataActions = Spec;
INSTANTIATE_TEST_SUITE_P(Of, DataActions, both_sources(), source_name);

TEST_P(DataActions, AreThosePublishedNoMoreAndNoLess) {
  std::set<std::string> expected;
  for (const PublishedCall& call : published().calls) expected.insert(std::string(kPrefix) + call.action);
  for (const PublishedRole& role : published().roles) {
    for (const std::string& action : role.actions) expected.insert(std::string(kPrefix) + action);
  }
  std::set<std::string> ours;
  for (const core::DataActionRow& row : core::kDataActions) ours.emplace(row.name);
  EXPECT_EQ(ours, expected);
}

TEST(DataActionNames, SixHaveNoActionSuffix) {
  EXPECT_EQ(std::ranges::count_if(core::kDataActions, [](const auto& row) { return !row.name.ends_with("/action"); }),
            6);
}

}  // namespace
}  // namespace hsm::spec
