#include "service/journal.h"

#include <utility>

#include "base/log.h"

namespace hsm::service {
namespace {

const std::string kOutbox = "outbox/";
constexpr std::size_t kOutboxPage = 256;

}  // namespace

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
  operation.event.http_status = status;
  const std::string outbox_path = kOutbox + operation.event.correlation_id;
  transaction.puts.push_back({outbox_path, core::encode(operation.event)});
  std::vector<std::string> drained;
  {
    const std::lock_guard lock(mutex_);
    drained.swap(drained_);
  }
  transaction.deletes.insert(transaction.deletes.end(), drained.begin(), drained.end());
  const auto committed = store_.commit(std::move(transaction));
  if (!committed) {
    const std::lock_guard lock(mutex_);
    drained_.insert(drained_.end(), drained.begin(), drained.end());
    return std::unexpected(committed.error());
  }
  HSM_CHECK(sink_.append_durable({&operation.event, 1}));
  operation.recorded = true;
  const std::lock_guard lock(mutex_);
  drained_.push_back(outbox_path);
  return {};
}

}  // namespace hsm::service
