#include "partition/channel/launch.h"

#include <gtest/gtest.h>

namespace hsm::partition {
namespace {

TEST(Launch, OptionsPassTheCommandLine) {
  const LaunchOptions options{.shape = {.links = 5, .workers = 3},
                              .seal_key_file = "/a b/=seal.key",
                              .allow_unlocked_memory = true,
                              .fips_module = "/a b/fips.so",
                              .fips = true};
  const auto arguments = to_arguments(options);
  const auto parsed = parse_arguments({arguments.begin(), arguments.end()}).value();
  EXPECT_EQ(parsed.shape, options.shape);
  EXPECT_EQ(parsed.seal_key_file, options.seal_key_file);
  EXPECT_TRUE(parsed.allow_unlocked_memory);
  EXPECT_EQ(parsed.fips_module, options.fips_module);
  EXPECT_TRUE(parsed.fips);
}

TEST(Launch, AttestationAuthoritiesPassWithTheirFiles) {
  const LaunchOptions options{.shape = {.links = 1, .workers = 1},
                              .seal_key_file = "k",
                              .authorities = {{.issuer = "https://a/", .keys_file = "/keys", .ca_file = ""},
                                              {.issuer = "https://b", .keys_file = "", .ca_file = "/c a.pem"}}};
  const auto arguments = to_arguments(options);
  EXPECT_EQ(parse_arguments({arguments.begin(), arguments.end()}).value().authorities, options.authorities);
}

TEST(Launch, NeitherUnlockedMemoryNorFipsModeIsTheDefault) {
  const auto arguments = to_arguments({.shape = {.links = 1, .workers = 1}, .seal_key_file = "k"});
  const auto parsed = parse_arguments({arguments.begin(), arguments.end()}).value();
  EXPECT_FALSE(parsed.allow_unlocked_memory);
  EXPECT_FALSE(parsed.fips);
}

TEST(Launch, RefusesAnythingElse) {
  const std::vector<std::vector<std::string_view>> cases{
      {},
      {"--links=1", "--workers=1"},
      {"--links=1", "--seal-key-file=k"},
      {"--links=1", "--workers=1", "--seal-key-file="},
      {"--links=x", "--workers=1", "--seal-key-file=k"},
      {"--links=1x", "--workers=1", "--seal-key-file=k"},
      {"--links=-1", "--workers=1", "--seal-key-file=k"},
      {"--links=0", "--workers=1", "--seal-key-file=k"},
      {"--links=66", "--workers=1", "--seal-key-file=k"},
      {"--links=1", "--workers=17", "--seal-key-file=k"},
      {"--links=1", "--workers=1", "--seal-key-file=k", "--verbose"},
      {"--links=1", "--workers=1", "--seal-key-file=k", "--attestation-authority-keys=f"},
  };
  for (const auto& arguments : cases) EXPECT_FALSE(parse_arguments(arguments));
}

}  // namespace
}  // namespace hsm::partition
