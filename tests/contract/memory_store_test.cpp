#include "storage/memory.h"
#include "tests/contract/store_contract.h"

namespace hsm::test {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  core::Store& store() override { return store_; }

 private:
  storage::MemoryStore store_;
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(StoreMaker{"memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
                         store_name);

}  // namespace
}  // namespace hsm::test
