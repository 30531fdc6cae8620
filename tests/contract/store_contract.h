#pragma once
// The contract of core::Store as tests: one suite that every implementation passes. This is the fixture; the rules are
// in store_*.cpp beside it (STORE_CONTRACT in CMakeLists.txt). A program is linked from them and registers its stores:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreMaker{"memory", [] { … }}), store_name);
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "core/ports/store.h"

namespace hsm::test {

// StoreUnderTest owns an empty store and whatever it stands on (a temporary folder, an inner store).
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual core::Store& store() = 0;
};

struct StoreMaker {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};
inline void PrintTo(const StoreMaker& maker, std::ostream* out) {
  *out << maker.name;
}
inline std::string store_name(const testing::TestParamInfo<StoreMaker>& info) {
  return info.param.name;
}

inline Bytes value_of(std::string_view text) {
  return copy_of(bytes_of(text));
}

class StoreContract : public testing::TestWithParam<StoreMaker> {
 protected:
  void SetUp() override {
    under_test_ = GetParam().make();
    ASSERT_TRUE(under_test_);
  }
  core::Store& store() { return under_test_->store(); }

  core::Revision must_commit(core::Transaction transaction) {
    const auto revision = store().commit(std::move(transaction));
    EXPECT_TRUE(revision.has_value()) << revision.error().message << " " << revision.error().detail;
    return revision.value_or(0);
  }
  core::Revision put(const std::string& path, std::string_view value) {
    return must_commit({.expectations = {}, .puts = {{path, value_of(value)}}, .deletes = {}});
  }
  core::Revision remove(const std::string& path) {
    return must_commit({.expectations = {}, .puts = {}, .deletes = {path}});
  }
  Result<core::Revision> put_if(const std::string& path, core::Revision expected, std::string_view value) {
    return store().commit({.expectations = {{path, expected}}, .puts = {{path, value_of(value)}}, .deletes = {}});
  }
  std::optional<core::Record> get(const std::string& path) {
    auto record = store().get(path);
    EXPECT_TRUE(record.has_value()) << record.error().message << " " << record.error().detail;
    return record.value_or(std::nullopt);
  }
  // text returns the value under `path`, or "(none)".
  std::string text(const std::string& path) {
    const auto record = get(path);
    return record ? std::string(text_of(record->value)) : "(none)";
  }
  std::vector<std::string> paths(const std::string& prefix, const std::string& after, std::size_t limit) {
    const auto page = store().list(prefix, after, limit);
    EXPECT_TRUE(page.has_value()) << page.error().message << " " << page.error().detail;
    std::vector<std::string> names;
    for (const auto& record : page.value_or(std::vector<core::Record>{})) names.push_back(record.path);
    return names;
  }

 private:
  std::unique_ptr<StoreUnderTest> under_test_;
};

// History collects what a watch says. Changes of a finished commit must be there when the commit returns.
class History {
 public:
  core::Store::WatchCallback callback() {
    return [this](const core::Change& change) {
      const std::lock_guard lock(mutex_);
      changes_.push_back(change);
    };
  }
  std::vector<core::Change> changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  std::vector<std::string> lines() const {  // "path=value" or "path gone"
    std::vector<std::string> lines;
    for (const auto& change : changes()) {
      lines.push_back(change.record ? change.path + "=" + std::string(text_of(change.record->value))
                                    : change.path + " gone");
    }
    return lines;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<core::Change> changes_;
};

inline auto conflicts() {
  return testing::ResultOf(
      "error",
      [](const Result<core::Revision>& result) { return result ? "none" : std::string(name(result.error().code)); },
      testing::Eq("Conflict"));
}

using testing::ElementsAre;
using testing::IsEmpty;

}  // namespace hsm::test
