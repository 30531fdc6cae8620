#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"

namespace hsm::core {

// AuditEvent is what is remembered of one request (reference/audit-metrics-limits.md §1.2). It holds no key material,
// digest, plaintext or token. The audit log adds sequence number and hash.
struct AuditEvent {
  TimePoint time;
  std::string operation_name;     // KeySign
  std::string operation_version;  // the api-version asked for
  int http_status = 0;
  std::string result_description;  // the error's message, or empty
  std::chrono::microseconds duration{0};
  std::string caller_address;
  std::shared_ptr<const Caller> caller;  // none if the token was refused
  std::string client_info;               // User-Agent
  std::string correlation_id;            // what the client got as x-ms-request-id
  std::string client_request_id;         // what the client sent as x-ms-client-request-id
  std::string request_uri;               // without query
  std::string key_id;                    // absolute, with version; key operations only
  std::string algorithm;
  std::string data_action;    // what was decided on
  std::string scope;          // where
  std::string assignment_id;  // the role assignment that granted it; empty if none did
  std::string tls_version;
};

// encode and decode are its form in the store's outbox.
Bytes encode(const AuditEvent& event);
Result<AuditEvent> decode_audit_event(ByteView bytes);

}  // namespace hsm::core
