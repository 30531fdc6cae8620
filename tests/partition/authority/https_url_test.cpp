#include "partition/authority/https_url.h"

#include <gtest/gtest.h>

namespace hsm::partition {
namespace {

TEST(HttpsUrl, IsTakenApart) {
  const auto url = parse_https_url("https://Authority.Example:8443/a/b?c=d").value();
  EXPECT_EQ(url.endpoint, (Endpoint{.host = "authority.example", .port = 8443}));
  EXPECT_EQ(url.authority, "Authority.Example:8443");
  EXPECT_EQ(url.target, "/a/b?c=d");
}

TEST(HttpsUrl, HasDefaults) {
  const auto url = parse_https_url("https://a.example").value();
  EXPECT_EQ(url.endpoint.port, 443);
  EXPECT_EQ(url.target, "/");
  EXPECT_EQ(parse_https_url("https://a.example?x").value().target, "/?x");
}

TEST(HttpsUrl, AddressesHaveTheirForms) {
  EXPECT_EQ(parse_https_url("https://127.0.0.1:1/").value().endpoint, (Endpoint{.host = "127.0.0.1", .port = 1}));
  EXPECT_EQ(parse_https_url("https://[::1]:8443/k").value().endpoint, (Endpoint{.host = "::1", .port = 8443}));
  EXPECT_EQ(parse_https_url("https://[::1]").value().endpoint, (Endpoint{.host = "::1", .port = 443}));
}

TEST(HttpsUrl, RefusesEverythingElse) {
  for (const char* url : {"",
                          "https://",
                          "http://a.example/",
                          "ftp://a",
                          "https:/a",
                          "a.example",
                          "https:///keys",
                          "https://user@a.example/",
                          "https://a.example:0/",
                          "https://a.example:65536/",
                          "https://a.example:/",
                          "https://a.example:8443x/",
                          "https://a.example/#f",
                          "https://a.example/a b",
                          "https://a.example/\r\nX: y",
                          "https://a.exa\nmple/",
                          "https://[::1",
                          "https://[]/",
                          "https://[::1]x/",
                          "https://[a.example]/",
                          "https://::1/",
                          "https://\xc3\xa4/"}) {
    EXPECT_FALSE(parse_https_url(url)) << url;
  }
  EXPECT_FALSE(parse_https_url(std::string_view("https://a.example/\0", 19)));
  EXPECT_FALSE(parse_https_url("https://" + std::string(kHostBytesMax + 1, 'a')));
  EXPECT_FALSE(parse_https_url("https://a.example/" + std::string(kUrlBytesMax, 'a')));
}

}  // namespace
}  // namespace hsm::partition
