#include "audit/log_writer.h"

namespace hsm::audit {

LogWriter::LogWriter(const LogConfig& config, const Clock& clock, const LogEnd& end, std::shared_ptr<Segment> segment)
    : config_(&config),
      clock_(&clock),
      record_writer_(config.identity),
      end_(end.chain),
      public_key_(end.public_key),
      signed_until_(end.signed_until),
      last_unsigned_(end.last_unsigned),
      segment_(std::move(segment)) {}

Result<LogWriter> LogWriter::open(const LogConfig& config, const Clock& clock, const LogEnd& end) {
  HSM_TRY(auto segment, Segment::open(config.directory, end.segment_number, end.segment_size, config.disk));
  return LogWriter(config, clock, end, std::move(segment));
}

// write lets `fill` add lines to a batch, behind the file's header if it is due, and appends them.
template <class Fill>
Status LogWriter::write(Fill fill) {
  batch_.restart(end_);
  const bool begins = segment_->size() == 0;
  if (begins) {
    append_members(batch_.begin_line(clock_->now()), SegmentHeader{segment_->number(), public_key_});
    batch_.end_line();
  }
  const std::uint64_t header_sequence = batch_.end().sequence;
  fill(batch_);
  HSM_CHECK(segment_->append(batch_.text()));
  end_ = batch_.end();
  if (begins) last_unsigned_ = header_sequence;
  return {};
}

void LogWriter::append_records(LineBatch& batch, const core::AuditEvent& event) {
  record_writer_.append_members(batch.begin_line(event.time), event);
  batch.end_line();
  if (event.parts.empty()) return;
  PartWriter parts = record_writer_.part_writer(event);
  for (const core::AuditPart& part : event.parts) {
    parts.append_members(batch.begin_line(event.time), part);
    batch.end_line();
  }
}

Status LogWriter::append(std::span<const core::AuditEvent> events) {
  HSM_CHECK(write([&events, this](LineBatch& batch) {
    for (const core::AuditEvent& event : events) append_records(batch, event);
  }));
  last_unsigned_ = end_.sequence;
  return {};
}

Status LogWriter::append(const Checkpoint& checkpoint) {
  HSM_CHECK(write([&checkpoint](LineBatch& batch) {
    append_members(batch.begin_line(checkpoint.time), checkpoint);
    batch.end_line();
  }));
  signed_until_ = checkpoint.sequence;
  return {};
}

Status LogWriter::append(const Recovery& recovery) {
  HSM_CHECK(write([&recovery, this](LineBatch& batch) {
    append_members(batch.begin_line(clock_->now()), recovery);
    batch.end_line();
  }));
  last_unsigned_ = end_.sequence;
  return {};
}

Status LogWriter::next_segment() {
  HSM_TRY(segment_, Segment::open(config_->directory, segment_->number() + 1, 0, config_->disk));
  return {};
}

}  // namespace hsm::audit
