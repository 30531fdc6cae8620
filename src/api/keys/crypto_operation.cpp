#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "base/base64url.h"
#include "core/key_rules.h"

// encrypt, decrypt, wrapkey, unwrapkey, sign and verify: one shape of request and answer, told apart by the row.
namespace hsm::api::keys {
namespace {

using core::KeyOperation;

// The members of the body that hold bytes, and where they go. They are decoded into one secret buffer, since they may
// be a plaintext or a key.
struct Field {
  std::string_view name;
  bool required;
  ByteView core::CryptoRequest::* view;
};
constexpr auto kCipherFields = std::to_array<Field>({
    {"value", true, &core::CryptoRequest::input},
    {"iv", false, &core::CryptoRequest::iv},
    {"aad", false, &core::CryptoRequest::aad},
    {"tag", false, &core::CryptoRequest::tag},
});
constexpr auto kSignFields = std::to_array<Field>({{"value", true, &core::CryptoRequest::input}});
constexpr auto kVerifyFields = std::to_array<Field>({
    {"digest", true, &core::CryptoRequest::input},
    {"value", true, &core::CryptoRequest::signature},
});

std::span<const Field> fields_of(KeyOperation operation) {
  if (operation == KeyOperation::kSign) return kSignFields;
  if (operation == KeyOperation::kVerify) return kVerifyFields;
  return kCipherFields;
}

Status decode_fields(const JsonObject& object, std::span<const Field> fields, Call& call) {
  std::array<std::optional<std::string_view>, kCipherFields.size()> texts;
  std::size_t room = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    HSM_TRY(texts[i], text_member(object, fields[i].name));
    if (!texts[i] && fields[i].required)
      return fail(Errc::kBadParameter, "'" + std::string(fields[i].name) + "' is missing.");
    if (texts[i]) room += base64url_decoded_max(texts[i]->size());
  }
  call.input = SecretBytes(room);
  std::span<std::uint8_t> rest = call.input.writable();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!texts[i]) continue;
    const auto size = decode_base64url(*texts[i], rest);
    if (!size) return fail(Errc::kBadParameter, "'" + std::string(fields[i].name) + "' is not base64url.");
    call.crypto.*fields[i].view = rest.first(*size);
    rest = rest.subspan(*size);
  }
  if (call.crypto.input.size() > core::kOperationInputBytesMax || call.crypto.aad.size() > core::kAadBytesMax) {
    return fail(Errc::kBadParameter, "The value is too long.");
  }
  return {};
}

}  // namespace

Result<Prepared> prepare_crypto_operation(Call& call) {
  call.key = call.hsm->keys.peek(*call.target.key, call.target.version);
  if (!call.key) return LoadKey{};
  call.operation.event.key_id = key_id(*call.key, call.base_url);

  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const std::string_view algorithm_name, required_text_member(*object, "alg"));
  const auto algorithm = core::algorithm_named(algorithm_name);
  if (!algorithm) return fail(Errc::kBadParameter, "'alg' is not a supported algorithm.");
  call.crypto.operation = *core::key_operation_of(call.row->operation);
  call.crypto.algorithm = *algorithm;
  call.operation.event.algorithm = core::row(*algorithm).name;
  HSM_CHECK(decode_fields(*object, fields_of(call.crypto.operation), call));
  HSM_CHECK(core::check_use(*call.key, call.crypto.operation, core::row(*algorithm), call.operation.now));
  call.crypto.key = call.key->material;
  return Perform{};
}

Reply finish_crypto_operation(Call& call, core::CryptoReply reply) {
  if (call.crypto.operation == KeyOperation::kVerify)
    return Reply{.body = reply.verified ? R"({"value":true})" : R"({"value":false})"};
  Reply answer;
  std::string& out = answer.body;
  out.reserve(256 + reply.output.size() * 4 / 3);
  const auto append = [&out](std::string_view name, ByteView bytes) {
    out.append(",\"").append(name).append("\":\"");
    append_base64url(out, bytes);
    out.push_back('"');
  };
  const core::AlgorithmRow& algorithm = core::row(call.crypto.algorithm);
  const bool encrypted = call.crypto.operation == KeyOperation::kEncrypt;
  const bool gcm = algorithm.scheme == core::Scheme::kAesGcm;
  const bool cbc = algorithm.scheme == core::Scheme::kAesCbc || algorithm.scheme == core::Scheme::kAesCbcPad;
  // Members as reference/keys-api.md §2.7 has them, in alphabetical order.
  out.append(R"({"alg":")").append(algorithm.name).append("\"");
  if (encrypted && gcm && !call.crypto.aad.empty()) append("aad", call.crypto.aad);
  if (encrypted && gcm) append("iv", reply.iv);
  if (encrypted && cbc) append("iv", call.crypto.iv);
  out.append(R"(,"kid":")").append(call.operation.event.key_id).append("\"");
  if (encrypted && gcm) append("tag", reply.tag);
  append("value", reply.output.reveal());
  out.push_back('}');
  return answer;
}

}  // namespace hsm::api::keys
