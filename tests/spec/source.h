#pragma once
#include <gtest/gtest.h>

#include <string>

#include "tests/spec/markdown.h"
#include "tests/spec/published.h"
#include "tests/spec/reference.h"

namespace hsm::spec {

// A Spec test runs twice: against our own copy of the published facts, and against the reference folder if it is there.
enum class Source { kOwnCopy, kReference };

class Spec : public testing::TestWithParam<Source> {
 protected:
  void SetUp() override {
    if (GetParam() == Source::kReference && !has_reference())
      GTEST_SKIP() << "there is no reference folder beside the checkout";
  }
  static const Published& published() { return GetParam() == Source::kOwnCopy ? own_copy() : from_reference(); }
};

inline auto both_sources() {
  return testing::Values(Source::kOwnCopy, Source::kReference);
}
inline std::string source_name(const testing::TestParamInfo<Source>& info) {
  return info.param == Source::kOwnCopy ? "OwnCopy" : "Reference";
}

}  // namespace hsm::spec
