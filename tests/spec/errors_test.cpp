#include <algorithm>

#include "api/error_table.h"
#include "tests/spec/source.h"

namespace hsm::spec {
namespace {

// Answers of an HTTP server that no recording shows; their codes are ours.
const std::set<std::string> kOurOwn = {"MethodNotAllowed", "NotFound", "PayloadTooLarge", "ServiceUnavailable"};

using Errors = Spec;
INSTANTIATE_TEST_SUITE_P(Of, Errors, both_sources(), source_name);

TEST_P(Errors, HaveThePublishedStatusOfTheirCode) {
  for (const api::ErrorRow& row : api::kErrors) {
    const auto found = std::ranges::find(published().errors, row.code, &PublishedError::code);
    if (found == published().errors.end()) {
      EXPECT_TRUE(kOurOwn.contains(std::string(row.code))) << row.code << " is neither published nor marked as ours";
      continue;
    }
    EXPECT_FALSE(kOurOwn.contains(std::string(row.code))) << row.code << " is published after all";
    EXPECT_EQ(row.status, found->status) << row.code;
  }
}

}  // namespace
}  // namespace hsm::spec
