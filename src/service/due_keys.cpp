#include "service/due_keys.h"

#include <vector>

#include "base/guid.h"
#include "base/log.h"
#include "core/due_date.h"
#include "core/operation.h"

namespace hsm::service {
namespace {

constexpr std::size_t kPage = 64;  // index entries read at once

// Says that complete_index has been through the store.
const std::string kIndexComplete = "index/due";

constexpr std::string_view kRotateIfDue = "KeyRotateIfDue";

}  // namespace

DueKeys::Done DueKeys::run(const std::stop_token& stop) {
  Done done;
  if (const Status complete = complete_index(); !complete) {
    log::error("the keys that are due can't be indexed: {} {}", complete.error().message, complete.error().detail);
    return done;
  }
  const std::int64_t now = unix_seconds(clock_.now());
  std::string after;
  for (bool more = true; more;) {
    const auto page = store_.list(core::kDuePrefix, after, kPage);
    if (!page) {
      log::error("the keys that are due can't be read: {} {}", page.error().message, page.error().detail);
      return done;
    }
    for (const core::Record& entry : *page) {
      const auto due = core::parse_due_path(entry.path);
      if (stop.stop_requested() || (due && due->at > now)) return done;
      if (due) tend(due->name, done);
    }
    more = page->size() == kPage;
    if (more) after = page->back().path;
  }
  return done;
}

// Keys that were deleted before there was an index have no entry in it. Looked for once in the life of a store.
Status DueKeys::complete_index() {
  if (index_complete_) return {};
  HSM_TRY(const auto marker, store_.get(kIndexComplete));
  std::string after;
  for (bool more = !marker; more;) {
    HSM_TRY(const auto page, store_.list(core::kDeletedKeysPrefix, after, kPage));
    for (const core::Record& record : page) {
      HSM_TRY(const core::KeyHead head, core::decode_key_head(record.value));
      core::Transaction entry{.expectations = {{record.path, record.revision}}, .puts = {}, .deletes = {}};
      core::index_due_date(entry, nullptr, &head);
      // A conflict: it was changed meanwhile, and so indexed.
      const auto put = store_.commit(std::move(entry));
      if (!put && put.error().code != Errc::kConflict) return std::unexpected(put.error());
    }
    more = page.size() == kPage;
    if (more) after = page.back().path;
  }
  if (!marker) {
    HSM_TRY([[maybe_unused]] const core::Revision revision,
            store_.commit({.expectations = {}, .puts = {{kIndexComplete, {1}}}, .deletes = {}}));
  }
  index_complete_ = true;
  return {};
}

void DueKeys::tend(const core::KeyName& name, Done& done) {
  Operation rotation = operation_on(name, kRotateIfDue);
  Result<bool> changed = keys_.rotate_if_due(name, rotation);
  if (changed) {
    done.rotated += *changed ? 1 : 0;
    return;
  }
  if (changed.error().code == Errc::kKeyNotFound) {  // deleted, then
    Operation purge = operation_on(name, core::row(core::Operation::kPurgeDeletedKey).audit_name);
    changed = keys_.purge_if_due(name, purge);
    if (changed) {
      done.purged += *changed ? 1 : 0;
      return;
    }
  }
  ++done.failed;
  const Error& error = changed.error();
  log::error("key {} is due, but: {} {} {}", name.text(), hsm::name(error.code), error.message, error.detail);
}

Operation DueKeys::operation_on(const core::KeyName& name, std::string_view audit_name) {
  Operation operation{.now = clock_.now(), .event = {}};
  operation.event.time = operation.now;
  operation.event.operation_name = audit_name;
  operation.event.correlation_id = new_guid(random_).text();
  operation.event.key_id = base_url_ + "/keys/" + name.text();
  return operation;
}

}  // namespace hsm::service
