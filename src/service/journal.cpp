#include "service/journal.h"

#include <utility>

#include "base/log.h"

namespace hsm::service {
namespace {

const std::string kOutbox = "outbox/";
constexpr std::size_t kOutboxPage = 256;

}  // namespace

void add_version(Operation& operation, const std::string& key_uri, const core::KeyVersion& version) {
  if (!key_uri.empty()) operation.event.key_id = key_uri + "/" + version.text();
}

Status Journal::recover(const std::unordered_set<std::string>& logged) {
  std::string after;
  for (;;) {
    HSM_TRY(const std::vector<core::Record> page, store_.list(kOutbox, after, kOutboxPage));
    std::vector<core::AuditEvent> missing;
    for (const core::Record& record : page) {
      HSM_TRY(core::AuditEvent event, core::decode_audit_event(record.value));
      if (!logged.contains(event.correlation_id)) missing.push_back(std::move(event));
      drained_.push_back(record.path);
    }
    if (!missing.empty()) {
      log::warn("{} audit records of finished changes were not in the log yet: appending them", missing.size());
      HSM_CHECK(sink_.append_durable(missing));
    }
    if (page.size() < kOutboxPage) return {};
    after = page.back().path;
  }
}

Status Journal::commit(core::Transaction transaction, Operation& operation, int status) {
  HSM_CHECK(log_leftovers());
  operation.event.http_status = status;
  const std::string outbox_path = kOutbox + operation.event.correlation_id;
  transaction.puts.push_back({outbox_path, core::encode(operation.event)});
  const Status committed = commit_with_drained(std::move(transaction));
  if (!committed) {
    const std::lock_guard lock(mutex_);
    if (committed.error().code == Errc::kUnavailable) uncertain_.push_back({outbox_path, operation.event});
    return committed;
  }
  // From here on the outbox vouches for the record. A second one, of the refusal, would say that nothing happened, and
  // recovery would take it for the change's own.
  operation.recorded = true;
  return log({{outbox_path, operation.event}});
}

Status Journal::tidy() {
  {
    const std::lock_guard lock(mutex_);
    if (drained_.empty()) return {};
  }
  return commit_with_drained({});
}

Status Journal::commit_with_drained(core::Transaction transaction) {
  std::vector<std::string> drained;
  {
    const std::lock_guard lock(mutex_);
    drained.swap(drained_);
  }
  transaction.deletes.insert(transaction.deletes.end(), drained.begin(), drained.end());
  const auto committed = store_.commit(std::move(transaction));
  if (committed) return {};
  const std::lock_guard lock(mutex_);
  drained_.insert(drained_.end(), drained.begin(), drained.end());
  return std::unexpected(committed.error());
}

// The record went with its change, so where it is in the outbox the change has happened, although it was refused.
Status Journal::settle_uncertain() {
  for (;;) {
    Record record;
    {
      const std::lock_guard lock(mutex_);
      if (uncertain_.empty()) return {};
      record = uncertain_.back();
    }
    HSM_TRY(const auto found, store_.get(record.path));
    const std::lock_guard lock(mutex_);
    const auto same = [&record](const Record& other) { return other.path == record.path; };
    if (std::erase_if(uncertain_, same) > 0 && found) leftovers_.push_back(std::move(record));
  }
}

// A log that takes no records gets no changes either: no record, no effect.
Status Journal::log_leftovers() {
  HSM_CHECK(settle_uncertain());
  std::vector<Record> records;
  {
    const std::lock_guard lock(mutex_);
    records.swap(leftovers_);
  }
  return records.empty() ? Status{} : log(std::move(records));
}

Status Journal::log(std::vector<Record> records) {
  std::vector<core::AuditEvent> events;
  for (const Record& record : records) events.push_back(record.event);
  const Status logged = sink_.append_durable(events);
  const std::lock_guard lock(mutex_);
  for (Record& record : records) {
    if (logged) {
      drained_.push_back(std::move(record.path));
    } else {
      leftovers_.push_back(std::move(record));
    }
  }
  return logged;
}

}  // namespace hsm::service
