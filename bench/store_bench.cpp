// The store's hot paths: a read, a commit alone, commits of 64 threads at once, a page of a small and of a large list.
// Each commit of one thread is to be compared with BM_RawSync, measured in the same run on the same disk: disks of one
// machine type differ by 40 times (reference/measurements.md §7).
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/random.h"
#include "storage/sealing_store.h"
#include "storage/sqlite.h"
#include "tests/storage/temporary_folder.h"

namespace hsm {
namespace {

constexpr std::size_t kValueBytes = 1750;  // about one sealed RSA-2048 key
constexpr std::size_t kPage = 25;          // keys in one page of the API's listings

std::string key_path(std::size_t i) {
  return fmt::format("keys/customer-key-{:08}/0123456789abcdef0123456789abcdef", i);
}

// FilledStore is a store with n records, kept for the whole run.
class FilledStore {
 public:
  explicit FilledStore(std::size_t n) : store_(storage::SqliteStore::open(folder_.file("store.db")).value()) {
    constexpr std::size_t kBatch = 1000;
    for (std::size_t i = 0; i < n;) {
      core::Transaction transaction;
      for (std::size_t j = 0; j < kBatch && i < n; ++j, ++i) {
        transaction.puts.push_back({key_path(i), Bytes(kValueBytes, static_cast<std::uint8_t>(i))});
      }
      HSM_ASSERT(store_->commit(std::move(transaction)).has_value());
    }
  }
  static FilledStore& of(std::size_t n) {
    static std::map<std::size_t, std::unique_ptr<FilledStore>> stores;
    auto& store = stores[n];
    if (!store) store = std::make_unique<FilledStore>(n);
    return *store;
  }
  storage::SqliteStore& store() { return *store_; }
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<storage::SqliteStore> store_;
};

void BM_RawSync(benchmark::State& state) {
  const test::TemporaryFolder folder;
  const int fd = ::open(folder.file("raw").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const Bytes record(kValueBytes, 1);
  for (auto _ : state) {
    HSM_ASSERT(::write(fd, record.data(), record.size()) == ssize_t{kValueBytes});
    HSM_ASSERT(::fdatasync(fd) == 0);
  }
  ::close(fd);
}
BENCHMARK(BM_RawSync)->UseRealTime();

void BM_Commit(benchmark::State& state) {
  static storage::SqliteStore* store = nullptr;
  static storage::SqliteStore::Counts before;
  if (state.thread_index() == 0) {
    store = &FilledStore::of(1000).store();
    before = store->counts();
  }
  std::size_t i = static_cast<std::size_t>(state.thread_index());
  for (auto _ : state) {
    const auto path = key_path(i++ % 1000);
    HSM_ASSERT(store->commit({.expectations = {}, .puts = {{path, Bytes(kValueBytes, 7)}}, .deletes = {}}).has_value());
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    const auto counts = store->counts();
    state.counters["per_sync"] = static_cast<double>(counts.transactions - before.transactions) /
                                 static_cast<double>(counts.disk_writes - before.disk_writes);
  }
}
BENCHMARK(BM_Commit)->Threads(1)->Threads(8)->Threads(64)->UseRealTime();

void BM_Get(benchmark::State& state) {
  auto& store = FilledStore::of(static_cast<std::size_t>(state.range(0))).store();
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 7919) % static_cast<std::size_t>(state.range(0));
    HSM_ASSERT(store.get(key_path(i)).value().has_value());
  }
}
BENCHMARK(BM_Get)->Arg(1000)->Arg(200000);

void BM_List25(benchmark::State& state) {
  auto& store = FilledStore::of(static_cast<std::size_t>(state.range(0))).store();
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 7919) % (static_cast<std::size_t>(state.range(0)) - kPage - 1);
    HSM_ASSERT(store.list("keys/", key_path(i), kPage).value().size() == kPage);
  }
}
BENCHMARK(BM_List25)->Arg(1000)->Arg(200000);

// The same through the seal.
void BM_SealedGet(benchmark::State& state) {
  SystemRandom random;
  storage::SealingStore store(FilledStore::of(1000).store(), SecretBytes(storage::kRecordKeyBytes), Bytes{1}, random);
  HSM_ASSERT(store.commit({.expectations = {}, .puts = {{"sealed", Bytes(kValueBytes)}}, .deletes = {}}).has_value());
  for (auto _ : state) HSM_ASSERT(store.get("sealed").value().has_value());
}
BENCHMARK(BM_SealedGet);

}  // namespace
}  // namespace hsm

BENCHMARK_MAIN();
