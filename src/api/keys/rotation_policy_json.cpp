#include "api/keys/rotation_policy_json.h"

#include "base/json_text.h"
#include "base/text.h"

namespace hsm::api::keys {
namespace {

constexpr std::string_view kAfterCreate = "timeAfterCreate";
constexpr std::string_view kBeforeExpiry = "timeBeforeExpiry";

void append_attributes(std::string& out, const core::RotationPolicy& policy) {
  out += R"("attributes":{"created":)";
  append_json_number(out, policy.created);
  if (policy.expiry_time) {
    out += R"(,"expiryTime":)";
    append_json_string(out, policy.expiry_time->text());
  }
  out += R"(,"updated":)";
  append_json_number(out, policy.updated);
  out.push_back('}');
}

// The type comes back in lower case on Managed HSM (reference/keys-api.md §6).
void append_action(std::string& out, const core::Rotation& rotation) {
  const bool after_create = rotation.trigger == core::RotationTrigger::kAfterCreate;
  out.append(R"({"action":{"type":"rotate"},"trigger":{")").append(after_create ? kAfterCreate : kBeforeExpiry);
  out += R"(":)";
  append_json_string(out, rotation.time.text());
  out += "}}";
}

Result<std::optional<core::Duration>> duration_member(const JsonObject& object, std::string_view name) {
  HSM_TRY(const auto text, text_member(object, name));
  if (!text) return std::nullopt;
  auto duration = core::Duration::parse(*text);
  if (!duration) {
    return fail(Errc::kBadParameter, "'" + std::string(name) + "': " + duration.error().message);
  }
  return *std::move(duration);
}

Status check_action(const JsonObject& action) {
  HSM_TRY(const std::string_view type, required_text_member(action, "type"));
  if (equal_ignoring_case(type, "rotate")) return {};
  if (equal_ignoring_case(type, "notify")) {  // unconfirmed: code
    return fail(Errc::kBadParameter, "'type': the action notify is not supported by a Managed HSM.");
  }
  return fail(Errc::kBadParameter, "'type' is not the type of a lifetime action.");
}

Result<core::Rotation> rotation_of(const boost::json::value& value) {
  if (!value.is_object()) return fail(Errc::kBadParameter, "'lifetimeActions' must hold objects.");
  HSM_TRY(const JsonObject* action, object_member(value.get_object(), "action"));
  HSM_TRY(const JsonObject* trigger, object_member(value.get_object(), "trigger"));
  if (action == nullptr || trigger == nullptr) {
    return fail(Errc::kBadParameter, "A lifetime action must have an 'action' and a 'trigger'.");
  }
  HSM_CHECK(check_action(*action));
  HSM_TRY(auto after_create, duration_member(*trigger, kAfterCreate));
  HSM_TRY(auto before_expiry, duration_member(*trigger, kBeforeExpiry));
  if (after_create.has_value() == before_expiry.has_value()) {
    return fail(Errc::kBadParameter, "'trigger' must have one of 'timeAfterCreate' and 'timeBeforeExpiry'.");
  }
  if (after_create) return core::Rotation{core::RotationTrigger::kAfterCreate, *std::move(after_create)};
  return core::Rotation{core::RotationTrigger::kBeforeExpiry, *std::move(before_expiry)};
}

}  // namespace

std::string rotation_policy(const core::KeyHead& head, std::string_view base_url) {
  std::string out = "{";
  if (head.rotation) {
    append_attributes(out, *head.rotation);
  } else {
    out += R"("attributes":{})";
  }
  out.append(R"(,"id":")").append(base_url).append("/keys/").append(head.name.text());
  out += R"(/rotationpolicy","lifetimeActions":[)";
  if (head.rotation && head.rotation->rotation) append_action(out, *head.rotation->rotation);
  out += "]}";
  return out;
}

Result<core::RotationPolicy> rotation_policy_of(const JsonObject& object) {
  core::RotationPolicy policy;
  HSM_TRY(const JsonObject* attributes, object_member(object, "attributes"));
  if (attributes != nullptr) {
    HSM_TRY(policy.expiry_time, duration_member(*attributes, "expiryTime"));
  }
  HSM_TRY(const boost::json::array* actions, array_member(object, "lifetimeActions"));
  if (actions == nullptr || actions->empty()) return policy;
  for (const boost::json::value& action : *actions) {
    HSM_TRY(policy.rotation, rotation_of(action));
    if (&action != &actions->front()) return fail(Errc::kBadParameter, "'lifetimeActions' can hold one rotation only.");
  }
  return policy;
}

}  // namespace hsm::api::keys
