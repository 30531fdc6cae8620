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

// PartWriter writes the records of one event's parts: `batchId`, which is the correlationId of the event's own record,
// and by the names that every record has for them what was done with which key, by whom and with what result. What only
// the request has (its URI, client, duration) is left out, and so is the decision where it was the event's. Most parts
// of an event are alike: what their records share is written once. The event must outlive it.
class PartWriter {
 public:
  // append_members appends all members of the part's record but `time`, each with a comma before it.
  void append_members(std::string& out, const core::AuditPart& part);

 private:
  friend class RecordWriter;
  explicit PartWriter(const core::AuditEvent& event) : event_(event) {}
  void describe(const core::AuditPart& part);

  const core::AuditEvent& event_;
  std::string head_;        // `batchId`, the caller
  std::string properties_;  // the key
  const core::AuditPart* described_ = nullptr;
  std::string description_;  // what stands behind correlationId in that part's record
};

// RecordWriter writes events in the Azure AuditEvent schema (reference/audit-metrics-limits.md §1.2, §1.5). Not
// thread-safe.
class RecordWriter {
 public:
  explicit RecordWriter(const LogIdentity& identity);

  // append_members appends all members of the record but `time` (chain.h writes that), each with a comma before it.
  void append_members(std::string& out, const core::AuditEvent& event);

  PartWriter part_writer(const core::AuditEvent& event);

 private:
  void append_properties(std::string& out, const core::AuditEvent& event) const;
  void append_caller(std::string& out, const core::AuditEvent& event);
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
