#include "api/handlers.h"
#include "api/json_body.h"
#include "base/base64url.h"
#include "base/json_text.h"

namespace hsm::api::securitydomain {
namespace {

constexpr std::size_t kCertificatesMax = 10;  // reference/security-domain.md §1
constexpr std::int64_t kQuorumDefault = 2;

// One certificate of the request (§4.1): what we encrypt to is x5c[0]. The other members describe it once more and do
// not count; the partition looks at the certificate alone.
Result<Bytes> certificate_of(const boost::json::value& value) {
  if (!value.is_object()) return fail(Errc::kBadParameter, "'certificates' must hold JSON web keys.");
  const JsonObject& jwk = value.get_object();
  HSM_TRY(const std::string_view kty, required_text_member(jwk, "kty"));
  HSM_TRY(const auto alg, text_member(jwk, "alg"));
  HSM_TRY(const auto use, text_member(jwk, "use"));
  if (kty != "RSA" || alg.value_or("RSA-OAEP-256") != "RSA-OAEP-256" || use.value_or("enc") != "enc") {
    return fail(Errc::kBadParameter, "A certificate must be an RSA key for RSA-OAEP-256.");
  }
  HSM_TRY(const boost::json::array* chain, array_member(jwk, "x5c"));
  if (chain == nullptr || chain->empty() || !chain->front().is_string()) {
    return fail(Errc::kBadParameter, "'x5c' must hold the certificate.");
  }
  return from_base64url(std::string_view(chain->front().get_string()));
}

// The file of §4.3, as the text that clients write to disk.
std::string file_text(const core::DomainFile& file, std::int64_t quorum) {
  std::string out = R"({"EncData":{"data":[)";
  for (std::size_t i = 0; i < file.data.size(); ++i) {
    out.append(i == 0 ? "" : ",").append(R"({"compact_jwe":")").append(file.data[i].compact_jwe);
    out.append(R"(","tag":")").append(file.data[i].tag).append("\"}");
  }
  out += R"(],"kdf":"sp108_kdf"},"SharedKeys":{"enc_shares":[)";
  for (std::size_t i = 0; i < file.shares.size(); ++i) {
    out.append(i == 0 ? "" : ",").append(R"({"enc_key":")").append(file.shares[i].enc_key);
    out.append(R"(","x5t_256":")").append(file.shares[i].x5t_256).append("\"}");
  }
  out += R"(],"key_algorithm":"shamir_share","required":)";
  append_json_number(out, quorum);
  out += R"(},"version":2})";
  return out;
}

}  // namespace

Result<Reply> download(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const boost::json::array* list, array_member(*object, "certificates"));
  if (list == nullptr || list->size() > kCertificatesMax)
    return fail(Errc::kBadParameter, "'certificates' must hold 3 to 10 keys.");
  std::vector<Bytes> certificates;
  for (const boost::json::value& value : *list) {
    HSM_TRY(Bytes certificate, certificate_of(value));
    certificates.push_back(std::move(certificate));
  }
  HSM_TRY(const auto required, integer_member(*object, "required"));
  const std::int64_t quorum = required.value_or(kQuorumDefault);
  if (quorum < 2 || quorum > static_cast<std::int64_t>(certificates.size())) {
    return fail(Errc::kBadParameter, "'required' must be 2 to 10, and not more than there are certificates.");
  }
  HSM_TRY(const core::DomainFile file,
          call.hsm->domain.download(certificates, static_cast<unsigned>(quorum), call.operation));
  Reply reply{.body = R"({"value":)", .status = 202};
  append_json_string(reply.body, file_text(file, quorum));
  reply.body.push_back('}');
  reply.head = "Azure-AsyncOperation: " + std::string(call.base_url) +
               "/securitydomain/download/pending?api-version=" + call.operation.event.operation_version +
               "\r\nRetry-After: 1\r\n";
  return reply;
}

}  // namespace hsm::api::securitydomain
