#include "api/page.h"

#include <gtest/gtest.h>

#include "base/base64url.h"

namespace hsm::api {
namespace {

TEST(QueryMember, IsFoundWhereverItStands) {
  EXPECT_EQ(query_member("a=1&b=2", "a"), "1");
  EXPECT_EQ(query_member("a=1&b=2", "b"), "2");
  EXPECT_EQ(query_member("a=1&a=2", "a"), "1");
  EXPECT_EQ(query_member("&&a=1", "a"), "1");
  EXPECT_EQ(query_member("a", "a"), "");
  EXPECT_EQ(query_member("a=", "a"), "");
  EXPECT_EQ(query_member("a=b=c", "a"), "b=c");
}

TEST(QueryMember, IsAbsentWhenItIsNotThere) {
  EXPECT_FALSE(query_member("", "a"));
  EXPECT_FALSE(query_member("ab=1", "a"));
  EXPECT_FALSE(query_member("A=1", "a"));
  EXPECT_FALSE(query_member("b=a", "a"));
}

// Clients send $skiptoken with a literal dollar or %24.
TEST(QueryMember, IsPercentDecoded) {
  EXPECT_EQ(query_member("%24skiptoken=x", "$skiptoken"), "x");
  EXPECT_EQ(query_member("$skiptoken=x%2Fy", "$skiptoken"), "x/y");
  EXPECT_EQ(query_member("a=%", "a"), "%");
  EXPECT_EQ(query_member("a=%4", "a"), "%4");
  EXPECT_EQ(query_member("a=%zz", "a"), "%zz");
}

Result<PageRequest> page_of(std::string_view query) {
  http::Request request;
  request.query = query;
  return page_request(request, "keys/");
}

TEST(PageRequest, DefaultsToTheMaximum) {
  const auto page = page_of("api-version=7.4");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->limit, 25U);
  EXPECT_EQ(page->after, "");
}

TEST(PageRequest, TakesOneTo25) {
  EXPECT_EQ(page_of("maxresults=1")->limit, 1U);
  EXPECT_EQ(page_of("maxresults=25")->limit, 25U);
  for (const std::string_view wrong : {"0", "26", "-1", "", "x", "1x", " 1", "+1", "99999999999999999999"}) {
    EXPECT_FALSE(page_of("maxresults=" + std::string(wrong))) << wrong;
  }
}

TEST(PageRequest, TakesOnlyItsOwnTokens) {
  const auto token = [](std::string_view path) { return "$skiptoken=" + to_base64url(bytes_of(path)); };
  EXPECT_EQ(page_of(token("keys/k"))->after, "keys/k");
  EXPECT_FALSE(page_of(token("deleted/k"))) << "of another listing";
  EXPECT_FALSE(page_of(token("outbox/k"))) << "of no listing at all";
  EXPECT_FALSE(page_of("$skiptoken=***"));
  EXPECT_FALSE(page_of("$skiptoken="));
  EXPECT_FALSE(page_of(token("keys/" + std::string(2'000, 'k'))));
}

}  // namespace
}  // namespace hsm::api
