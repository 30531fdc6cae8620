#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/secret_bytes.h"
#include "core/ports/store.h"

namespace hsm::storage {

// SealingStore seals every value before it reaches the store beneath, so that who holds the store can neither read a
// record nor change, move or swap one (design §5). Paths, and so the names of keys, stay in clear; so does which
// records there are: a store operator can still delete a record or put back an older one of the same path, which the
// audit log's checkpoints make evident.
//
// A value that does not open is kInternal and names its path; a listing that holds one fails as a whole. Watchers of
// such a record are told that it is gone, so that a cache forgets what it had. Thread-safe.
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
  Bytes seal(const std::string& path, std::uint64_t generation, ByteView value) const;
  Status open(core::Record& record) const;  // in place

  core::Store& beneath_;
  const SecretBytes record_key_;
  const Bytes instance_;
  Random& random_;
};

}  // namespace hsm::storage
