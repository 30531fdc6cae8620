// Random lives of a few keys against a model of a few lines: whatever the order of operations, both answer the same.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "core/key_rules.h"
#include "service/keys.h"
#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

struct ModelKey {
  std::vector<bool> enabled;  // by version
  bool deleted = false;
};

class Model {
 public:
  Errc create(const std::string& name) {
    ModelKey& key = keys_[name];
    if (key.deleted) return Errc::kConflict;
    if (key.enabled.size() == core::kKeyVersionsMax) return Errc::kBadParameter;
    key.enabled.push_back(true);
    return Errc::kCount_;
  }
  Errc disable(const std::string& name) {
    if (!live(name)) return Errc::kKeyNotFound;
    keys_[name].enabled.back() = false;
    return Errc::kCount_;
  }
  Errc remove(const std::string& name) { return move(name, false); }
  Errc recover(const std::string& name) { return move(name, true); }
  Errc purge(const std::string& name) {
    if (!keys_.contains(name) || !keys_[name].deleted) return Errc::kKeyNotFound;
    keys_.erase(name);
    return Errc::kCount_;
  }
  bool live(const std::string& name) const { return keys_.contains(name) && !keys_.at(name).deleted; }
  const std::map<std::string, ModelKey>& keys() const { return keys_; }

 private:
  Errc move(const std::string& name, bool from_deleted) {
    if (!keys_.contains(name) || keys_[name].deleted != from_deleted) return Errc::kKeyNotFound;
    keys_[name].deleted = !from_deleted;
    return Errc::kCount_;
  }
  std::map<std::string, ModelKey> keys_;
};

Errc carry_out(World& world, int what, const std::string& name, std::int64_t second) {
  Operation operation = an_operation(second);
  UpdateKey disabling{.name = named(name), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
  disabling.attributes.enabled = false;
  switch (what) {
    case 0:
    case 1:
      return error_of(world.create(name, second));
    case 2:
      return error_of(world.keys.update(disabling, operation));
    case 3:
      return error_of(world.keys.remove(named(name), operation));
    case 4:
      return error_of(world.keys.recover(named(name), operation));
    default:
      return error_of(world.keys.purge(named(name), operation));
  }
}

Errc carry_out(Model& model, int what, const std::string& name) {
  switch (what) {
    case 0:
    case 1:
      return model.create(name);
    case 2:
      return model.disable(name);
    case 3:
      return model.remove(name);
    case 4:
      return model.recover(name);
    default:
      return model.purge(name);
  }
}

void expect_same(World& world, const Model& model) {
  std::size_t live = 0;
  std::size_t deleted = 0;
  for (const auto& [name, key] : model.keys()) {
    ++(key.deleted ? deleted : live);
    const auto found = world.keys.get(named(name), {});
    ASSERT_EQ(found.has_value(), !key.deleted) << name;
    if (found) {
      ASSERT_EQ((*found)->attributes.enabled, key.enabled.back()) << name;
    }
    const std::size_t versions = world.keys.list_versions(named(name), "", 200)->items.size();
    ASSERT_EQ(versions, key.deleted ? 0 : key.enabled.size()) << name;
  }
  ASSERT_EQ(world.keys.list("", 25)->items.size(), live);
  ASSERT_EQ(world.keys.list_deleted("", 25)->items.size(), deleted);
}

TEST(Keys, LiveAsTheModelSays) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    World world;
    Model model;
    std::mt19937 random(seed);
    std::size_t changes = 0;
    for (int step = 0; step < 300; ++step) {
      const int what = static_cast<int>(random() % 6);
      const std::string name(1, static_cast<char>('a' + random() % 4));
      const Errc expected = carry_out(model, what, name);
      ASSERT_EQ(carry_out(world, what, name, 1'000 + step), expected) << "seed " << seed << " step " << step;
      changes += expected == Errc::kCount_;
      expect_same(world, model);
      if (testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << " step " << step;
    }
    EXPECT_EQ(world.sink.ids().size(), changes) << "one record a change, no more";
  }
}

}  // namespace
}  // namespace hsm::service
