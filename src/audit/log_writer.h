#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "audit/chain.h"
#include "audit/line.h"
#include "audit/log_config.h"
#include "audit/recovery.h"
#include "audit/segment.h"
#include "base/clock.h"
#include "core/audit_event.h"

namespace hsm::audit {

// LogWriter appends lines to the chain and begins each file with its header. Not thread-safe: FileAuditLog guards it.
// An append writes all of its lines in one call, or none. Errors: kUnavailable.
class LogWriter {
 public:
  // open goes on where the log ends. `config` and `clock` must outlive it.
  static Result<LogWriter> open(const LogConfig& config, const Clock& clock, const LogEnd& end);

  Status append(std::span<const core::AuditEvent> events);
  Status append(const Checkpoint& checkpoint);
  Status append(const Recovery& recovery);

  const ChainEnd& end() const { return end_; }
  // lines_to_sign is 0 if checkpoints vouch for everything that is no checkpoint itself.
  std::uint64_t lines_to_sign() const { return last_unsigned_ > signed_until_ ? end_.sequence - signed_until_ : 0; }

  const Bytes& public_key() const { return public_key_; }
  void set_public_key(Bytes key) { public_key_ = std::move(key); }

  const std::shared_ptr<Segment>& segment() const { return segment_; }
  bool segment_full() const { return segment_->size() >= config_->segment_bytes_max; }
  // next_segment begins a new file. All of the present one must be on stable storage: recovery counts on it.
  Status next_segment();

 private:
  LogWriter(const LogConfig& config, const Clock& clock, const LogEnd& end, std::shared_ptr<Segment> segment);
  template <class Fill>
  Status write(Fill fill);
  void append_records(LineBatch& batch, const core::AuditEvent& event);

  const LogConfig* config_;
  const Clock* clock_;
  RecordWriter record_writer_;
  LineBatch batch_;
  ChainEnd end_;
  Bytes public_key_;
  std::uint64_t signed_until_;
  std::uint64_t last_unsigned_;
  std::shared_ptr<Segment> segment_;
};

}  // namespace hsm::audit
