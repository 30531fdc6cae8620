#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "audit/chain.h"
#include "audit/log_config.h"
#include "audit/recovery.h"
#include "audit/segment.h"
#include "base/clock.h"
#include "core/audit_event.h"

namespace hsm::audit {

// LogWriter appends lines to the chain and begins a new file when one is full. Not thread-safe: FileAuditLog guards it.
// Each append writes all of its lines in one call or none; kUnavailable is its only error.
class LogWriter {
 public:
  // `config` and `clock` must outlive it.
  LogWriter(const LogConfig& config, const Clock& clock, const LogEnd& end);

  Status append(std::span<const core::AuditEvent> events);
  Status append(const Checkpoint& checkpoint);
  Status append(const Recovery& recovery);

  const ChainEnd& end() const { return end_; }
  // unsigned_lines counts the lines, other than checkpoints, that no checkpoint vouches for; about: after a checkpoint
  // it counts those that came while it was signed.
  bool has_unsigned() const { return last_unsigned_ > signed_until_; }
  std::uint64_t lines_since_signed() const { return has_unsigned() ? end_.sequence - signed_until_ : 0; }

  const Bytes& public_key() const { return public_key_; }
  void set_public_key(Bytes key) { public_key_ = std::move(key); }

  // A flush: take what has to be flushed; flush each outside of the lock, in order; confirm under it again.
  struct ToFlush {
    std::shared_ptr<Segment> segment;
    std::uint64_t size = 0;
  };
  std::vector<ToFlush> to_flush() const;
  void confirm(std::span<const ToFlush> flushed);

 private:
  template <class Fill>
  Status write(Fill fill);
  Status next_segment();

  const LogConfig& config_;
  const Clock& clock_;
  const RecordWriter record_writer_;
  LineBatch batch_;
  ChainEnd end_;
  Bytes public_key_;
  std::uint64_t signed_until_ = 0;
  std::uint64_t last_unsigned_ = 0;
  std::uint64_t segment_number_;
  std::uint64_t recovered_size_;
  std::vector<std::shared_ptr<Segment>> segments_;  // the last one is written to; those before wait for a flush
};

}  // namespace hsm::audit
