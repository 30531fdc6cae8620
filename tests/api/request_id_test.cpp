#include "api/request_id.h"

#include <gtest/gtest.h>

#include <set>

#include "base/guid.h"

namespace hsm::api {
namespace {

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = ++count_;
  }

 private:
  std::uint8_t count_ = 0;
};

TEST(RequestIds, AreTimeBasedGuids) {
  CountingRandom random;
  RequestIds ids(random);
  const std::string id = ids.next(from_unix_seconds(1'700'000'000));
  EXPECT_TRUE(GuidRule::valid(id)) << id;
  EXPECT_EQ(id[14], '1') << id;  // RFC 9562 §5.1: version 1
  EXPECT_TRUE(std::string_view("89ab").contains(id[19])) << id;
  EXPECT_TRUE(id.contains("-11ee-")) << "the time's high bits of November 2023: " << id;
}

TEST(RequestIds, DifferAlthoughTimeStandsStillOrGoesBack) {
  CountingRandom random;
  RequestIds ids(random);
  RequestIds of_another_loop(random);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_TRUE(seen.insert(ids.next(from_unix_seconds(1'000 - i))).second);
    EXPECT_TRUE(seen.insert(of_another_loop.next(from_unix_seconds(1'000))).second);
  }
}

}  // namespace
}  // namespace hsm::api
