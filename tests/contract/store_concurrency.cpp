// Many committers at once.
#include <atomic>
#include <charconv>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/store_contract.h"

namespace hsm::test {
namespace {

TEST_P(StoreContract, ConcurrentCommittersLoseNoUpdate) {
  constexpr int kThreads = 8;
  constexpr int kIncrements = 15;
  put("counter", "0");
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, &failures] {
        for (int done = 0; done < kIncrements;) {
          const auto current = get("counter");
          if (!current) break;
          const auto count = text_of(current->value);
          int next = 0;
          std::from_chars(count.data(), count.data() + count.size(), next);
          const auto result = put_if("counter", current->revision, std::to_string(next + 1));
          if (result) ++done;
          if (!result && result.error().code != Errc::kConflict) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(text("counter"), std::to_string(kThreads * kIncrements));
}

TEST_P(StoreContract, OfManyCreatorsOneWins) {
  std::atomic<int> winners = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 16; ++t) {
      threads.emplace_back([this, t, &winners] {
        if (put_if("keys/a", core::kAbsent, std::to_string(t))) ++winners;
      });
    }
  }
  EXPECT_EQ(winners, 1);
}

TEST_P(StoreContract, UnguardedWritersOfOneRecordAllSucceed) {
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([this, t, &done] {
        for (int i = 0; i < 10; ++i) {
          if (store().commit({.expectations = {}, .puts = {{"one", value_of(std::to_string(t))}}, .deletes = {}}))
            ++done;
          EXPECT_TRUE(get("one"));
        }
      });
    }
  }
  EXPECT_EQ(done, 80);
}

}  // namespace
}  // namespace hsm::test
