#pragma once
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "audit/log_config.h"
#include "audit/log_writer.h"
#include "base/clock.h"
#include "base/fd.h"
#include "core/ports/audit_sink.h"

namespace hsm::audit {

// LogStatistics counts since the log was opened; for metrics and tests.
struct LogStatistics {
  std::uint64_t records = 0;
  std::uint64_t flushes = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t refused = 0;        // calls that were answered kUnavailable
  std::uint64_t last_sequence = 0;  // of any line
};

// FileAuditLog is one instance's audit log: chained JSON lines in files audit-00000001.jsonl … of one directory, and
// audit.head, the newest signed checkpoint. Thread-safe. Two threads of its own: one flushes, one signs.
//
// It fails closed: when a line can't be written or flushed, calls return kUnavailable until it works again; half a
// line is never left behind for a reader. An event may be in the log although append_durable failed.
class FileAuditLog final : public core::AuditSink {
 public:
  // open continues the log in config.directory, or begins one. What a power loss left of the last line is removed, and
  // a line is added that says so. `clock` must outlive the log.
  // kConflict: another process has it open. kUnavailable: the disk refuses. kInternal: what is there is not a log that
  // can be continued; if its end was cut off, lines that audit.head vouches for are missing. The operator moves the
  // directory away, as evidence, and a new log begins.
  static Result<std::unique_ptr<FileAuditLog>> open(LogConfig config, const Clock& clock);
  ~FileAuditLog() override;  // closes

  Status append(std::span<const core::AuditEvent> events) override;
  Status append_durable(std::span<const core::AuditEvent> events) override;

  // set_signer is called once a partition is open; until then records are chained and get signed later. kConflict: the
  // log was signed with another key. The signer must work until close returns.
  Status set_signer(Signer signer);

  // checkpoint signs the log as it is now, if anything in it is not signed yet, and returns when the signature is on
  // stable storage and in audit.head. kUnavailable: no signer, or it failed; it is tried again later.
  Status checkpoint();

  // close signs the end, flushes and stops; later appends are refused. The destructor does it, too, and logs failures.
  Status close();

  // recent_correlation_ids returns those of the last records of successes (config.recent_ids_max at most), oldest
  // first, as they stood when the log was opened: what the outbox finds among them needs not be drained again. The
  // record of a failure stands for no change, so it does not count.
  const std::vector<std::string>& recent_correlation_ids() const { return recent_ids_; }

  LogStatistics statistics() const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  using SteadyTime = std::chrono::steady_clock::time_point;

  FileAuditLog(std::unique_ptr<const LogConfig> config, const Clock& clock, Fd directory_lock, LogWriter writer,
               std::vector<std::string> recent_ids);
  Status write(std::span<const core::AuditEvent> events, bool durable);
  Status accepts_events() const;
  template <class Lines>
  Status append_lines(const Lines& lines);
  Status wait_until_flushed(Lock& lock);
  bool unflushed() const { return writer_.end().sequence > flushed_until_; }
  void flush_loop();
  void flush(Lock& lock);
  bool checkpoint_due() const { return writer_.lines_to_sign() >= config_->checkpoint_records; }
  void checkpoint_loop();
  Status sign_end();

  const std::unique_ptr<const LogConfig> config_;
  const Clock& clock_;
  const Fd directory_lock_;
  const std::vector<std::string> recent_ids_;

  std::mutex signing_mutex_;  // held while a checkpoint is made, so that audit.head never goes back; before mutex_
  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable flush_wanted_;
  std::condition_variable flush_ended_;
  std::condition_variable checkpoint_wanted_;
  LogWriter writer_;
  std::shared_ptr<const Signer> signer_;
  LogStatistics statistics_;
  std::uint64_t flushed_until_ = 0;   // sequence numbers
  std::uint64_t durable_wanted_ = 0;  // somebody waits for this one
  SteadyTime first_unflushed_;
  SteadyTime first_unsigned_;
  std::uint64_t flush_failures_ = 0;
  bool flush_failing_ = false;
  bool closing_ = false;   // no more events
  bool stopping_ = false;  // no more lines: the threads end

  std::thread flusher_;
  std::thread checkpointer_;
};

}  // namespace hsm::audit
