// POST …/release: the signed answer (reference/byok-release-attestation.md §3.6). Members in alphabetical order, as the
// service has them.
#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "base/base64url.h"
#include "base/json_text.h"
#include "release/response_signer.h"

namespace hsm::api::keys {
namespace {

constexpr std::size_t kNonceBytesMax = 1024;  // ours

struct Request {
  service::ReleaseKey release;
  std::optional<std::string> nonce;
};

Result<Request> read_request(const Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const std::string_view target, required_text_member(*object, "target"));
  HSM_TRY(const auto enc, text_member(*object, "enc"));
  HSM_TRY(const auto nonce, text_member(*object, "nonce"));
  Request request{.release = {.name = *call.target.key, .version = call.target.version, .token = std::string(target)},
                  .nonce = {}};
  if (target.empty()) return fail(Errc::kBadParameter, "'target' is empty.");
  if (enc) {
    const core::ReleaseEncryptionRow* row = core::release_encryption_named(*enc);
    if (row == nullptr) return fail(Errc::kBadParameter, "'enc' is not a supported key encryption.");
    request.release.encryption = row->encryption;
  }
  if (nonce && nonce->size() > kNonceBytesMax) return fail(Errc::kBadParameter, "'nonce' is too long.");
  if (nonce) request.nonce = *nonce;
  return request;
}

// key_hsm says to whom the key is encrypted, and how.
std::string key_hsm(const core::ReleasedKey& key, core::ReleaseEncryption encryption) {
  std::string out = R"({"ciphertext":")";
  append_base64url(out, key.ciphertext);
  out.append(R"(","header":{"alg":"dir","enc":")").append(core::find_release_encryption(encryption)->name);
  out += R"(","kid":)";
  append_json_string(out, key.encryption_key_id);
  out += R"(},"schema_version":"1.0"})";
  return out;
}

// The request as it came: its kid has a version only if the path had one. That the nonce stands here is unconfirmed.
void append_request(std::string& out, const Call& call, const Request& request) {
  out += R"({"api-version":)";
  append_json_string(out, call.operation.event.operation_version);
  out.append(R"(,"enc":")").append(core::find_release_encryption(request.release.encryption)->name);
  out.append(R"(","kid":")").append(call.base_url).append("/keys/").append(request.release.name.text());
  if (request.release.version) out.append("/").append(request.release.version->text());
  out.push_back('"');
  if (request.nonce) {
    out += R"(,"nonce":)";
    append_json_string(out, *request.nonce);
  }
  out.push_back('}');
}

}  // namespace

Result<Reply> release(Call& call) {
  const release::ResponseSigner* signer = call.front->site.release_signer;
  if (signer == nullptr) {
    return fail(Errc::kNotSupported, "Keys can't be released: the HSM has no RSA certificate to sign with.");
  }
  HSM_TRY(const Request request, read_request(call));
  service::Keys& keys = call.hsm->keys;
  HSM_TRY(const service::ReleasedKey released, keys.release(request.release, call.operation));
  std::string payload = R"({"request":)";
  append_request(payload, call, request);
  payload += R"(,"response":{"key":)";
  payload +=
      released_key_bundle(*released.key, key_hsm(released.material, request.release.encryption), rendering_for(call));
  payload += "}}";
  HSM_TRY(const std::string token, signer->sign(payload));
  return Reply{.body = R"({"value":")" + token + "\"}"};
}

}  // namespace hsm::api::keys
