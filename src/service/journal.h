#pragma once
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "core/key_name.h"
#include "core/ports/audit_sink.h"
#include "core/ports/store.h"

namespace hsm::service {

// Operation is what a use case needs to know of the request it serves. `event.key_id` comes as the key's id without a
// version; a change adds the version it makes or changes, commits the event and sets `recorded`.
struct Operation {
  TimePoint now;
  core::AuditEvent event;
  bool recorded = false;
};

// add_version completes `key_uri`, the event's key id as it came, for the audit record.
void add_version(Operation& operation, const std::string& key_uri, const core::KeyVersion& version);

// Journal makes a change and its audit record durable together (design §8): the record goes into the store in the
// change's own transaction (the outbox), then into the log, and leaves the outbox with a later transaction. So no crash
// leaves a change without its record. Thread-safe.
class Journal {
 public:
  Journal(core::Store& store, core::AuditSink& sink) : store_(store), sink_(sink) {}

  // recover moves what a crash left in the outbox into the log. `logged` holds the correlation ids of the changes that
  // the log's end already has: of successes alone, since a change whose outcome the store could not tell was refused
  // and logged as that under the same id. Call once, before the first commit.
  Status recover(const std::unordered_set<std::string>& logged);

  // commit makes the transaction durable, with the operation's event as its audit record (http_status is set to
  // `status`). On success the change has happened and its record is on stable storage; kConflict: nothing happened.
  // kUnavailable: the caller refuses the request. If operation.recorded is set, the change has happened and only the
  // log did not take its record: it gets it before the next change, or at the next start. Until then no change is made.
  // If the store could not say whether the change has happened, it is asked again before the next change.
  Status commit(core::Transaction transaction, Operation& operation, int status = 200);

  // tidy takes what the log has out of the outbox without waiting for the next change. Call it soon after changes: a
  // start looks for the outbox's records in the log's end only, and logs again what has moved further away.
  Status tidy();

 private:
  struct Record {
    std::string path;  // in the outbox
    core::AuditEvent event;
  };
  Status commit_with_drained(core::Transaction transaction);
  Status log(std::vector<Record> records);
  Status log_leftovers();
  Status settle_uncertain();

  core::Store& store_;
  core::AuditSink& sink_;
  std::mutex mutex_;
  std::vector<std::string> drained_;  // outbox paths that are in the log, to be deleted by the next transaction
  std::vector<Record> leftovers_;     // what the log refused; no more than requests in flight
  std::vector<Record> uncertain_;     // of changes that may have happened; no more than requests in flight
};

}  // namespace hsm::service
