// What the audit log costs a request: a record's rendering, hash and share of one write; the flush that waiters share;
// and reading it all again. Beside them, in the same run, what bounds them: the bare hash and the bare write.
#include <benchmark/benchmark.h>
#include <fcntl.h>

#include <cstdlib>
#include <filesystem>

#include "audit/log.h"
#include "audit/verify.h"
#include "base/assert.h"
#include "base/fd.h"
#include "crypto/digest.h"

namespace hsm::audit {
namespace {

class Directory {
 public:
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "audit-bench-XXXXXX";
    HSM_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

core::AuditEvent sign_event() {
  auto caller = std::make_shared<core::Caller>();
  caller->object_id = "11111111-2222-3333-4444-555555555555";
  caller->application_id = "66666666-7777-8888-9999-000000000000";
  return {.time = SystemClock().now(),
          .operation_name = "KeySign",
          .operation_version = "7.4",
          .http_status = 200,
          .duration = std::chrono::microseconds(800),
          .caller_address = "192.0.2.7",
          .caller = std::move(caller),
          .client_info = "azsdk-python-keyvault-keys/4.9.0 Python/3.11.2 (Linux-6.1.0-x86_64-with-glibc2.36)",
          .correlation_id = "00000000-0000-0000-0000-000000000001",
          .request_uri = "https://pool.managedhsm.example.net/keys/key/0123456789abcdef0123456789abcdef/sign",
          .key_id = "https://pool.managedhsm.example.net/keys/key/0123456789abcdef0123456789abcdef",
          .algorithm = "RS256",
          .data_action = "Microsoft.KeyVault/managedHsm/keys/sign/action",
          .scope = "/keys/key",
          .assignment_id = "99999999-0000-1111-2222-333333333333",
          .tls_version = "TLSv1.3"};
}

std::unique_ptr<FileAuditLog> open_in(const std::filesystem::path& directory) {
  static const SystemClock clock;
  LogConfig config;
  config.directory = directory;
  config.identity = {"22222222-0000-0000-0000-000000000000", "33333333-0000-0000-0000-000000000000", "group", "pool"};
  auto log = FileAuditLog::open(std::move(config), clock);
  HSM_ASSERT(log);
  return std::move(*log);
}

std::size_t line_bytes() {
  LineBatch batch;
  batch.restart({});
  RecordWriter({}).append_members(batch.begin_line(SystemClock().now()), sign_event());
  batch.end_line();
  return batch.text().size();
}

void count_records(benchmark::State& state, std::int64_t records) {
  state.SetItemsProcessed(records);
  state.counters["line_bytes"] = static_cast<double>(line_bytes());
}

void BM_Append(benchmark::State& state) {
  const Directory directory;
  const auto log = open_in(directory.path());
  const std::vector<core::AuditEvent> turn(static_cast<std::size_t>(state.range(0)), sign_event());
  for (auto _ : state) {
    while (!log->append(turn)) std::this_thread::yield();  // the disk may be slower than the benchmark
  }
  count_records(state, state.iterations() * state.range(0));
}
BENCHMARK(BM_Append)->Arg(1)->Arg(8)->Arg(64);

void BM_Render(benchmark::State& state) {
  RecordWriter writer({"22222222-0000-0000-0000-000000000000", "33333333", "group", "pool"});
  const core::AuditEvent event = sign_event();
  LineBatch batch;
  for (auto _ : state) {
    batch.restart({});
    writer.append_members(batch.begin_line(event.time), event);
    batch.end_line();
    benchmark::DoNotOptimize(batch.text().data());
  }
  count_records(state, state.iterations());
}
BENCHMARK(BM_Render);

void BM_BareHashOfALine(benchmark::State& state) {
  const Bytes line(line_bytes(), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crypto::sha256(line));
}
BENCHMARK(BM_BareHashOfALine);

void BM_BareWriteOfALine(benchmark::State& state) {
  const Directory directory;
  const Fd file(::open((directory.path() / "file").c_str(), O_WRONLY | O_CREAT, 0600));
  const Bytes line(line_bytes(), 'x');
  off_t at = 0;
  for (auto _ : state) at += ::pwrite(file.get(), line.data(), line.size(), at % (128 << 20));
}
BENCHMARK(BM_BareWriteOfALine);

void BM_BareFlushOfALine(benchmark::State& state) {
  const Directory directory;
  const Fd file(::open((directory.path() / "file").c_str(), O_WRONLY | O_CREAT, 0600));
  const Bytes line(line_bytes(), 'x');
  off_t at = 0;
  for (auto _ : state) {
    at += ::pwrite(file.get(), line.data(), line.size(), at);
    ::fdatasync(file.get());
  }
}
BENCHMARK(BM_BareFlushOfALine)->UseRealTime();

std::unique_ptr<Directory> shared_directory;
std::unique_ptr<FileAuditLog> shared_log;

void BM_AppendDurable(benchmark::State& state) {
  const std::vector<core::AuditEvent> one{sign_event()};
  for (auto _ : state) HSM_ASSERT(shared_log->append_durable(one));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_AppendDurable)
    ->Setup([](const benchmark::State&) {
      shared_directory = std::make_unique<Directory>();
      shared_log = open_in(shared_directory->path());
    })
    ->Teardown([](const benchmark::State&) {
      shared_log.reset();
      shared_directory.reset();
    })
    ->Threads(1)
    ->Threads(8)
    ->Threads(64)
    ->UseRealTime();

void BM_Verify(benchmark::State& state) {
  const Directory directory;
  constexpr std::size_t kRecords = 20'000;
  HSM_ASSERT(open_in(directory.path())->append(std::vector<core::AuditEvent>(kRecords, sign_event())));
  for (auto _ : state) {
    const auto report = verify({.path = directory.path(), .need_head = false});
    HSM_ASSERT(report && !report->finding && report->records == kRecords);
  }
  count_records(state, state.iterations() * static_cast<std::int64_t>(kRecords));
}
BENCHMARK(BM_Verify);

}  // namespace
}  // namespace hsm::audit

BENCHMARK_MAIN();
