#include "core/audit_event.h"

#include "base/wire.h"

namespace hsm::core {
namespace {

constexpr std::uint8_t kFormat = 1;

template <class Event, class Visit>
void each_text(Event& event, Visit visit) {
  visit(event.operation_name);
  visit(event.operation_version);
  visit(event.result_description);
  visit(event.caller_address);
  visit(event.client_info);
  visit(event.correlation_id);
  visit(event.client_request_id);
  visit(event.request_uri);
  visit(event.key_id);
  visit(event.algorithm);
  visit(event.data_action);
  visit(event.scope);
  visit(event.assignment_id);
  visit(event.tls_version);
}

template <class Person, class Visit>
void each_caller_text(Person& caller, Visit visit) {
  visit(caller.object_id);
  visit(caller.application_id);
  visit(caller.tenant_id);
  visit(caller.display_name);
}

}  // namespace

Bytes encode(const AuditEvent& event) {
  WireWriter writer;
  writer.put(kFormat);
  writer.put(std::int64_t{event.time.time_since_epoch().count()});
  writer.put(std::int32_t{event.http_status});
  writer.put(std::int64_t{event.duration.count()});
  const auto put_text = [&writer](const std::string& text) { writer.put_text(text); };
  each_text(event, put_text);
  writer.put(static_cast<std::uint8_t>(event.caller != nullptr));
  if (event.caller) each_caller_text(*event.caller, put_text);
  return writer.take();
}

Result<AuditEvent> decode_audit_event(ByteView bytes) {
  WireReader reader(bytes);
  if (reader.get<std::uint8_t>() != kFormat) return fail(Errc::kInternal, "audit event of an unknown format");
  AuditEvent event;
  event.time = TimePoint(std::chrono::microseconds(reader.get<std::int64_t>()));
  event.http_status = reader.get<std::int32_t>();
  event.duration = std::chrono::microseconds(reader.get<std::int64_t>());
  const auto get_text = [&reader](std::string& text) { text = reader.get_text(); };
  each_text(event, get_text);
  if (reader.get<std::uint8_t>() != 0) {
    auto caller = std::make_shared<Caller>();
    each_caller_text(*caller, get_text);
    event.caller = std::move(caller);
  }
  HSM_CHECK(reader.finish("audit event"));
  return event;
}

}  // namespace hsm::core
