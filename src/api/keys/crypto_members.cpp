#include "api/keys/crypto_members.h"

#include <array>
#include <optional>

#include "api/keys/ml_dsa_body.h"
#include "base/base64url.h"
#include "core/key_rules.h"

namespace hsm::api::keys {
namespace {

using core::KeyOperation;

// The members of the body that hold bytes, and where they go. They are decoded into secret memory, since they may be a
// plaintext or a key.
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
constexpr auto kValueField = std::to_array<Field>({{"value", true, &core::CryptoRequest::input}});
constexpr auto kVerifyFields = std::to_array<Field>({
    {"digest", true, &core::CryptoRequest::input},
    {"value", true, &core::CryptoRequest::signature},
});

// ML-DSA: a message with its context, or μ.
constexpr auto kMlDsaSignFields = std::to_array<Field>({
    {"value", true, &core::CryptoRequest::input},
    {"context", false, &core::CryptoRequest::aad},
});
constexpr auto kMlDsaVerifyFields = std::to_array<Field>({
    {"digest", true, &core::CryptoRequest::input},
    {"context", false, &core::CryptoRequest::aad},
    {"value", true, &core::CryptoRequest::signature},
});
constexpr auto kMuSignFields = std::to_array<Field>({{"external_mu", true, &core::CryptoRequest::input}});
constexpr auto kMuVerifyFields = std::to_array<Field>({
    {"external_mu", true, &core::CryptoRequest::input},
    {"value", true, &core::CryptoRequest::signature},
});

std::span<const Field> fields_of(KeyOperation operation, core::Scheme scheme) {
  struct Fields {
    std::span<const Field> sign, verify;
  };
  Fields fields{kValueField, kVerifyFields};
  if (scheme == core::Scheme::kMlDsa) fields = {kMlDsaSignFields, kMlDsaVerifyFields};
  if (scheme == core::Scheme::kMlDsaMu) fields = {kMuSignFields, kMuVerifyFields};
  if (operation == KeyOperation::kSign || operation == KeyOperation::kDeriveKey) return fields.sign;
  if (operation == KeyOperation::kVerify) return fields.verify;
  return kCipherFields;
}

// An AKP key has one algorithm, which a body need not name; all others are named by `alg`.
Result<core::Algorithm> algorithm_of(const JsonObject& object, KeyOperation operation, const core::KeySpec& spec) {
  const bool signing = operation == KeyOperation::kSign || operation == KeyOperation::kVerify;
  if (spec.type == core::KeyType::kAkp && signing) {
    HSM_TRY(const core::MlDsaInput input, read_ml_dsa_input(object, operation, spec));
    return core::ml_dsa_algorithm(spec, input);
  }
  HSM_CHECK(refuse_ml_dsa_members(object));
  HSM_TRY(const std::string_view name, required_text_member(object, "alg"));
  const auto algorithm = core::algorithm_named(name);
  if (!algorithm) return fail(Errc::kBadParameter, "'alg' is not a supported algorithm.");
  return *algorithm;
}

Status decode_fields(const JsonObject& object, std::span<std::uint8_t>& room, core::CryptoRequest& request) {
  const core::Scheme scheme = core::row(request.algorithm).scheme;
  for (const Field& field : fields_of(request.operation, scheme)) {
    HSM_TRY(const auto text, text_member(object, field.name));
    if (!text && field.required) return fail(Errc::kBadParameter, "'" + std::string(field.name) + "' is missing.");
    if (!text) continue;
    const auto size = decode_base64url(*text, room);
    if (!size) return fail(Errc::kBadParameter, "'" + std::string(field.name) + "' is not base64url.");
    request.*field.view = room.first(*size);
    room = room.subspan(*size);
  }
  if (scheme == core::Scheme::kMlDsa && request.aad.size() > core::kMlDsaContextBytesMax) {
    return fail(Errc::kBadParameter, "'context' is longer than 255 bytes.");
  }
  if (request.input.size() > core::kOperationInputBytesMax || request.aad.size() > core::kAadBytesMax) {
    return fail(Errc::kBadParameter, "The value is too long.");
  }
  return {};
}

}  // namespace

// Every byte member takes more of a body, by its name and punctuation, than decoding rounds up.
std::size_t decoded_bytes_max(std::size_t body_bytes) {
  return base64url_decoded_max(body_bytes);
}

Status read_crypto_members(const JsonObject& object, const core::KeyRecord& key, core::KeyOperation operation,
                           TimePoint now, std::span<std::uint8_t>& room, core::CryptoRequest& request,
                           std::string_view& algorithm_name) {
  request.operation = operation;
  HSM_TRY(request.algorithm, algorithm_of(object, operation, key.spec));
  const core::AlgorithmRow& algorithm = core::row(request.algorithm);
  algorithm_name = algorithm.name;
  HSM_CHECK(decode_fields(object, room, request));
  HSM_CHECK(core::check_use(key, operation, algorithm, now));
  request.key = key.material;
  return {};
}

void append_crypto_members(std::string& out, const core::CryptoRequest& request, const core::CryptoResult& result,
                           std::string_view kid) {
  if (request.operation == KeyOperation::kVerify) {
    out += result.verified ? R"({"value":true})" : R"({"value":false})";
    return;
  }
  const auto append = [&out](std::string_view name, ByteView bytes) {
    out.append(",\"").append(name).append("\":\"");
    append_base64url(out, bytes);
    out.push_back('"');
  };
  const core::AlgorithmRow& algorithm = core::row(request.algorithm);
  const bool encrypted = request.operation == KeyOperation::kEncrypt;
  const bool gcm = algorithm.scheme == core::Scheme::kAesGcm;
  const bool cbc = algorithm.scheme == core::Scheme::kAesCbc || algorithm.scheme == core::Scheme::kAesCbcPad;
  // Members as reference/keys-api.md §2.7 has them, in alphabetical order.
  const bool akp = algorithm.type == core::KeyType::kAkp;  // the key's one `alg`, for a mu, too: unconfirmed
  const std::string_view alg = akp ? core::ml_dsa_set(algorithm.key_bits).name : algorithm.name;
  out.append(R"({"alg":")").append(alg).append("\"");
  if (encrypted && gcm && !request.aad.empty()) append("aad", request.aad);
  if (encrypted && gcm) append("iv", result.iv);
  if (encrypted && cbc) append("iv", request.iv);
  if (!kid.empty()) out.append(R"(,"kid":")").append(kid).append("\"");
  if (encrypted && gcm) append("tag", result.tag);
  append("value", result.output);
  out.push_back('}');
}

std::size_t crypto_members_bytes_max(const core::CryptoRequest& request, const core::CryptoResult& result,
                                     std::string_view kid) {
  constexpr std::size_t kNamesAndShortMembers = 160;
  return kNamesAndShortMembers + kid.size() + (result.output.size() + request.aad.size()) * 4 / 3;
}

}  // namespace hsm::api::keys
