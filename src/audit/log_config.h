#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "audit/disk.h"
#include "audit/record.h"
#include "base/bytes.h"
#include "base/result.h"

namespace hsm::audit {

// LogConfig says where one instance's audit log lives and how it is kept. The defaults are for production.
struct LogConfig {
  std::filesystem::path directory;  // made (mode 0700) if it is missing; one process at a time
  LogIdentity identity;
  bool strict = false;  // append, too, returns only when its records are on stable storage

  std::uint64_t segment_bytes_max = 128ULL << 20;    // a file is followed by the next one when it has grown to this
  std::chrono::milliseconds flush_delay{5};          // design §8: on stable storage within 5 ms
  std::chrono::milliseconds retry_delay{100};        // between attempts while the disk fails
  std::uint32_t checkpoint_records = 10'000;         // sign after so many records,
  std::chrono::milliseconds checkpoint_delay{1000};  // or when a record has waited so long
  std::size_t recent_ids_max = 8192;                 // how many successes are remembered when the log is opened
  Disk disk;                                         // the system's calls, unless a test gives others
};

// kUnflushedBytesMax bounds what may wait for a disk that does not answer; beyond it events are refused.
inline constexpr std::size_t kUnflushedBytesMax = 64 << 20;

// Signer is the instance's audit key, which is inside of partitions (core::Partitions::sign_checkpoint).
struct Signer {
  Bytes public_key;                             // Ed25519, 32 bytes
  std::function<Result<Bytes>(ByteView)> sign;  // may block and may fail; called by one thread at a time
};

}  // namespace hsm::audit
