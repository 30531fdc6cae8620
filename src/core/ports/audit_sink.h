#pragma once
#include <span>

#include "base/result.h"
#include "core/audit_event.h"

namespace hsm::core {

// AuditSink is where events go before a request is answered: no record, no effect (design §8). Thread-safe.
// Errors: kUnavailable when no sink can take a record; the caller then refuses the request.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  // append: when it returns, the events are written (a killed process loses none) and reach stable storage within 5 ms;
  // in strict mode they are there already. Quick: one write a call; a loop calls it once a turn.
  virtual Status append(std::span<const AuditEvent> events) = 0;
  // append_durable: when it returns, the events are on stable storage. May block for a disk's flush.
  virtual Status append_durable(std::span<const AuditEvent> events) = 0;
};

}  // namespace hsm::core
