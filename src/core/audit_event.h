#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"

namespace hsm::core {

// AuditPart is one operation of a request that has many: what its record does not share with the request's.
struct AuditPart {
  std::string_view operation_name;  // KeySign
  std::string_view algorithm;
  std::string_view data_action;  // empty: it was decided as the event says
  std::string assignment_id;     // empty in that case, too
  std::string correlation_id;
  int http_status = 0;             // what the operation alone would have been answered with
  std::string result_description;  // the error's message, or empty
};

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
  // Each of them has a record of its own behind that of the event, and names it by its correlation_id. Of the decision
  // the event's record tells, unless the part has its own.
  std::vector<AuditPart> parts;
};

// encode and decode are its form in the store's outbox, where changes are: they have no parts.
Bytes encode(const AuditEvent& event);
Result<AuditEvent> decode_audit_event(ByteView bytes);

}  // namespace hsm::core
