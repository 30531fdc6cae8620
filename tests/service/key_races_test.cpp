// Several nodes that change the same keys at once: whatever the order, what is stored fits together.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "tests/service/rotation_scene.h"

namespace hsm::service {
namespace {

constexpr const char* kNames[] = {"a", "b", "c"};
constexpr std::int64_t kStart = 1'800'000'000;

// One random change; most of them are refused at one time or another, which is right, too.
void change_something(World& world, std::mt19937& random) {
  const std::string name = kNames[random() % std::size(kNames)];
  const std::int64_t now = kStart + static_cast<std::int64_t>(random() % (100 * kDay));
  Operation operation = an_operation(now);
  switch (random() % 9) {
    case 0:
      (void)world.create(name, now);
      break;
    case 1:
      (void)set_policy(world, name, after_create("P30D"), now);
      break;
    case 2:
      (void)set_policy(world, name, before_expiry("P30D", "P90D"), now);
      break;
    case 3:
      (void)set_expiry(world, name, now + 20 * kDay);
      break;
    case 4:
      (void)rotate(world, name, now);
      break;
    case 5:
      (void)remove(world, name, now);
      break;
    case 6:
      (void)world.keys.recover(named(name), operation);
      break;
    case 7:
      (void)world.keys.purge(named(name), operation);
      break;
    default:
      tend(world, now);
  }
}

// The heads of live and deleted keys, each name once.
std::vector<core::KeyHead> heads(World& world) {
  std::vector<core::KeyHead> all;
  std::set<std::string> names;
  for (const char* prefix : {core::kKeysPrefix, core::kDeletedKeysPrefix}) {
    const auto records = world.store.list(prefix, "", 100);
    for (const core::Record& record : *records) {
      all.push_back(core::decode_key_head(record.value).value());
      EXPECT_TRUE(names.insert(core::folded(all.back().name)).second) << "both live and deleted";
    }
  }
  return all;
}

std::set<std::string> paths(World& world, const std::string& prefix) {
  std::set<std::string> found;
  const auto records = world.store.list(prefix, "", 10'000);
  for (const core::Record& record : *records) found.insert(record.path);
  return found;
}

void expect_consistent(World& world) {
  std::set<std::string> due;
  std::size_t versions = 0;
  for (const core::KeyHead& head : heads(world)) {
    core::Transaction index;
    core::index_due_date(index, nullptr, &head);
    for (const core::Put& put : index.puts) due.insert(put.path);
    EXPECT_EQ(paths(world, core::version_prefix(head.name)).size(), head.versions);
    const auto latest = world.store.get(core::version_path(head.name, head.latest));
    ASSERT_TRUE(*latest);
    const core::KeyAttributes attributes = core::decode_key_record((*latest)->value)->attributes;
    if (head.rotation && head.versions < core::kKeyVersionsMax) {
      EXPECT_EQ(head.rotate_at, core::rotation_due(*head.rotation, attributes.created, attributes.expires));
    }
    versions += head.versions;
  }
  EXPECT_EQ(paths(world, core::kDuePrefix), due);
  EXPECT_EQ(paths(world, "versions/").size(), versions) << "a version without a key";
}

TEST(Races, LeaveHeadsVersionsAndDueDatesThatFitTogether) {
  for (unsigned round = 0; round < 20; ++round) {
    World first({.retention_days = 7});
    World second(first.store, {.retention_days = 7});
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < 4; ++i) {
        threads.emplace_back([node = i % 2 == 0 ? &first : &second, seed = round * 10 + i] {
          std::mt19937 random(seed);
          for (int step = 0; step < 500; ++step) change_something(*node, random);
        });
      }
    }
    ASSERT_NO_FATAL_FAILURE(expect_consistent(first));
  }
}

}  // namespace
}  // namespace hsm::service
