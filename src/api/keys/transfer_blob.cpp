#include "api/keys/transfer_blob.h"

#include <algorithm>

#include "api/json_body.h"
#include "base/base64url.h"
#include "base/text.h"

namespace hsm::api::keys {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kKeys = "keys";

std::unexpected<Error> bad_blob(const char* what) {
  return fail(Errc::kBadParameter, std::string("JSON Web Key: the transfer blob in 'key_hsm' ") + what);
}

Result<Bytes> decode_leniently(std::string_view text) {
  std::string compact;
  std::ranges::copy_if(text, std::back_inserter(compact),
                       [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
  return from_base64url(compact);
}

// take_segment cuts off what stands before the next slash.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

// transfer_of is a transfer by the key of that id; what is transferred is still to come.
Result<service::Transfer> transfer_of(std::string_view kid, std::string_view instance) {
  if (!equal_ignoring_case(kid.substr(0, kScheme.size()), kScheme)) return bad_blob("has a kid that is no key's id.");
  kid.remove_prefix(kScheme.size());
  const std::string_view host = take_segment(kid);
  if (!equal_ignoring_case(host.substr(0, host.find('.')), instance)) {
    return bad_blob("was made for a key of another HSM.");
  }
  if (!equal_ignoring_case(take_segment(kid), kKeys)) return bad_blob("has a kid that is no key's id.");
  auto name = core::KeyName::parse(take_segment(kid));
  auto version = core::KeyVersion::parse(take_segment(kid));
  if (!name || !version || !kid.empty()) return bad_blob("has a kid that is no key's id with a version.");
  return service::Transfer{std::move(*name), std::move(*version), {}};
}

bool says(const Result<std::optional<std::string_view>>& member, std::string_view value) {
  return member && *member == value;
}

}  // namespace

Result<service::Transfer> parse_transfer_blob(std::string_view key_hsm, std::string_view instance) {
  if (key_hsm.size() > kTransferTextBytesMax) return bad_blob("is too long.");
  const auto text = decode_leniently(key_hsm);
  if (!text) return bad_blob("is not base64.");
  JsonBody json;
  const auto object = json.parse(*text);
  if (!object) return bad_blob("is not a JSON object.");
  if (!says(text_member(**object, "schema_version"), "1.0.0")) return bad_blob("is not of schema_version 1.0.0.");
  const auto header = object_member(**object, "header");
  if (!header || *header == nullptr) return bad_blob("has no header.");
  if (!says(text_member(**header, "alg"), "dir")) return bad_blob("has another alg than dir.");
  if (!says(text_member(**header, "enc"), "CKM_RSA_AES_KEY_WRAP")) {
    return bad_blob("has another enc than CKM_RSA_AES_KEY_WRAP.");
  }
  const auto kid = text_member(**header, "kid");
  if (!kid || !*kid) return bad_blob("has no kid.");
  HSM_TRY(service::Transfer transfer, transfer_of(**kid, instance));
  const auto ciphertext = text_member(**object, "ciphertext");
  if (!ciphertext || !*ciphertext) return bad_blob("has no ciphertext.");
  auto wrapped = decode_leniently(**ciphertext);
  if (!wrapped) return bad_blob("has a ciphertext that is not base64.");
  transfer.wrapped = std::move(*wrapped);
  return transfer;
}

}  // namespace hsm::api::keys
