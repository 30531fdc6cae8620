#include "storage/sealing_store.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace hsm::storage {

using core::Change;
using core::Expectation;
using core::Record;
using core::Revision;
using core::Transaction;

namespace {

// Each failed attempt means that another writer of the same path succeeded, so this many is a storm.
constexpr int kAttemptsMax = 1000;

}  // namespace

SealingStore::SealingStore(core::Store& beneath, SecretBytes record_key, Bytes instance, Random& random)
    : beneath_(beneath),
      seal_(std::move(record_key), std::move(instance), random),
      freshness_(std::make_shared<Freshness>()),
      deletions_(beneath.watch("", [freshness = freshness_](const Change& change) {
        if (!change.record) freshness->saw(change.path, {change.revision, std::nullopt});
      })) {}

Result<bool> SealingStore::open(Record& record, const std::optional<Freshness::Mark>& known) {
  HSM_TRY(RecordSeal::Opened opened, seal_.open(record.path, record.value));
  const Freshness::Mark mark{record.revision, opened.tag};
  if (!Freshness::follows(known, mark, opened.replaced)) return false;
  freshness_->saw(record.path, mark);
  record.value = std::move(opened.value);
  return true;
}

Result<std::optional<Record>> SealingStore::get(const std::string& path) {
  const auto known = freshness_->newest(path);  // before the read, which then can't be older
  HSM_TRY(std::optional<Record> record, beneath_.get(path));
  if (!record) return record;
  HSM_TRY(const bool fresh, open(*record, known));
  if (!fresh) return get_settled(path);
  return record;
}

// get_settled decides about a record that looks old. It may only be newer than a deletion that we have not been told
// of yet: deletions are told before their commits return, so after a commit of nothing, all earlier ones are known.
Result<std::optional<Record>> SealingStore::get_settled(const std::string& path) {
  HSM_TRY([[maybe_unused]] const Revision all_told, beneath_.commit({}));
  const auto known = freshness_->newest(path);
  HSM_TRY(std::optional<Record> record, beneath_.get(path));
  if (!record) return record;
  HSM_TRY(const bool fresh, open(*record, known));
  if (!fresh) return fail(Errc::kInternal, {}, "the record " + path + " is older than it was: the store was altered");
  return record;
}

Result<std::vector<Record>> SealingStore::list(const std::string& prefix, const std::string& after, std::size_t limit) {
  HSM_TRY(std::vector<Record> records, beneath_.list(prefix, after, limit));
  std::vector<Record> page;
  page.reserve(records.size());
  for (Record& record : records) {
    HSM_TRY(const bool fresh, open(record, freshness_->newest(record.path)));
    if (fresh) {
      page.push_back(std::move(record));
    } else {  // altered, or a newer one has been seen since the list was read
      HSM_TRY(std::optional<Record> now, get_settled(record.path));
      if (now) page.push_back(*std::move(now));
    }
  }
  return page;
}

// seal makes the transaction for the store beneath. Each value names the revision that it replaces; so that this is
// true, the transaction must expect that revision, and does so after this even if the caller does not care.
Result<SealingStore::SealedTransaction> SealingStore::seal(const Transaction& transaction) {
  SealedTransaction sealed{{transaction.expectations, {}, transaction.deletes}, {}};
  for (const core::Put& put : transaction.puts) {
    const auto expected = std::ranges::find(transaction.expectations, put.path, &Expectation::path);
    Revision replaced = core::kAbsent;
    if (expected != transaction.expectations.end()) {
      replaced = expected->revision;
    } else {
      HSM_TRY(const auto before, beneath_.get(put.path));
      if (before) replaced = before->revision;
      sealed.transaction.expectations.push_back({put.path, replaced});
    }
    auto value = seal_.seal(put.path, replaced, put.value);
    sealed.transaction.puts.push_back({put.path, std::move(value.bytes)});
    sealed.tags.push_back(value.tag);
  }
  return sealed;
}

Result<bool> SealingStore::hold(const std::vector<Expectation>& expectations) {
  for (const auto& [path, revision] : expectations) {
    HSM_TRY(const auto record, beneath_.get(path));
    if ((record ? record->revision : core::kAbsent) != revision) return false;
  }
  return true;
}

Result<Revision> SealingStore::commit(Transaction transaction) {
  for (int i = 0; i < kAttemptsMax; ++i) {
    HSM_TRY(SealedTransaction sealed, seal(transaction));
    const auto revision = beneath_.commit(std::move(sealed.transaction));
    if (revision) {
      for (std::size_t put = 0; put < sealed.tags.size(); ++put) {
        freshness_->saw(transaction.puts[put].path, {*revision, sealed.tags[put]});
      }
      return revision;
    }
    if (revision.error().code != Errc::kConflict) return revision;
    // Whose expectation was it? If all of the caller's hold, one that seal added: another put came between.
    HSM_TRY(const bool conflict_is_ours, hold(transaction.expectations));
    if (!conflict_is_ours) return revision;
  }
  return fail(Errc::kUnavailable, "too many changes of one record at once");
}

Change SealingStore::opened(const Change& change) {
  if (!change.record) return change;
  Change news = change;
  // News come in order, but may be late: a reader may have seen what follows.
  auto known = freshness_->newest(change.path);
  if (known && known->revision > change.revision) known.reset();
  const auto fresh = open(*news.record, known);
  if (fresh && *fresh) return news;
  log::error("{}", fresh ? "a changed record is older than it was: the store was altered" : fresh.error().detail);
  news.record.reset();
  return news;
}

std::unique_ptr<core::Store::Watch> SealingStore::watch(const std::string& prefix, WatchCallback callback) {
  return beneath_.watch(prefix,
                        [this, callback = std::move(callback)](const Change& change) { callback(opened(change)); });
}

}  // namespace hsm::storage
