#include "service/security_domain.h"

#include <gtest/gtest.h>

#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

struct DomainWorld {
  Result<core::DomainFile> download(std::size_t certificates) {
    Operation operation = an_operation();
    return domain.download(std::vector<Bytes>(certificates), 2, operation);
  }
  storage::MemoryStore store;
  CountingPartitions partitions;
  RecordingSink sink;
  Journal journal{store, sink};
  SecurityDomain domain{store, partitions, journal};
};

TEST(SecurityDomain, ADownloadActivatesAndLeavesARecord) {
  DomainWorld world;
  ASSERT_TRUE(world.domain.load());
  EXPECT_FALSE(world.domain.active());
  ASSERT_TRUE(world.download(3));
  EXPECT_TRUE(world.domain.active());
  EXPECT_EQ(world.sink.last().http_status, 202);
}

TEST(SecurityDomain, IsActiveAfterARestart) {
  DomainWorld world;
  ASSERT_TRUE(world.download(3));
  SecurityDomain restarted(world.store, world.partitions, world.journal);
  ASSERT_TRUE(restarted.load());
  EXPECT_TRUE(restarted.active());
}

TEST(SecurityDomain, AFailedDownloadDoesNotActivate) {
  DomainWorld world;
  EXPECT_FALSE(world.download(2));
  EXPECT_FALSE(world.domain.active());
}

TEST(SecurityDomain, WithoutARecordThereIsNoFileForAnyone) {
  DomainWorld world;
  world.sink.refusing = true;
  EXPECT_EQ(error_of(world.download(3)), Errc::kUnavailable);
}

TEST(SecurityDomain, CanBeDownloadedAgain) {
  DomainWorld world;
  ASSERT_TRUE(world.download(3));
  EXPECT_TRUE(world.download(4));
}

}  // namespace
}  // namespace hsm::service
