#pragma once
#include <memory>
#include <string>

#include "core/audit_event.h"

namespace hsm::audit {

// LogIdentity is what all records of one instance have in common.
struct LogIdentity {
  std::string tenant_id;
  std::string subscription_id;
  std::string resource_group;
  std::string pool_name;  // the instance's name
  std::string sku_family = "B";
  std::string sku_name = "Standard_B1";
};

// kFieldBytesMax bounds each text of a record that a client can choose. What is longer is cut and ends in "…".
inline constexpr std::size_t kFieldBytesMax = 4096;

// RecordWriter writes events in the Azure AuditEvent schema (reference/audit-metrics-limits.md §1.2, §1.5). Not
// thread-safe.
class RecordWriter {
 public:
  explicit RecordWriter(const LogIdentity& identity);

  // append_members appends all members of the record but `time` (chain.h writes that), each with a comma before it.
  void append_members(std::string& out, const core::AuditEvent& event);

  // append_members of a part: `batchId`, which is the correlationId of the event's own record, and what this record
  // does not say already; what is left out is as it stands there. A sixth of a whole record, since hashing and writing
  // it is most of what an operation of a batch costs.
  static void append_members(std::string& out, const core::AuditEvent& event, const core::AuditPart& part);

 private:
  void append_properties(std::string& out, const core::AuditEvent& event) const;
  const std::string& identity_text(const std::shared_ptr<const core::Caller>& caller);

  // What never changes, ready to be copied: the members at the beginning, those inside of properties, and those at the
  // end.
  std::string head_;
  std::string properties_;
  std::string tail_;
  std::shared_ptr<const core::Caller> last_caller_;
  std::string last_identity_;  // its claims, as the record has them
};

// status_text returns the reason phrase of RFC 9110 §15 for resultSignature; "Unknown" if there is none.
std::string_view status_text(int http_status);

}  // namespace hsm::audit
