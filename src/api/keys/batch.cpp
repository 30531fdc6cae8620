#include "api/keys/batch.h"

#include <algorithm>

#include "api/error_table.h"
#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/crypto_members.h"
#include "api/keys/key_json.h"
#include "base/json_text.h"
#include "partition/client/fast_link.h"

// Many cryptographic operations on one key in one request, an extension of ours (docs/compatibility.md):
//
//   request = {"operations":[{"operation":"wrapKey", … the members of the single call's body}, …]}
//   answer  = {"kid":…,"results":[{… the members of the single call's answer but kid} | {"error":{…}}, …]}
//
// A request of that form is answered with 200 and a result for each operation, in order; any other is refused as a
// whole, before anything is done.
namespace hsm::api::keys {
namespace {

using core::KeyOperation;

constexpr std::size_t kErrorBodyBytes = 256;  // of an error, its own message aside

Result<KeyOperation> operation_member(const JsonObject& object) {
  HSM_TRY(const std::string_view name, required_text_member(object, "operation"));
  const auto operation = core::key_operation_named(name);
  if (!operation || core::row_of(*operation) == nullptr) {
    return fail(Errc::kBadParameter,
                "'operation' must be one of encrypt, decrypt, sign, verify, wrapKey, unwrapKey, deriveKey.");
  }
  return *operation;
}

Result<const boost::json::array*> operations_member(const JsonObject& object) {
  HSM_TRY(const boost::json::array* operations, array_member(object, "operations"));
  if (operations == nullptr || operations->empty()) return fail(Errc::kBadParameter, "'operations' is missing.");
  if (operations->size() > kBatchOperationsMax) {
    return fail(Errc::kBadParameter, "'operations' has more than " + std::to_string(kBatchOperationsMax) + " members.");
  }
  return operations;
}

const core::Decision& decision(Call& call, KeyOperation operation) {
  auto& known = call.batch->decisions[static_cast<std::size_t>(operation)];
  if (!known) {
    known = call.hsm->roles.decide(*call.caller, core::row_of(operation)->data_action, call.target.scope);
  }
  return *known;
}

Status prepare_part(Call& call, const JsonObject& object, std::span<std::uint8_t>& room, std::size_t i) {
  core::CryptoRequest& request = call.batch->requests[i];
  const core::Decision& decided = decision(call, request.operation);
  if (!decided.allowed) return fail(Errc::kAccessDenied, decided.refusal());
  HSM_CHECK(read_crypto_members(object, *call.key, request.operation, call.operation.now, room, request,
                                call.batch->parts[i].algorithm));
  return partition::FastLink::check(request);
}

core::AuditPart audit_part(const Batch& batch, std::size_t i, const core::AuditEvent& event,
                           std::string correlation_id) {
  const core::KeyOperation operation = batch.requests[i].operation;
  const core::OperationRow& row = *core::row_of(operation);
  core::AuditPart record{.operation_name = row.audit_name,
                         .algorithm = batch.parts[i].algorithm,
                         .data_action = {},
                         .assignment_id = {},
                         .correlation_id = std::move(correlation_id),
                         .http_status = 200,
                         .result_description = {}};
  if (core::name(row.data_action) != event.data_action) {
    record.data_action = core::name(row.data_action);
    record.assignment_id = batch.decisions[static_cast<std::size_t>(operation)]->assignment;
  }
  if (batch.parts[i].result) return record;
  const Error& error = batch.parts[i].result.error();
  record.http_status = api::row(error.code).status;
  record.result_description = error.message.empty() ? api::row(error.code).message : error.message;
  return record;
}

std::size_t answer_bytes_max(const Batch& batch, std::string_view kid) {
  std::size_t bytes = kid.size() + 64;
  for (std::size_t i = 0; i < batch.parts.size(); ++i) {
    const Result<core::CryptoResult>& result = batch.parts[i].result;
    bytes += result ? crypto_members_bytes_max(batch.requests[i], *result, {})
                    : kErrorBodyBytes + 2 * result.error().message.size();
  }
  return bytes;
}

// The request's own record says what most of its operations have in common.
void describe_as(core::AuditEvent& event, const Batch& batch) {
  const auto first = std::ranges::find_if(batch.parts, [](const BatchPart& part) { return part.result.has_value(); });
  if (first == batch.parts.end()) return;
  const core::KeyOperation operation = batch.requests[static_cast<std::size_t>(first - batch.parts.begin())].operation;
  const core::OperationRow& row = *core::row_of(operation);
  event.algorithm = first->algorithm;
  event.data_action = core::name(row.data_action);
  event.assignment_id = batch.decisions[static_cast<std::size_t>(operation)]->assignment;
}

}  // namespace

Result<Prepared> prepare_batch(Call& call) {
  call.key = call.hsm->keys.peek(*call.target.key, call.target.version);
  if (!call.key) return LoadKey{};
  call.operation.event.key_id = key_id(*call.key, call.base_url);

  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const boost::json::array* operations, operations_member(*object));
  call.batch = std::make_unique<Batch>(&call);
  Batch& batch = *call.batch;
  batch.requests.resize(operations->size());
  batch.parts.resize(operations->size());
  for (std::size_t i = 0; i < operations->size(); ++i) {
    const JsonObject* members = (*operations)[i].if_object();
    if (members == nullptr) return fail(Errc::kBadParameter, "'operations' must hold objects.");
    HSM_TRY(batch.requests[i].operation, operation_member(*members));
  }
  call.input = SecretBytes(decoded_bytes_max(call.request().body.size()));
  std::span<std::uint8_t> room = call.input.writable();
  for (std::size_t i = 0; i < operations->size(); ++i) {
    Status prepared = prepare_part(call, (*operations)[i].get_object(), room, i);
    if (prepared) {
      ++batch.unanswered;
    } else {
      batch.parts[i].result = std::unexpected(std::move(prepared).error());
    }
  }
  describe_as(call.operation.event, batch);
  return PerformBatch{};
}

Reply finish_batch(Call& call, RequestIds& ids) {
  const Batch& batch = *call.batch;
  core::AuditEvent& event = call.operation.event;
  Reply answer;
  std::string& out = answer.body;
  out.reserve(answer_bytes_max(batch, event.key_id));  // growing would leave copies of what may be a plaintext
  out.append(R"({"kid":)");
  append_json_string(out, event.key_id);
  out.append(R"(,"results":[)");
  event.parts.reserve(batch.parts.size());
  for (std::size_t i = 0; i < batch.parts.size(); ++i) {
    const Result<core::CryptoResult>& result = batch.parts[i].result;
    std::string id = ids.next(call.operation.now);
    if (i != 0) out.push_back(',');
    if (result) {
      append_crypto_members(out, batch.requests[i], *result, {});
    } else {
      out.append(error_body(result.error(), id));
    }
    event.parts.push_back(audit_part(batch, i, event, std::move(id)));
  }
  out.append("]}");
  return answer;
}

}  // namespace hsm::api::keys
