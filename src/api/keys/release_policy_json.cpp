#include "api/keys/release_policy_json.h"

#include "base/base64url.h"
#include "base/json_text.h"
#include "release/release_policy.h"

namespace hsm::api::keys {
namespace {

Result<core::WantedReleasePolicy> wanted_policy(const JsonObject& object) {
  HSM_TRY(const std::string_view data, required_text_member(object, "data"));
  HSM_TRY(const auto content_type, text_member(object, "contentType"));
  if (content_type && content_type->size() > core::kReleaseContentTypeBytesMax) {
    return fail(Errc::kBadParameter, "'contentType' is too long.");
  }
  const auto bytes = from_base64url(data);
  if (!bytes) return fail(Errc::kBadParameter, "'data' is not base64url.");
  HSM_TRY(const release::Policy policy, release::Policy::parse(text_of(*bytes)));
  core::WantedReleasePolicy wanted{.text = policy.canonical(), .digest = release::digest_of(policy.canonical())};
  if (content_type && !content_type->empty()) wanted.content_type = *content_type;
  HSM_TRY(wanted.immutable, bool_member(object, "immutable"));
  return wanted;
}

}  // namespace

Result<core::ReleaseChanges> release_member(const JsonObject& object) {
  core::ReleaseChanges changes;
  HSM_TRY(const JsonObject* attributes, object_member(object, "attributes"));
  if (attributes != nullptr) {
    HSM_TRY(changes.exportable, bool_member(*attributes, "exportable"));
  }
  HSM_TRY(const JsonObject* policy, object_member(object, "release_policy"));
  if (policy != nullptr) {
    HSM_TRY(changes.policy, wanted_policy(*policy));
  }
  return changes;
}

void append_release_policy(std::string& out, const core::ReleasePolicy& policy) {
  out += R"({"contentType":)";
  append_json_string(out, policy.content_type);
  out += R"(,"data":")";
  append_base64url(out, bytes_of(policy.text));
  out += policy.immutable ? R"(","immutable":true})" : R"(","immutable":false})";
}

}  // namespace hsm::api::keys
