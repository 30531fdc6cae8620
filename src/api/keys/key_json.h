#pragma once
#include <string>
#include <string_view>

#include "api/json_body.h"
#include "api/keys/rendering.h"
#include "base/result.h"
#include "core/key_record.h"
#include "service/keys.h"

namespace hsm::api::keys {

// The JSON of keys, members in alphabetical order as the service has them (reference/keys-api.md §2).

// shows_key_size tells whether a key's size is among its attributes: that of a symmetric key, where it is wanted.
bool shows_key_size(const core::KeyRecord& record, const Rendering& rendering);

// KeyBundle (§2.1): {"attributes","key","release_policy"?,"tags"?}
std::string key_bundle(const core::KeyRecord& record, const Rendering& rendering);
// The same with attributes.attestation (§2.9)
std::string attested_key_bundle(const core::KeyRecord& record, const core::KeyAttestation& attestation,
                                const Rendering& rendering);
// DeletedKeyBundle (§2.5)
std::string deleted_key_bundle(const service::DeletedKey& key, const Rendering& rendering);

// What a release answers with (§2.11): a KeyBundle whose key has `key_hsm`, a JSON text, and a kty without -HSM.
std::string released_key_bundle(const core::KeyRecord& record, std::string_view key_hsm, const Rendering& rendering);

// KeyItem (§2.6): its kid has the version only in a list of versions.
enum class KidForm : std::uint8_t { kWithoutVersion, kWithVersion };
void append_key_item(std::string& out, const core::KeyRecord& record, KidForm form, const Rendering& rendering);
void append_deleted_key_item(std::string& out, const service::DeletedKey& key, const Rendering& rendering);

// ml_dsa_set_member reads `alg` of an AKP key, which has no default: the number of its parameter set.
Result<std::uint16_t> ml_dsa_set_member(const JsonObject& object);

// key_id is the absolute id of a key's version.
std::string key_id(const core::KeyRecord& record, std::string_view base_url);

// What create, import and update have in common in their bodies.
Result<std::optional<core::KeyOperations>> key_operations_member(const JsonObject& object);
Result<std::optional<core::Tags>> tags_member(const JsonObject& object);
Result<service::AttributeChanges> attributes_member(const JsonObject& object);
// new_key reads the members that creation and import share; key_ops stands elsewhere in each.
Result<service::NewKey> new_key(const core::KeyName& name, const core::KeySpec& spec,
                                const std::optional<core::KeyOperations>& operations, const JsonObject& object);

}  // namespace hsm::api::keys
