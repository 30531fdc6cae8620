#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/secret_bytes.h"
#include "core/ports/store.h"
#include "storage/freshness.h"
#include "storage/record_seal.h"

namespace hsm::storage {

// SealingStore seals every value before it reaches the store beneath, so that who holds the store can neither read a
// record nor change, move or swap one, nor put an older one back while this process remembers the newer (freshness.h).
// Paths, and so the names of keys, stay in clear, as does which records there are: a store's holder can still delete
// records or, while no process runs, put back an earlier state of them, which the audit log's checkpoints make evident.
//
// A value that does not open, or is older than it can be, is kInternal; the error's detail names its path. A listing
// that holds one fails as a whole. Watchers of such a record are told that it is gone, so that a cache forgets what it
// had. A put of a path that the transaction expects nothing of costs a read. Thread-safe.
class SealingStore final : public core::Store {
 public:
  // `beneath` and `random` outlive this. `record_key` has 32 bytes; `instance` is the security domain's id.
  SealingStore(core::Store& beneath, SecretBytes record_key, Bytes instance, Random& random);

  Result<std::optional<core::Record>> get(const std::string& path) override;
  Result<std::vector<core::Record>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override;
  Result<core::Revision> commit(core::Transaction transaction) override;
  std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) override;

 private:
  struct SealedTransaction {
    core::Transaction transaction;
    std::vector<Freshness::Tag> tags;  // of its puts
  };

  // Whether the record is fresh, given what was known of its path before it was read; opens it in place.
  Result<bool> open(core::Record& record, const std::optional<Freshness::Mark>& known);
  Result<std::optional<core::Record>> get_settled(const std::string& path);
  Result<SealedTransaction> seal(const core::Transaction& transaction);
  Result<bool> hold(const std::vector<core::Expectation>& expectations);
  core::Change opened(const core::Change& change);

  core::Store& beneath_;
  RecordSeal seal_;
  std::shared_ptr<Freshness> freshness_;
  std::unique_ptr<Watch> deletions_;
};

}  // namespace hsm::storage
