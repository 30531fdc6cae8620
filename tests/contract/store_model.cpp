// Random operations agree with a plain map.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/contract/store_contract.h"

namespace hsm::test {
namespace {

class Model {
 public:
  struct Entry {
    Bytes value;
    core::Revision revision;
  };
  bool holds(const core::Expectation& expectation) const {
    const auto found = entries_.find(expectation.path);
    return (found == entries_.end() ? core::kAbsent : found->second.revision) == expectation.revision;
  }
  void apply(const core::Transaction& transaction, core::Revision revision) {
    for (const auto& put : transaction.puts) entries_[put.path] = {put.value, revision};
    for (const auto& path : transaction.deletes) entries_.erase(path);
  }
  std::vector<std::string> list(const std::string& prefix, const std::string& after, std::size_t limit) const {
    std::vector<std::string> names;
    for (const auto& [path, entry] : entries_) {
      if (names.size() < limit && path.starts_with(prefix) && path > after) names.push_back(path);
    }
    return names;
  }
  const std::map<std::string, Entry>& entries() const { return entries_; }

 private:
  std::map<std::string, Entry> entries_;
};

TEST_P(StoreContract, RandomOperationsAgreeWithAMap) {
  std::mt19937 random(20240611);  // NOLINT: a fixed seed, so that a failure repeats
  const auto below = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const std::vector<std::string> pool = {"a", "a/", "a/1", "a/2", "a0", "b", "b/\xff", "b/\xff/1", "", "c/long/path/1"};
  const auto any_path = [&] { return pool[1 + below(static_cast<std::uint32_t>(pool.size()) - 1)]; };
  Model model;
  core::Revision last = 0;
  for (int step = 0; step < 400; ++step) {
    core::Transaction transaction;
    std::map<std::string, bool> used;
    for (std::uint32_t i = below(4); i > 0; --i) {
      const auto path = any_path();
      if (!used.emplace(path, true).second) continue;
      if (below(3) == 0)
        transaction.deletes.push_back(path);
      else
        transaction.puts.push_back({path, Bytes(below(3000), static_cast<std::uint8_t>(step))});
    }
    for (std::uint32_t i = below(3); i > 0; --i) {
      const auto path = any_path();
      const auto found = model.entries().find(path);
      const auto actual = found == model.entries().end() ? core::kAbsent : found->second.revision;
      transaction.expectations.push_back({path, below(4) == 0 ? last : actual});
    }
    const bool holds = std::ranges::all_of(transaction.expectations, [&](const auto& e) { return model.holds(e); });
    const auto revision = store().commit(transaction);
    ASSERT_EQ(revision.has_value(), holds) << "step " << step;
    if (revision) {
      ASSERT_GE(*revision, last);
      last = *revision;
      model.apply(transaction, *revision);
    }
    const auto prefix = pool[below(static_cast<std::uint32_t>(pool.size()))].substr(0, below(3));
    const auto after = pool[below(static_cast<std::uint32_t>(pool.size()))];
    const auto limit = below(6);
    ASSERT_EQ(paths(prefix, after, limit), model.list(prefix, after, limit)) << "step " << step;
    const auto path = any_path();
    const auto expected = model.entries().find(path);
    const auto record = get(path);
    ASSERT_EQ(record.has_value(), expected != model.entries().end()) << "step " << step;
    if (record) {
      ASSERT_EQ(record->value, expected->second.value);
      ASSERT_EQ(record->revision, expected->second.revision);
    }
  }
}

}  // namespace
}  // namespace hsm::test
