#include "storage/sealing_store.h"

#include "base/random.h"
#include "storage/memory.h"
#include "storage/sqlite.h"
#include "tests/contract/store_contract.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::test {
namespace {

// SealedUnderTest is a sealing store over any other.
class SealedUnderTest : public StoreUnderTest {
 public:
  explicit SealedUnderTest(std::unique_ptr<core::Store> beneath)
      : beneath_(std::move(beneath)),
        store_(*beneath_, SecretBytes(storage::kRecordKeyBytes), Bytes{1, 2, 3}, random_) {}
  core::Store& store() override { return store_; }

 private:
  SystemRandom random_;
  std::unique_ptr<core::Store> beneath_;
  storage::SealingStore store_;
};

class SealedSqliteUnderTest final : public StoreUnderTest {
 public:
  core::Store& store() override { return sealed_.store(); }

 private:
  TemporaryFolder folder_;
  SealedUnderTest sealed_{storage::SqliteStore::open(folder_.file("store.db")).value()};
};

INSTANTIATE_TEST_SUITE_P(
    Sealed, StoreContract,
    testing::Values(StoreMaker{"memory",
                               [] {
                                 return std::make_unique<SealedUnderTest>(std::make_unique<storage::MemoryStore>());
                               }},
                    StoreMaker{"sqlite", [] { return std::make_unique<SealedSqliteUnderTest>(); }}),
    store_name);

}  // namespace
}  // namespace hsm::test
