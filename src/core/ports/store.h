#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::core {

// Revision counts the commits of a store, from 1. A record's revision is that of the commit that last put it.
using Revision = std::uint64_t;
inline constexpr Revision kAbsent = 0;  // in an Expectation: the record must not exist

// A path is the record's name: segments joined by '/', e.g. keys/my-key. Order is by bytes.
struct Record {
  std::string path;
  Bytes value;
  Revision revision = kAbsent;
};

struct Expectation {
  std::string path;
  Revision revision = kAbsent;
};

struct Put {
  std::string path;
  Bytes value;
};

// Transaction happens whole or not at all. Expectations are checked first, then puts, then deletes. A path occurs at
// most once among puts and deletes. Deleting what is absent is no error.
struct Transaction {
  std::vector<Expectation> expectations;
  std::vector<Put> puts;
  std::vector<std::string> deletes;
};

// Change is one path's news: the record as it is now, or none if it was deleted.
struct Change {
  std::string path;
  std::optional<Record> record;
  Revision revision = kAbsent;
};

// Store is where one instance's records live (design §6). Thread-safe. All calls may block.
// Errors: kConflict from commit when an expectation does not hold; kUnavailable when the store can't be read or
// written, in which case a commit may or may not have happened; kInternal for damage.
class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::optional<Record>> get(const std::string& path) = 0;

  // list returns up to `limit` records whose path begins with `prefix` and is greater than `after`, in path order.
  virtual Result<std::vector<Record>> list(const std::string& prefix, const std::string& after, std::size_t limit) = 0;

  // commit returns when the transaction is durable: a crash after that loses nothing of it. One that changes nothing
  // (no puts, and no deletes of what is there) gets the revision of the last commit that did.
  virtual Result<Revision> commit(Transaction transaction) = 0;

  // watch calls `callback` for each later change below `prefix`, in commit order, until the returned handle is
  // dropped. A change's callbacks on this node have returned before its commit returns, so that a cache fed by a watch
  // never answers with what a finished commit replaced. Callbacks must be quick and must not call the store.
  class Watch {
   public:
    virtual ~Watch() = default;
  };
  using WatchCallback = std::function<void(const Change&)>;
  virtual std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) = 0;
};

}  // namespace hsm::core
