// Random lives of a few keys against a model of a few lines: whatever the order of operations, and wherever between
// them or between a change and its audit record the process is killed, both answer the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

#include "storage/sqlite.h"
#include "tests/service/key_model.h"
#include "tests/service/rotation_scene.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::service {
namespace {

// A store that can be opened again, as after a crash.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual core::Store& open() = 0;
};
class MemoryDisk final : public Disk {
 public:
  core::Store& open() override { return store_; }

 private:
  storage::MemoryStore store_;
};
class SqliteDisk final : public Disk {
 public:
  core::Store& open() override {
    store_.reset();
    store_ = storage::SqliteStore::open(folder_.file("store.db")).value();
    return *store_;
  }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<core::Store> store_;
};

// Process is an instance that can be killed: what is left is its disk and its audit log.
class Process {
 public:
  Process(Disk& disk, const Keys::Settings& settings) : disk_(disk), settings_(settings) { start(); }
  World& world() { return *world_; }

  void crash() {
    for (std::string& id : world_->sink.ids()) EXPECT_TRUE(logged_.insert(std::move(id)).second) << "logged twice";
    world_.reset();
    start();
  }
  std::size_t records() const { return logged_.size() + world_->sink.ids().size(); }

 private:
  void start() {
    world_ = std::make_unique<World>(disk_.open(), settings_);
    ASSERT_TRUE(world_->journal.recover({logged_.begin(), logged_.end()}));
  }
  Disk& disk_;
  const Keys::Settings settings_;
  std::set<std::string> logged_;
  std::unique_ptr<World> world_;
};

using Blobs = std::map<std::string, std::string>;  // the last backup of each key

struct Arguments {
  std::string name;
  std::int64_t now;
  core::RotationPolicy policy;
  Blobs& backups;
};

struct Step {
  const char* what;
  unsigned weight;
  Errc (*in_model)(KeyModel&, const Arguments&);
  Errc (*in_world)(World&, const Arguments&);
  bool many = false;  // changes, each of which fails or succeeds by itself
};

Errc update(World& world, const Arguments& with, const AttributeChanges& changes) {
  Operation operation = an_operation(with.now);
  return error_of(world.keys.update(
      {.name = named(with.name), .version = {}, .operations = {}, .attributes = changes, .tags = {}}, operation));
}

template <auto Method>
Errc call(World& world, const Arguments& with) {
  Operation operation = an_operation(with.now);
  return error_of((world.keys.*Method)(named(with.name), operation));
}

Errc backup(World& world, const Arguments& with) {
  const auto blob = world.keys.backup(named(with.name));
  if (blob) with.backups[with.name] = *blob;
  return error_of(blob);
}

Errc restore(World& world, const Arguments& with) {
  const auto opened = world.keys.open_backup(with.backups[with.name]);
  if (!opened) return opened.error().code;
  Operation operation = an_operation(with.now);
  return error_of(world.keys.restore(*opened, operation));
}

constexpr std::int64_t kExpiryAhead = 40 * kDay;

constexpr Step kSteps[] = {
    {"create", 3, [](KeyModel& m, const Arguments& a) { return m.create(a.name, a.now); },
     [](World& w, const Arguments& a) { return error_of(w.create(a.name, a.now)); }},
    {"disable", 1, [](KeyModel& m, const Arguments& a) { return m.disable(a.name); },
     [](World& w, const Arguments& a) { return update(w, a, {.enabled = false}); }},
    {"set expiry", 1, [](KeyModel& m, const Arguments& a) { return m.set_expiry(a.name, a.now + kExpiryAhead); },
     [](World& w, const Arguments& a) { return update(w, a, {.expires = a.now + kExpiryAhead}); }},
    {"set policy", 2, [](KeyModel& m, const Arguments& a) { return m.set_policy(a.name, a.policy); },
     [](World& w, const Arguments& a) { return error_of(set_policy(w, a.name, a.policy, a.now)); }},
    {"rotate", 2, [](KeyModel& m, const Arguments& a) { return m.rotate(a.name, a.now); }, call<&Keys::rotate>},
    {"delete", 1, [](KeyModel& m, const Arguments& a) { return m.remove(a.name, a.now); }, call<&Keys::remove>},
    {"recover", 1, [](KeyModel& m, const Arguments& a) { return m.recover(a.name); }, call<&Keys::recover>},
    {"purge", 1, [](KeyModel& m, const Arguments& a) { return m.purge(a.name); },
     [](World& w, const Arguments& a) {
       Operation operation = an_operation(a.now);
       return error_of(w.keys.purge(named(a.name), operation));
     }},
    {"backup", 1, [](KeyModel& m, const Arguments& a) { return m.backup(a.name); }, backup},
    {"restore", 1, [](KeyModel& m, const Arguments& a) { return m.restore(a.name); }, restore},
    {"tend", 2, [](KeyModel& m, const Arguments& a) { return m.tend(a.now); },
     [](World& w, const Arguments& a) {
       tend(w, a.now);
       return kDone;
     },
     true},
};

const Step& random_step(std::mt19937& random) {
  unsigned all = 0;
  for (const Step& step : kSteps) all += step.weight;
  auto at = static_cast<unsigned>(random() % all);
  const Step* step = kSteps;
  while (at >= step->weight) at -= (step++)->weight;
  return *step;
}

core::RotationPolicy random_policy(std::mt19937& random) {
  switch (random() % 4) {
    case 0:
      return {};
    case 1:
      return before_expiry("P30D", "P90D");
    case 2:
      return after_create("P1M", "P60D");
    default:
      return after_create("P28D");
  }
}

void expect_same_key(World& world, const std::string& name, const KeyModel::Key& key) {
  const auto latest = world.keys.get(named(name), {});
  ASSERT_EQ(latest.has_value(), !key.purge_at) << name;
  const auto listed = world.keys.list_versions(named(name), "", core::kKeyVersionsMax)->items;
  if (key.purge_at) {
    ASSERT_TRUE(listed.empty()) << name;
    ASSERT_EQ(world.keys.get_deleted(named(name))->head.purge_at, key.purge_at) << name;
    return;
  }
  ASSERT_EQ(listed.size(), key.versions.size()) << name;
  ASSERT_EQ((*latest)->version, listed.back().version) << name;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    ASSERT_EQ(listed[i].attributes.enabled, key.versions[i].enabled) << name << " version " << i;
    ASSERT_EQ(listed[i].attributes.created, key.versions[i].created) << name << " version " << i;
    ASSERT_EQ(listed[i].attributes.expires, key.versions[i].expires) << name << " version " << i;
  }
  const auto policy = world.keys.head(named(name))->rotation;
  ASSERT_EQ(policy.has_value(), key.policy.has_value()) << name;
  if (policy) {
    ASSERT_EQ(policy->rotation, key.policy->rotation) << name;
  }
}

void expect_same(World& world, const KeyModel& model) {
  std::size_t live = 0;
  std::set<std::pair<std::int64_t, std::string>> due;
  for (const auto& [name, key] : model.keys()) {
    live += key.purge_at ? 0 : 1;
    if (const auto at = key.due()) due.emplace(*at, name);
    ASSERT_NO_FATAL_FAILURE(expect_same_key(world, name, key));
  }
  ASSERT_EQ(world.keys.list("", 25)->items.size(), live);
  ASSERT_EQ(world.keys.list_deleted("", 25)->items.size(), model.keys().size() - live);
  std::set<std::pair<std::int64_t, std::string>> indexed;
  const auto entries = world.store.list(core::kDuePrefix, "", 100);
  for (const core::Record& entry : *entries) {
    const auto date = core::parse_due_path(entry.path);
    indexed.emplace(date->at, date->name.text());
  }
  ASSERT_EQ(indexed, due);
}

// One step on both; a torn one is killed after its change and before its record is in the log.
void take(const Step& step, const Arguments& with, bool torn, Process& process, KeyModel& model) {
  const std::size_t before = model.changes();
  Errc expected = step.in_model(model, with);
  process.world().sink.refusing = torn;
  const bool changes = model.changes() > before;
  if (torn && changes && !step.many) expected = Errc::kUnavailable;
  ASSERT_EQ(step.in_world(process.world(), with), expected);
  if (!torn) return;
  process.crash();
  // What of several changes was left is done by the next one who looks.
  if (model.changes() > before + 1) tend(process.world(), with.now);
}

void live(Disk& disk, const Keys::Settings& settings, unsigned seed, int steps) {
  Process process(disk, settings);
  KeyModel model(settings);
  std::mt19937 random(seed);
  Blobs backups;
  std::int64_t now = 1'800'000'000;
  for (int i = 0; i < steps; ++i) {
    now += 1 + static_cast<std::int64_t>(random() % (3 * kDay));
    const Step& step = random_step(random);
    const Arguments with{std::string(1, static_cast<char>('a' + random() % 4)), now, random_policy(random), backups};
    SCOPED_TRACE(testing::Message() << "seed " << seed << " step " << i << ": " << step.what << ' ' << with.name);
    ASSERT_NO_FATAL_FAILURE(take(step, with, random() % 12 == 0, process, model));
    if (random() % 12 == 0) process.crash();
    ASSERT_NO_FATAL_FAILURE(expect_same(process.world(), model));
    ASSERT_EQ(process.records(), model.changes()) << "one record a change, no more";
  }
}

constexpr Keys::Settings kShort{.retention_days = 7};
constexpr Keys::Settings kProtected{.retention_days = 20, .purge_protection = true};

TEST(Keys, LiveAsTheModelSays) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    MemoryDisk disk;
    live(disk, seed % 2 == 0 ? kShort : kProtected, seed, 300);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Keys, LiveAsTheModelSaysOnADisk) {
  for (unsigned seed = 0; seed < 3; ++seed) {
    SqliteDisk disk;
    live(disk, seed % 2 == 0 ? kShort : kProtected, seed, 150);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// A key that is full, which random lives seldom reach.
TEST(Keys, LiveAsTheModelSaysWhenTheyAreFull) {
  MemoryDisk disk;
  Process process(disk, kShort);
  KeyModel model(kShort);
  std::int64_t now = 1'800'000'000;
  for (int i = 0; i < 100; ++i) {
    ++now;
    ASSERT_EQ(error_of(process.world().create("a", now)), model.create("a", now));
  }
  ASSERT_EQ(error_of(set_policy(process.world(), "a", after_create("P28D"), now)),
            model.set_policy("a", after_create("P28D")));
  for (int i = 0; i < 3; ++i) {
    now += 30 * kDay;
    tend(process.world(), now);
    model.tend(now);
    ASSERT_NO_FATAL_FAILURE(expect_same(process.world(), model));
    ASSERT_EQ(process.records(), model.changes());
    process.crash();
  }
}

}  // namespace
}  // namespace hsm::service
