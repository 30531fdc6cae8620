#include "audit/log.h"

#include <fcntl.h>
#include <sys/file.h>

#include "audit/head_file.h"
#include "audit/recovery.h"
#include "base/log.h"

namespace hsm::audit {
namespace {

using std::chrono::steady_clock;

Result<Fd> lock_directory(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "audit.lock";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return disk_failed("opening", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::kConflict, "the audit log is in use", path.string() + " is locked by another process");
  }
  return file;
}

Result<Fd> enter_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  if (error)
    return fail(Errc::kUnavailable, "the audit log is not available", directory.string() + ": " + error.message());
  return lock_directory(directory);
}

// make_checkpoint has the line signed, and checks the signature: one that does not hold would make verify cry wolf.
Result<Checkpoint> make_checkpoint(const Signer& signer, const ChainEnd& end, TimePoint time) {
  Checkpoint checkpoint{end.sequence, end.hash, iso8601(time), signer.public_key, {}};
  HSM_TRY(checkpoint.signature, signer.sign(signed_message(checkpoint)));
  if (!signature_holds(checkpoint)) return fail(Errc::kInternal, "a partition made a wrong signature");
  return checkpoint;
}

}  // namespace

Result<std::unique_ptr<FileAuditLog>> FileAuditLog::open(LogConfig given, const Clock& clock) {
  auto config = std::make_unique<const LogConfig>(std::move(given));
  HSM_TRY(Fd directory_lock, enter_directory(config->directory));
  HSM_TRY(LogEnd end, recover(config->directory, config->recent_ids_max));
  HSM_TRY(LogWriter writer, LogWriter::open(*config, clock, end));
  if (end.needs_note) {
    HSM_CHECK(writer.append(end.recovery));
    log::warn("audit log {}: {} bytes of a torn line removed, {} lines were not signed, audit.head {}",
              config->directory.string(), end.recovery.removed_bytes, end.recovery.unsigned_lines,
              end.recovery.head_missing ? "is missing" : "is in order");
  }
  return std::unique_ptr<FileAuditLog>(new FileAuditLog(std::move(config), clock, std::move(directory_lock),
                                                        std::move(writer), std::move(end.recent_ids)));
}

FileAuditLog::FileAuditLog(std::unique_ptr<const LogConfig> config, const Clock& clock, Fd directory_lock,
                           LogWriter writer, std::vector<std::string> recent_ids)
    : config_(std::move(config)),
      clock_(clock),
      directory_lock_(std::move(directory_lock)),
      recent_ids_(std::move(recent_ids)),
      writer_(std::move(writer)),
      first_unflushed_(steady_clock::now()),
      first_unsigned_(first_unflushed_) {
  // flushed_until_ is 0: what a killed process wrote last may not be on stable storage yet.
  flusher_ = std::thread([this] { flush_loop(); });
  checkpointer_ = std::thread([this] { checkpoint_loop(); });
}

FileAuditLog::~FileAuditLog() {
  if (const Status closed = close(); !closed) {
    log::warn("closing the audit log {}: {}; {}", config_->directory.string(), closed.error().message,
              closed.error().detail);
  }
}

Status FileAuditLog::append(std::span<const core::AuditEvent> events) {
  return write(events, config_->strict);
}

Status FileAuditLog::append_durable(std::span<const core::AuditEvent> events) {
  return write(events, true);
}

Status FileAuditLog::write(std::span<const core::AuditEvent> events, bool durable) {
  if (events.empty()) return {};
  Lock lock(mutex_);
  Status status = accepts_events();
  if (status) status = append_lines(events);
  if (status) {
    for (const core::AuditEvent& event : events) statistics_.records += 1 + event.parts.size();
    if (durable) status = wait_until_flushed(lock);
  }
  if (!status) ++statistics_.refused;
  return status;
}

Status FileAuditLog::accepts_events() const {
  if (closing_) return fail(Errc::kUnavailable, "the audit log is closed");
  if (writer_.segment()->unflushed_bytes() > kUnflushedBytesMax) {
    return fail(Errc::kUnavailable, "the audit log is not available", "its disk does not keep up");
  }
  return {};
}

// append_lines appends, and wakes the thread that now has something to do. The lock is held.
template <class Lines>
Status FileAuditLog::append_lines(const Lines& lines) {
  if (flush_failing_) return fail(Errc::kUnavailable, "the audit log is not available", "its disk cannot be flushed");
  const bool idle = !unflushed();
  const std::uint64_t unsigned_before = writer_.lines_to_sign();
  HSM_CHECK(writer_.append(lines));
  if (idle) {
    first_unflushed_ = steady_clock::now();
    flush_wanted_.notify_one();
  }
  if (unsigned_before == 0) first_unsigned_ = steady_clock::now();
  const bool many = unsigned_before < config_->checkpoint_records && checkpoint_due();
  if (signer_ && (unsigned_before == 0 || many)) checkpoint_wanted_.notify_one();
  return {};
}

Status FileAuditLog::wait_until_flushed(Lock& lock) {
  const std::uint64_t last = writer_.end().sequence;
  const std::uint64_t failures = flush_failures_;
  durable_wanted_ = last;
  flush_wanted_.notify_one();
  flush_ended_.wait(lock, [&] { return flushed_until_ >= last || flush_failures_ != failures; });
  if (flushed_until_ >= last) return {};
  return fail(Errc::kUnavailable, "the audit log is not available", "its disk cannot be flushed");
}

void FileAuditLog::flush_loop() {
  Lock lock(mutex_);
  while (true) {
    flush_wanted_.wait(lock, [this] { return stopping_ || unflushed(); });
    if (!unflushed()) return;
    flush_wanted_.wait_until(lock, first_unflushed_ + config_->flush_delay,
                             [this] { return stopping_ || durable_wanted_ > flushed_until_; });
    flush(lock);
    if (!flush_failing_) continue;
    if (stopping_) return;
    flush_wanted_.wait_for(lock, config_->retry_delay, [this] { return stopping_; });
  }
}

// flush puts what is written now on stable storage. Others may append meanwhile; but not to a full file, since nothing
// may be left to flush in it when the next one begins.
void FileAuditLog::flush(Lock& lock) {
  const std::shared_ptr<Segment> segment = writer_.segment();
  const bool full = writer_.segment_full();
  const std::uint64_t until = writer_.end().sequence;
  const std::uint64_t size = segment->size();
  const SteadyTime began = steady_clock::now();
  if (!full) lock.unlock();
  Status status = segment->flush();
  if (!full) lock.lock();
  if (status) {
    segment->confirm(size);
    flushed_until_ = until;
    first_unflushed_ = began;
    ++statistics_.flushes;
    if (full) status = writer_.next_segment();
  } else {
    ++flush_failures_;
  }
  if (!status && !flush_failing_) log::error("audit log: {}", status.error().detail);
  flush_failing_ = flushed_until_ < until;
  flush_ended_.notify_all();
}

void FileAuditLog::checkpoint_loop() {
  Lock lock(mutex_);
  bool failing = false;
  while (!stopping_) {
    checkpoint_wanted_.wait(lock, [this] { return stopping_ || (signer_ && writer_.lines_to_sign() > 0); });
    checkpoint_wanted_.wait_until(lock, first_unsigned_ + config_->checkpoint_delay,
                                  [this] { return stopping_ || checkpoint_due(); });
    if (stopping_) return;
    lock.unlock();
    const Status status = sign_end();
    lock.lock();
    if (!status && !failing)
      log::warn("audit log: no checkpoint: {}; {}", status.error().message, status.error().detail);
    failing = !status;
    if (failing) checkpoint_wanted_.wait_for(lock, config_->checkpoint_delay, [this] { return stopping_; });
  }
}

Status FileAuditLog::sign_end() {
  const std::lock_guard signing(signing_mutex_);
  Lock lock(mutex_);
  if (writer_.lines_to_sign() == 0) return {};
  if (!signer_) return fail(Errc::kUnavailable, "the instance has no audit key yet");
  const std::shared_ptr<const Signer> signer = signer_;
  const ChainEnd end = writer_.end();
  lock.unlock();
  HSM_TRY(const Checkpoint checkpoint, make_checkpoint(*signer, end, clock_.now()));
  lock.lock();
  if (writer_.end().sequence + 2 - end.sequence > kCheckpointLagMax) {  // this line, and perhaps a file's header
    return fail(Errc::kUnavailable, "the signature came too late");
  }
  HSM_CHECK(append_lines(checkpoint));
  first_unsigned_ = steady_clock::now();
  ++statistics_.checkpoints;
  HSM_CHECK(wait_until_flushed(lock));
  lock.unlock();
  return write_head(config_->directory, checkpoint);
}

Status FileAuditLog::checkpoint() {
  return sign_end();
}

Status FileAuditLog::set_signer(Signer signer) {
  if (signer.public_key.size() != kPublicKeyBytes) return fail(Errc::kBadParameter, "invalid audit key");
  const Lock lock(mutex_);
  if (!writer_.public_key().empty() && writer_.public_key() != signer.public_key) {
    return fail(Errc::kConflict, "the audit log was signed with another key");
  }
  writer_.set_public_key(signer.public_key);
  signer_ = std::make_shared<const Signer>(std::move(signer));
  checkpoint_wanted_.notify_one();
  return {};
}

Status FileAuditLog::close() {
  bool can_sign = false;
  {
    const Lock lock(mutex_);
    if (closing_) return {};
    closing_ = true;
    can_sign = signer_ != nullptr;
  }
  const Status status = can_sign ? sign_end() : Status{};
  {
    const Lock lock(mutex_);
    stopping_ = true;
    flush_wanted_.notify_one();
    checkpoint_wanted_.notify_one();
  }
  checkpointer_.join();
  flusher_.join();
  if (unflushed()) return fail(Errc::kUnavailable, "the audit log is not available", "its end is not flushed");
  return status;
}

LogStatistics FileAuditLog::statistics() const {
  const Lock lock(mutex_);
  LogStatistics now = statistics_;
  now.last_sequence = writer_.end().sequence;
  return now;
}

}  // namespace hsm::audit
