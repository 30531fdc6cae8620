#include <gmock/gmock.h>

#include "tests/spec/source.h"

namespace hsm::spec {

void PrintTo(const PublishedCall& call, std::ostream* out) {
  *out << call.verb << ' ' << call.path << ' ' << call.action << ' ' << call.scope;
}
void PrintTo(const PublishedRole& role, std::ostream* out) {
  *out << role.role_name;
}
void PrintTo(const PublishedAlgorithm& algorithm, std::ostream* out) {
  *out << algorithm.name;
}
void PrintTo(const PublishedError& error, std::ostream* out) {
  *out << error.status << ' ' << error.code;
}

namespace {

using testing::ElementsAreArray;

TEST(Published, OurCopySaysWhatTheReferenceSays) {
  if (!has_reference()) GTEST_SKIP() << "there is no reference folder beside the checkout";
  EXPECT_THAT(own_copy().calls, ElementsAreArray(from_reference().calls));
  EXPECT_THAT(own_copy().roles, ElementsAreArray(from_reference().roles));
  EXPECT_THAT(own_copy().algorithms, ElementsAreArray(from_reference().algorithms));
  EXPECT_THAT(own_copy().errors, ElementsAreArray(from_reference().errors));
  EXPECT_THAT(own_copy().audit_names, ElementsAreArray(from_reference().audit_names));
}

TEST(Markdown, TablesEndWithTheirSection) {
  const std::string text = "# A\n| h |\n|---|\n| 1 | 2 |\n\n| h |\n|--:|\n| 3 |\n# B\n| h |\n|---|\n| 4 |\n";
  EXPECT_EQ(tables_under(text, "# A"), (std::vector<Row>{{"1", "2"}, {"3"}}));
  EXPECT_EQ(tables_under(text, "# B"), (std::vector<Row>{{"4"}}));
}

}  // namespace
}  // namespace hsm::spec
