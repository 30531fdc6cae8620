// An instance with real partitions and a clock that is set by hand: what falls due while it is closed is done when it
// is opened again.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "control/instance.h"
#include "tests/service/rotation_scene.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::control {
namespace {

constexpr std::int64_t kStart = 1'800'000'000;
constexpr std::int64_t kDay = core::kSecondsADay;

class DueKeysOfAnInstance : public testing::Test {
 protected:
  std::unique_ptr<Instance> open(std::int64_t second) {
    clock_.set(second);
    InstanceConfig config{.name = "due",
                          .directory = folder_.file("due"),
                          .tenant = "11111111-2222-3333-4444-555555555555",
                          .base_url = "https://due.test",
                          .initial_admins = {},
                          .retention_days = 7,
                          .purge_protection = true,
                          .partitions = {.executable = HSM_BIN_DIR "/strongroom-partition",
                                         .seal_key_file = folder_.file("seal.key"),
                                         .partitions = 1,
                                         .allow_unlocked_memory = true}};
    return Instance::open(std::move(config), clock_, random_).value();
  }

  service::Operation now() {
    service::Operation operation = service::an_operation(unix_seconds(clock_.now()));
    return operation;
  }

  test::TemporaryFolder folder_;
  service::ManualClock clock_{kStart};
  SystemRandom random_;
};

void wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  ASSERT_TRUE(holds());
}

TEST_F(DueKeysOfAnInstance, AreCaughtUpWhenItIsOpened) {
  const core::KeyName rotating = service::named("rotating");
  const core::KeyName deleted = service::named("deleted");
  {
    const auto instance = open(kStart);
    service::Keys& keys = instance->hsm().keys;
    for (const core::KeyName& name : {rotating, deleted}) {
      service::Operation operation = now();
      ASSERT_TRUE(keys.create(service::World::request(name.text()), core::kRsaExponentDefault, operation));
    }
    service::Operation policy = now();
    ASSERT_TRUE(keys.set_rotation_policy(rotating, service::after_create("P30D", "P90D"), policy));
    service::Operation deletion = now();
    ASSERT_TRUE(keys.remove(deleted, deletion));
  }
  const auto instance = open(kStart + 1'000 * kDay);
  service::Keys& keys = instance->hsm().keys;
  wait_until([&keys, &deleted, &rotating] {
    return !keys.get_deleted(deleted) && keys.list_versions(rotating, "", 25)->items.size() == 2;
  });
  const auto latest = keys.get(rotating, {});
  EXPECT_EQ((*latest)->attributes.created, kStart + 1'000 * kDay);
  EXPECT_EQ((*latest)->attributes.expires, kStart + 1'090 * kDay);
  const auto versions = keys.list_versions(rotating, "", 25)->items;
  EXPECT_NE(versions.at(0).public_key, versions.at(1).public_key) << "generated in a partition";
}

}  // namespace
}  // namespace hsm::control
