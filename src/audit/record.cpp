#include "audit/record.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "audit/line.h"
#include "base/json_text.h"

namespace hsm::audit {
namespace {

struct StatusRow {
  int status;
  std::string_view text;
};

// RFC 9110 §15, RFC 6585 §4. That the log prints them with their spaces is unconfirmed (the published values are of one
// word: OK, Forbidden, Unauthorized).
constexpr auto kStatusTexts = std::to_array<StatusRow>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
});

// append_text appends a text that a client may have chosen; what is cut ends between two characters.
void append_text(std::string& out, std::string_view text) {
  if (text.size() <= kFieldBytesMax) return append_json_string(out, text);
  std::size_t end = kFieldBytesMax;
  const auto continues = [text](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
  while (continues(end) && kFieldBytesMax - end < 3) --end;  // at most three bytes continue a character
  append_json_string(out, text.substr(0, end));
  out.insert(out.size() - 1, "\xE2\x80\xA6");
}

void append_member(std::string& out, std::string_view name_with_punctuation, std::string_view value) {
  out += name_with_punctuation;
  append_text(out, value);
}

void append_member_unless_empty(std::string& out, std::string_view name_with_punctuation, std::string_view value) {
  if (!value.empty()) append_member(out, name_with_punctuation, value);
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

// identity_json is the claims of the token as the service logs them: a string that holds JSON. People have a upn,
// applications have none (reference/audit-metrics-limits.md §1.2).
std::string identity_json(const core::Caller& caller) {
  std::string json;
  append_member(json, R"({"claim":{"appid":)", caller.application_id);
  append_member(json, R"(,"http_schemas_microsoft_com_identity":{"claims":{"objectidentifier":)", caller.object_id);
  json += "}}";
  if (!caller.display_name.empty()) {
    append_member(json, R"(,"http_schemas_xmlsoap_org_ws_2005_05_identity":{"claims":{"upn":)", caller.display_name);
    json += "}}";
  }
  json += "}}";
  return json;
}

// Failed: unconfirmed, the service's word for anything but success is not published.
void append_result(std::string& out, int http_status, std::string_view description) {
  out += http_status >= 200 && http_status < 300 ? kSuccess : R"(,"resultType":"Failed")";
  append_member(out, R"(,"resultSignature":)", status_text(http_status));
  append_member_unless_empty(out, R"(,"resultDescription":)", description);
}

void append_status(std::string& out, int http_status) {
  out += R"(,"httpStatusCode":)";
  append_json_number(out, std::max(http_status, 0));
}

void append_decision(std::string& out, std::string_view data_action, std::string_view scope,
                     std::string_view assignment_id) {
  append_member(out, R"(,"dataAction":)", data_action);
  append_member(out, R"(,"scope":)", scope);
  out += assignment_id.empty() ? R"(,"isRbacAuthorized":false)" : R"(,"isRbacAuthorized":true)";
  append_member_unless_empty(out, R"(,"appliedAssignmentId":)", assignment_id);
}

// alike: their records differ in nothing but the correlation id.
bool alike(const core::AuditPart& a, const core::AuditPart& b) {
  const auto described = [](const core::AuditPart& part) {
    return std::tie(part.http_status, part.operation_name, part.algorithm, part.data_action, part.assignment_id,
                    part.result_description);
  };
  return described(a) == described(b);
}

std::int64_t milliseconds(std::chrono::microseconds duration) {
  const auto rounded = std::chrono::round<std::chrono::milliseconds>(duration).count();
  return std::max<std::int64_t>(rounded, 0);
}

}  // namespace

std::string_view status_text(int http_status) {
  const auto found = std::ranges::find(kStatusTexts, http_status, &StatusRow::status);
  return found == kStatusTexts.end() ? "Unknown" : found->text;
}

RecordWriter::RecordWriter(const LogIdentity& identity) {
  const std::string group = upper(identity.resource_group);
  const std::string pool = upper(identity.pool_name);
  append_member(head_, R"(,"TenantId":)", identity.tenant_id);
  append_member(head_, R"(,"resourceId":)",
                "/SUBSCRIPTIONS/" + upper(identity.subscription_id) + "/RESOURCEGROUPS/" + group +
                    "/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/" + pool);
  head_ += R"(,"category":"AuditEvent")";

  append_member(properties_, R"(,"properties":{"PoolType":"M-HSM","sku_Family":)", identity.sku_family);
  append_member(properties_, R"(,"sku_Name":)", identity.sku_name);

  tail_ = R"x(,"subnetId":"(unknown)")x";
  append_member(tail_, R"(,"PoolName":)", identity.pool_name);
  append_member(tail_, R"(,"resourceGroup":)", group);
  append_member(tail_, R"(,"resource":)", pool);
  tail_ += R"(,"resourceProvider":"MICROSOFT.KEYVAULT","resourceType":"managedHSMs")";
}

void RecordWriter::append_members(std::string& out, const core::AuditEvent& event) {
  out += head_;
  append_member(out, R"(,"correlationId":)", event.correlation_id);
  append_member(out, R"(,"operationName":)", event.operation_name);
  append_member(out, R"(,"operationVersion":)", event.operation_version);
  append_result(out, event.http_status, event.result_description);
  append_properties(out, event);
  out += R"(,"durationMs":)";
  append_json_number(out, milliseconds(event.duration));
  append_caller(out, event);
  append_member(out, R"(,"clientInfo":)", event.client_info);
  append_status(out, event.http_status);
  append_member(out, R"(,"requestUri":)", event.request_uri);
  out += tail_;
}

PartWriter RecordWriter::part_writer(const core::AuditEvent& event) {
  PartWriter writer(event);
  append_member(writer.head_, kPartStart, event.correlation_id);
  append_caller(writer.head_, event);
  writer.head_ += R"(,"correlationId":)";
  writer.properties_ = R"(,"properties":{)";
  append_member(writer.properties_, R"("id":)", event.key_id);
  return writer;
}

void PartWriter::append_members(std::string& out, const core::AuditPart& part) {
  if (described_ == nullptr || !alike(*described_, part)) describe(part);
  append_member(out, head_, part.correlation_id);
  out += description_;
}

void PartWriter::describe(const core::AuditPart& part) {
  description_.clear();
  append_member(description_, R"(,"operationName":)", part.operation_name);
  append_result(description_, part.http_status, part.result_description);
  append_status(description_, part.http_status);
  description_ += properties_;
  append_member_unless_empty(description_, R"(,"algorithm":)", part.algorithm);
  if (!part.data_action.empty()) {
    append_decision(description_, part.data_action, event_.scope, part.assignment_id);
  }
  description_ += '}';
  described_ = &part;
}

void RecordWriter::append_caller(std::string& out, const core::AuditEvent& event) {
  append_member(out, R"(,"callerIpAddress":)", event.caller_address);
  out += R"(,"identity":)";
  out += event.caller ? identity_text(event.caller) : R"("{}")";
}

// A caller makes many requests one after the other, and is the same object in each (identity::TokenCache).
const std::string& RecordWriter::identity_text(const std::shared_ptr<const core::Caller>& caller) {
  if (caller != last_caller_) {
    last_identity_.clear();
    append_json_string(last_identity_, identity_json(*caller));
    last_caller_ = caller;
  }
  return last_identity_;
}

void RecordWriter::append_properties(std::string& out, const core::AuditEvent& event) const {
  out += properties_;
  append_member_unless_empty(out, R"(,"id":)", event.key_id);
  append_member_unless_empty(out, R"(,"algorithm":)", event.algorithm);
  if (!event.data_action.empty()) append_decision(out, event.data_action, event.scope, event.assignment_id);
  append_member_unless_empty(out, R"(,"tlsVersion":)", event.tls_version);
  append_member_unless_empty(out, R"(,"clientRequestId":)", event.client_request_id);
  out += '}';
}

}  // namespace hsm::audit
