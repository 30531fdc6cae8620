#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/keys/batch.h"
#include "api/request_id.h"
#include "api/site.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/caller.h"
#include "core/operation.h"
#include "core/ports/partitions.h"
#include "core/scope.h"
#include "http/server.h"
#include "service/hsm.h"
#include "service/journal.h"

namespace hsm::api {

// Target is what a path names, parsed once.
struct Target {
  std::optional<core::KeyName> key;
  std::optional<core::KeyVersion> version;
  core::Scope scope = core::Scope::root();  // what the data action is checked at
  std::string name;                         // the last segment of role paths, as sent
};

// Call is one request between the door and its handler.
struct Call {
  Call(http::Exchange with, std::shared_ptr<const Front> at)
      : exchange(std::move(with)), front(std::move(at)), hsm(front->site.hsm), base_url(front->base_url) {}
  const http::Request& request() const { return exchange.request(); }

  http::Exchange exchange;
  std::shared_ptr<const Front> front;
  service::Hsm* hsm;
  std::string_view base_url;  // the front's
  const core::OperationRow* row = nullptr;
  Target target;
  std::shared_ptr<const core::Caller> caller;
  service::Operation operation;

  // Filled by a fast operation's `prepare` for its `finish`.
  service::KeyPointer key;
  core::CryptoRequest crypto;
  SecretBytes input;             // what the views of crypto and of batch look at
  std::unique_ptr<Batch> batch;  // instead of crypto
};

using CallPointer = std::shared_ptr<Call>;

// Reply is a handler's success.
struct Reply {
  std::string body;
  int status = 200;
  std::string head;  // further header lines, each with CRLF
};

// What `prepare` may ask for. LoadKey: the key is not in memory; the slow lane loads it, then prepare runs again.
struct RandomBytes {
  std::size_t count;
};
struct LoadKey {};
struct Perform {};       // call.crypto
struct PerformBatch {};  // call.batch
using Prepared = std::variant<Reply, Perform, PerformBatch, RandomBytes, LoadKey>;

// Handler is how an operation is carried out. Exactly the functions of its row's lane are set.
struct Handler {
  core::Operation operation;
  bool fast = false;                             // which of the functions below are set
  Result<Prepared> (*prepare)(Call&) = nullptr;  // fast: on the loop's thread, never blocks
  // fast: the partition has answered; the result's bytes hold during the call
  Reply (*finish)(Call&, const core::CryptoResult&) = nullptr;
  Result<Reply> (*slow)(Call&) = nullptr;  // slow, long: blocks, on a pool
  // fast: every part of the call's batch has its result. Each gets an id, for its audit record.
  Reply (*finish_batch)(Call&, RequestIds&) = nullptr;
};
const Handler& handler(core::Operation operation);

}  // namespace hsm::api
