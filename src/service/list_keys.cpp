#include "service/keys.h"

namespace hsm::service {
namespace {

// Listings ask for one record more than they show, to know whether another page follows.
std::optional<std::string> next_of(std::vector<core::Record>& records, std::size_t limit) {
  if (records.size() <= limit) return std::nullopt;
  records.pop_back();
  return records.back().path;
}

}  // namespace

Result<Page<core::KeyRecord>> Keys::list(const std::string& after, std::size_t limit) {
  HSM_TRY(std::vector<core::Record> records, store_.list(core::kKeysPrefix, after, limit + 1));
  Page<core::KeyRecord> page;
  page.next = next_of(records, limit);
  for (const core::Record& record : records) {
    HSM_TRY(const core::KeyHead head, core::decode_key_head(record.value));
    auto latest = version_of(head.name, head.latest);
    if (!latest && latest.error().code == Errc::kKeyNotFound) continue;  // purged between the two reads
    if (!latest) return std::unexpected(latest.error());
    page.items.push_back(std::move(*latest));
  }
  return page;
}

Result<Page<core::KeyRecord>> Keys::list_versions(const core::KeyName& name, const std::string& after,
                                                  std::size_t limit) {
  Page<core::KeyRecord> page;
  HSM_TRY(const std::optional<StoredHead> head, head_at(core::key_path(name)));
  if (!head) return page;  // an unknown key has no versions: 200 with an empty list (reference/keys-api.md §1.3)
  HSM_TRY(std::vector<core::Record> records, store_.list(core::version_prefix(name), after, limit + 1));
  page.next = next_of(records, limit);
  for (const core::Record& record : records) {
    HSM_TRY(core::KeyRecord version, core::decode_key_record(record.value));
    page.items.push_back(std::move(version));
  }
  return page;
}

Result<Page<DeletedKey>> Keys::list_deleted(const std::string& after, std::size_t limit) {
  HSM_TRY(std::vector<core::Record> records, store_.list(core::kDeletedKeysPrefix, after, limit + 1));
  Page<DeletedKey> page;
  page.next = next_of(records, limit);
  for (const core::Record& record : records) {
    HSM_TRY(core::KeyHead head, core::decode_key_head(record.value));
    auto latest = version_of(head.name, head.latest);
    if (!latest && latest.error().code == Errc::kKeyNotFound) continue;
    if (!latest) return std::unexpected(latest.error());
    page.items.push_back({std::move(head), std::move(*latest)});
  }
  return page;
}

}  // namespace hsm::service
