#include "service/due_keys.h"

#include <vector>

#include "base/guid.h"
#include "base/log.h"
#include "core/due_date.h"
#include "core/operation.h"

namespace hsm::service {
namespace {

constexpr std::size_t kPage = 64;  // index entries read at once

constexpr std::string_view kRotateIfDue = "KeyRotateIfDue";

}  // namespace

DueKeys::Done DueKeys::run(const std::stop_token& stop) {
  Done done;
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
