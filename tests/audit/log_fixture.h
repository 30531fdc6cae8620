#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "audit/log.h"
#include "audit/verify.h"
#include "base/assert.h"
#include "crypto/ed25519.h"

namespace hsm::audit::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    // In memory where that is possible: the tables change a file thousands of times.
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = ::access(memory.c_str(), W_OK) == 0;
    std::string name = (in_memory ? memory : std::filesystem::temp_directory_path()) / "audit-test-XXXXXX";
    HSM_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class FixedClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(std::chrono::milliseconds(1'700'000'000'123)); }
};

inline crypto::Ed25519Key audit_key(std::uint8_t seed = 1) {
  SecretBytes bytes(crypto::kEd25519SeedBytes);
  bytes.writable()[0] = seed;
  return crypto::Ed25519Key(bytes);
}

inline Signer signer_with(std::uint8_t seed = 1) {
  const auto key = std::make_shared<const crypto::Ed25519Key>(audit_key(seed));
  return {copy_of(key->public_key()), [key](ByteView message) -> Result<Bytes> { return copy_of(key->sign(message)); }};
}

inline core::AuditEvent event(const std::string& correlation_id = "00000000-0000-0000-0000-000000000001") {
  core::AuditEvent event;
  event.time = FixedClock().now();
  event.operation_name = "KeySign";
  event.operation_version = "7.4";
  event.http_status = 200;
  event.duration = std::chrono::microseconds(1500);
  event.caller_address = "192.0.2.7";
  auto caller = std::make_shared<core::Caller>();
  caller->object_id = "11111111-2222-3333-4444-555555555555";
  caller->application_id = "66666666-7777-8888-9999-000000000000";
  event.caller = std::move(caller);
  event.client_info = "azsdk-python-keyvault-keys/4.9.0 Python/3.11.2";
  event.correlation_id = correlation_id;
  event.request_uri = "https://pool.managedhsm.example.net/keys/k/v/sign";
  event.key_id = "https://pool.managedhsm.example.net/keys/k/v";
  event.algorithm = "RS256";
  event.data_action = "Microsoft.KeyVault/managedHsm/keys/sign/action";
  event.scope = "/keys/k";
  event.assignment_id = "99999999-0000-1111-2222-333333333333";
  event.tls_version = "TLSv1.3";
  return event;
}

inline std::vector<core::AuditEvent> events(std::size_t count, const std::string& prefix = "id-") {
  std::vector<core::AuditEvent> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(event(prefix + std::to_string(i)));
  return all;
}

inline LogIdentity identity() {
  return {"22222222-0000-0000-0000-000000000000", "33333333-0000-0000-0000-00000000abcd", "my-group", "pool"};
}

// A log whose threads do nothing by themselves soon: a test asks for flushes and checkpoints.
inline LogConfig config_in(const std::filesystem::path& directory) {
  LogConfig config;
  config.directory = directory;
  config.identity = identity();
  config.flush_delay = std::chrono::hours(1);
  config.checkpoint_delay = std::chrono::hours(1);
  config.retry_delay = std::chrono::milliseconds(1);
  config.checkpoint_records = 1'000'000;
  return config;
}

inline std::unique_ptr<FileAuditLog> open_log(LogConfig config) {
  static const FixedClock clock;
  auto log = FileAuditLog::open(std::move(config), clock);
  HSM_ASSERT(log);
  return std::move(*log);
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline std::vector<std::string> lines_of(const std::string& content) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = content.find('\n', at);
    if (end == std::string::npos) break;
    lines.push_back(content.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string content;
  for (const std::string& line : lines) content += line + '\n';
  return content;
}

inline VerifyReport verified(const std::filesystem::path& path) {
  auto report = verify({.path = path});
  HSM_ASSERT(report);
  return *report;
}

inline std::string first_file(const std::filesystem::path& directory) {
  return directory / "audit-00000001.jsonl";
}

}  // namespace hsm::audit::test
