#include "storage/sqlite.h"

#include "tests/contract/store_contract.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::test {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
 public:
  SqliteUnderTest() : store_(storage::SqliteStore::open(folder_.file("store.db")).value()) {}
  core::Store& store() override { return *store_; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<storage::SqliteStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreMaker{"sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}),
                         store_name);

}  // namespace
}  // namespace hsm::test
