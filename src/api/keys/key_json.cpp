#include "api/keys/key_json.h"

#include "api/keys/release_policy_json.h"
#include "base/base64url.h"
#include "base/json_text.h"

namespace hsm::api::keys {
namespace {

using core::KeyRecord;

constexpr int kRetentionDaysMax = 90;
constexpr std::string_view kHsmSuffix = "-HSM";  // of every kty here

void append_base64_member(std::string& out, std::string_view name, ByteView bytes) {
  out.append(",\"").append(name).append("\":\"");
  append_base64url(out, bytes);
  out.push_back('"');
}

void append_number_member(std::string& out, std::string_view name, std::int64_t number) {
  out.append(",\"").append(name).append("\":");
  append_json_number(out, number);
}

// reference/keys-api.md §2.4
std::string_view recovery_level(const service::Keys::Settings& settings) {
  if (settings.retention_days == kRetentionDaysMax)
    return settings.purge_protection ? "Recoverable" : "Recoverable+Purgeable";
  return settings.purge_protection ? "CustomizedRecoverable" : "CustomizedRecoverable+Purgeable";
}

// Symmetric keys have no public blob (reference/keys-api.md §2.9).
void append_attestation(std::string& out, const core::KeyAttestation& attestation) {
  out += R"("attestation":{"certificatePemFile":")";
  append_base64url(out, bytes_of(attestation.certificates));
  out.push_back('"');
  append_base64_member(out, "privateKeyAttestation", attestation.private_key);
  if (!attestation.public_key.empty()) append_base64_member(out, "publicKeyAttestation", attestation.public_key);
  out.append(R"(,"version":")").append(core::kKeyAttestationLabel).append("\"},");
}

void append_attributes(std::string& out, const KeyRecord& record, const Rendering& rendering,
                       const core::KeyAttestation* attestation = nullptr) {
  const core::KeyAttributes& attributes = record.attributes;
  out += R"("attributes":{)";
  if (attestation != nullptr) append_attestation(out, *attestation);
  out += R"("created":)";
  append_json_number(out, attributes.created);
  out += attributes.enabled ? R"(,"enabled":true)" : R"(,"enabled":false)";
  if (attributes.expires) append_number_member(out, "exp", *attributes.expires);
  out += attributes.exportable ? R"(,"exportable":true)" : R"(,"exportable":false)";
  if (shows_key_size(record, rendering)) append_number_member(out, "key_size", record.spec.bits);
  if (attributes.not_before) append_number_member(out, "nbf", *attributes.not_before);
  append_number_member(out, "recoverableDays", rendering.settings.retention_days);
  out.append(R"(,"recoveryLevel":")").append(recovery_level(rendering.settings)).append("\"");
  append_number_member(out, "updated", attributes.updated);
  out.push_back('}');
}

void append_kid(std::string& out, const KeyRecord& record, std::string_view base_url, KidForm form) {
  out.append(R"("kid":")").append(base_url).append("/keys/").append(record.name.text());
  if (form == KidForm::kWithVersion) out.append("/").append(record.version.text());
  out.push_back('"');
}

void append_tags(std::string& out, const KeyRecord& record) {
  if (record.tags.empty()) return;  // absent, not {}
  out += R"(,"tags":{)";
  for (std::size_t i = 0; i < record.tags.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_string(out, record.tags[i].first);
    out.push_back(':');
    append_json_string(out, record.tags[i].second);
  }
  out.push_back('}');
}

// `key_hsm` is what a released key has instead of the -HSM of its type; empty for all others.
void append_web_key(std::string& out, const KeyRecord& record, std::string_view base_url, std::string_view key_hsm) {
  out += R"("key":{)";
  if (record.spec.type == core::KeyType::kAkp) {
    out.append(R"("alg":")").append(core::ml_dsa_set(record.spec.bits).name).append("\",");
  } else if (record.spec.curve != core::Curve::kNone) {
    out.append(R"("crv":")").append(core::row(record.spec.curve).name).append("\",");
  } else if (record.spec.type == core::KeyType::kRsa) {
    out += R"("e":")";
    append_base64url(out, record.public_key.exponent);
    out += "\",";
  }
  if (!key_hsm.empty()) {
    out += R"("key_hsm":")";
    append_base64url(out, bytes_of(key_hsm));
    out += "\",";
  }
  out += R"("key_ops":[)";
  bool first = true;
  for (const core::KeyOperationRow& row : core::kKeyOperations) {
    if (!record.operations.has(row.operation)) continue;
    out.append(first ? "\"" : ",\"").append(row.name).append("\"");
    first = false;
  }
  out += "],";
  append_kid(out, record, base_url, KidForm::kWithVersion);
  std::string_view kty = core::wire_name(record.spec.type);
  if (!key_hsm.empty()) kty.remove_suffix(kHsmSuffix.size());
  out.append(R"(,"kty":")").append(kty).append("\"");
  if (record.spec.type == core::KeyType::kRsa) append_base64_member(out, "n", record.public_key.modulus);
  if (record.spec.type == core::KeyType::kAkp) append_base64_member(out, "pub", record.public_key.pub);
  if (record.spec.type == core::KeyType::kEc) {
    append_base64_member(out, "x", record.public_key.x);
    append_base64_member(out, "y", record.public_key.y);
  }
  if (record.spec.type == core::KeyType::kOkp) append_base64_member(out, "x", record.public_key.x);
  out.push_back('}');
}

// What some answers have besides.
struct BundleExtras {
  std::string_view key_hsm = {};                      // of a released key
  const core::KeyAttestation* attestation = nullptr;  // of an attested one
};

void append_bundle_members(std::string& out, const KeyRecord& record, const Rendering& rendering,
                           const BundleExtras& extras = {}) {
  append_attributes(out, record, rendering, extras.attestation);
  out.push_back(',');
  append_web_key(out, record, rendering.base_url, extras.key_hsm);
  if (record.release_policy) {
    out += R"(,"release_policy":)";
    append_release_policy(out, *record.release_policy);
  }
  append_tags(out, record);
}

void append_deletion(std::string& out, const core::KeyHead& head, std::string_view base_url) {
  append_number_member(out, "deletedDate", head.deleted.value_or(0));
  out.append(R"(,"recoveryId":")").append(base_url).append("/deletedkeys/").append(head.name.text()).append("\"");
  append_number_member(out, "scheduledPurgeDate", head.purge_at.value_or(0));
}

}  // namespace

Result<std::uint16_t> ml_dsa_set_member(const JsonObject& object) {
  HSM_TRY(const std::string_view alg, required_text_member(object, "alg"));
  const core::MlDsaSetRow* set = core::ml_dsa_set_named(alg);
  if (set == nullptr) return fail(Errc::kBadParameter, "'alg' is not a supported algorithm of AKP keys.");
  return set->number;
}

std::string key_id(const KeyRecord& record, std::string_view base_url) {
  const std::string& name = record.name.text();
  const std::string& version = record.version.text();
  std::string id;
  id.reserve(base_url.size() + 7 + name.size() + version.size());
  id.append(base_url).append("/keys/").append(name).append("/").append(version);
  return id;
}

bool shows_key_size(const KeyRecord& record, const Rendering& rendering) {
  return rendering.key_size && record.spec.type == core::KeyType::kOct;
}

std::string key_bundle(const KeyRecord& record, const Rendering& rendering) {
  std::string out;
  out.reserve(1024);
  out.push_back('{');
  append_bundle_members(out, record, rendering);
  out.push_back('}');
  return out;
}

std::string released_key_bundle(const KeyRecord& record, std::string_view key_hsm, const Rendering& rendering) {
  std::string out = "{";
  append_bundle_members(out, record, rendering, {.key_hsm = key_hsm});
  out.push_back('}');
  return out;
}

std::string attested_key_bundle(const KeyRecord& record, const core::KeyAttestation& attestation,
                                const Rendering& rendering) {
  std::string out = "{";
  append_bundle_members(out, record, rendering, {.attestation = &attestation});
  out.push_back('}');
  return out;
}

std::string deleted_key_bundle(const service::DeletedKey& key, const Rendering& rendering) {
  std::string out = "{";
  append_bundle_members(out, key.latest, rendering);
  append_deletion(out, key.head, rendering.base_url);
  out.push_back('}');
  return out;
}

void append_key_item(std::string& out, const KeyRecord& record, KidForm form, const Rendering& rendering) {
  out.push_back('{');
  append_attributes(out, record, rendering);
  out.push_back(',');
  append_kid(out, record, rendering.base_url, form);
  append_tags(out, record);
  out.push_back('}');
}

void append_deleted_key_item(std::string& out, const service::DeletedKey& key, const Rendering& rendering) {
  out.push_back('{');
  append_attributes(out, key.latest, rendering);
  out.push_back(',');
  append_kid(out, key.latest, rendering.base_url, KidForm::kWithoutVersion);
  append_tags(out, key.latest);
  append_deletion(out, key.head, rendering.base_url);
  out.push_back('}');
}

Result<std::optional<core::KeyOperations>> key_operations_member(const JsonObject& object) {
  HSM_TRY(const boost::json::array* names, array_member(object, "key_ops"));
  if (names == nullptr) return std::nullopt;
  core::KeyOperations operations;
  for (const boost::json::value& name : *names) {
    const auto operation =
        name.is_string() ? core::key_operation_named(std::string_view(name.get_string())) : std::nullopt;
    if (!operation) return fail(Errc::kBadParameter, "'key_ops' holds a value that is not a key operation.");
    operations.add(*operation);
  }
  // Clients send an empty list for "none given" (unconfirmed); a key without operations would be of no use.
  if (operations.empty()) return std::nullopt;
  return operations;
}

Result<std::optional<core::Tags>> tags_member(const JsonObject& object) {
  HSM_TRY(const JsonObject* members, object_member(object, "tags"));
  if (members == nullptr) return std::nullopt;
  core::Tags tags;
  for (const auto& [name, value] : *members) {
    if (!value.is_string()) return fail(Errc::kBadParameter, "'tags': every value must be a string.");
    tags.emplace_back(std::string(name), std::string(std::string_view(value.get_string())));
  }
  return tags;
}

Result<service::AttributeChanges> attributes_member(const JsonObject& object) {
  service::AttributeChanges changes;
  HSM_TRY(const JsonObject* attributes, object_member(object, "attributes"));
  if (attributes != nullptr) {
    HSM_TRY(changes.enabled, bool_member(*attributes, "enabled"));
    HSM_TRY(changes.not_before, integer_member(*attributes, "nbf"));
    HSM_TRY(changes.expires, integer_member(*attributes, "exp"));
  }
  return changes;
}

Result<service::NewKey> new_key(const core::KeyName& name, const core::KeySpec& spec,
                                const std::optional<core::KeyOperations>& operations, const JsonObject& object) {
  service::NewKey key{.name = name, .spec = spec, .operations = operations, .attributes = {}, .tags = {}};
  HSM_TRY(key.attributes, attributes_member(object));
  HSM_TRY(key.release, release_member(object));
  HSM_TRY(auto tags, tags_member(object));
  key.tags = std::move(tags).value_or(core::Tags{});
  return key;
}

}  // namespace hsm::api::keys
