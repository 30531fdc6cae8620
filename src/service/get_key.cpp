#include "service/keys.h"

namespace hsm::service {

Result<KeyPointer> Keys::get(const core::KeyName& name, const std::optional<core::KeyVersion>& version) {
  return cache_.load(name, version);
}

Result<Keys::Attested> Keys::attest(const core::KeyName& name, const std::optional<core::KeyVersion>& version) {
  HSM_TRY(KeyPointer key, cache_.load(name, version));
  const std::string id = "/keys/" + key->name.text() + "/" + key->version.text();
  HSM_TRY(core::KeyAttestation attestation, partitions_.attest(*key->material, id));
  return Attested{std::move(key), std::move(attestation)};
}

Result<std::optional<Keys::StoredHead>> Keys::head_at(const std::string& path) {
  HSM_TRY(const auto record, store_.get(path));
  if (!record) return std::nullopt;
  HSM_TRY(core::KeyHead head, core::decode_key_head(record->value));
  return StoredHead{std::move(head), record->revision};
}

Result<Keys::StoredHead> Keys::existing_head(const std::string& path) {
  HSM_TRY(std::optional<StoredHead> head, head_at(path));
  if (!head) return fail(Errc::kKeyNotFound);
  return std::move(*head);
}

Result<core::KeyRecord> Keys::version_of(const core::KeyName& name, const core::KeyVersion& version) {
  HSM_TRY(StoredVersion stored, stored_version(name, version));
  return std::move(stored.record);
}

Result<Keys::StoredVersion> Keys::stored_version(const core::KeyName& name, const core::KeyVersion& version) {
  HSM_TRY(const auto record, store_.get(core::version_path(name, version)));
  if (!record) return fail(Errc::kKeyNotFound);
  HSM_TRY(core::KeyRecord decoded, core::decode_key_record(record->value));
  return StoredVersion{std::move(decoded), record->revision};
}

Result<core::KeyHead> Keys::head(const core::KeyName& name) {
  HSM_TRY(StoredHead stored, existing_head(core::key_path(name)));
  return std::move(stored.head);
}

}  // namespace hsm::service
