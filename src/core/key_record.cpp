#include "core/key_record.h"

#include "base/wire.h"

namespace hsm::core {
namespace {

constexpr std::uint8_t kFormat = 2;      // 1 had no release policy
constexpr std::uint8_t kHeadFormat = 2;  // 1 had no rotation policy

void put_time(WireWriter& writer, const std::optional<std::int64_t>& time) {
  writer.put(static_cast<std::uint8_t>(time.has_value()));
  writer.put(time.value_or(0));
}

std::optional<std::int64_t> get_time(WireReader& reader) {
  const bool present = reader.get<std::uint8_t>() != 0;
  const auto time = reader.get<std::int64_t>();
  return present ? std::optional(time) : std::nullopt;
}

void put_duration(WireWriter& writer, const std::optional<Duration>& duration) {
  writer.put_text(duration ? duration->text() : "");
}

Result<std::optional<Duration>> get_duration(WireReader& reader) {
  const std::string text = reader.get_text();
  if (text.empty()) return std::nullopt;
  auto duration = Duration::parse(text);
  if (!duration) return fail(Errc::kInternal, "key head is damaged");
  return *std::move(duration);
}

void put_rotation(WireWriter& writer, const std::optional<RotationPolicy>& policy) {
  writer.put(static_cast<std::uint8_t>(policy.has_value()));
  if (!policy) return;
  put_duration(writer, policy->expiry_time);
  put_duration(writer, policy->rotation ? std::optional(policy->rotation->time) : std::nullopt);
  writer.put(policy->rotation ? policy->rotation->trigger : RotationTrigger::kAfterCreate);
  writer.put(policy->created);
  writer.put(policy->updated);
}

Result<std::optional<RotationPolicy>> get_rotation(WireReader& reader) {
  if (reader.get<std::uint8_t>() == 0) return std::nullopt;
  RotationPolicy policy;
  HSM_TRY(policy.expiry_time, get_duration(reader));
  HSM_TRY(std::optional<Duration> time, get_duration(reader));
  const auto trigger = reader.get<RotationTrigger>();
  if (trigger > RotationTrigger::kBeforeExpiry) return fail(Errc::kInternal, "key head is damaged");
  if (time) policy.rotation = Rotation{trigger, *std::move(time)};
  policy.created = reader.get<std::int64_t>();
  policy.updated = reader.get<std::int64_t>();
  return policy;
}

void put_release_policy(WireWriter& writer, const std::optional<ReleasePolicy>& policy) {
  writer.put(static_cast<std::uint8_t>(policy.has_value()));
  if (!policy) return;
  writer.put_text(policy->text);
  for (const std::uint8_t byte : policy->digest) writer.put(byte);
  writer.put_text(policy->content_type);
  writer.put(static_cast<std::uint8_t>(policy->immutable));
}

std::optional<ReleasePolicy> get_release_policy(WireReader& reader) {
  if (reader.get<std::uint8_t>() == 0) return std::nullopt;
  ReleasePolicy policy;
  policy.text = reader.get_text();
  for (std::uint8_t& byte : policy.digest) byte = reader.get<std::uint8_t>();
  policy.content_type = reader.get_text();
  policy.immutable = reader.get<std::uint8_t>() != 0;
  return policy;
}

}  // namespace

KeyPolicy policy_of(const KeyRecord& record) {
  KeyPolicy policy{.spec = record.spec, .operations = record.operations, .exportable = record.attributes.exportable};
  if (record.release_policy) {
    policy.release_policy_digest = record.release_policy->digest;
    policy.release_policy_immutable = record.release_policy->immutable;
  }
  return policy;
}

std::string key_path(const KeyName& name) {
  return kKeysPrefix + folded(name);
}
std::string deleted_key_path(const KeyName& name) {
  return kDeletedKeysPrefix + folded(name);
}
std::string version_prefix(const KeyName& name) {
  return "versions/" + folded(name) + "/";
}
std::string version_path(const KeyName& name, const KeyVersion& version) {
  return version_prefix(name) + version.text();
}

std::shared_ptr<const KeyReference> key_reference(Bytes wrapped, const KeyId& id) {
  return std::make_shared<const KeyReference>(KeyReference{id, std::move(wrapped)});
}

Bytes encode(const KeyRecord& record) {
  WireWriter writer;
  writer.put(kFormat);
  writer.put_text(record.name.text());
  writer.put_text(record.version.text());
  writer.put(record.spec.type);
  writer.put(record.spec.curve);
  writer.put(record.spec.bits);
  writer.put(record.operations.bits());
  writer.put(static_cast<std::uint8_t>(record.attributes.enabled));
  put_time(writer, record.attributes.not_before);
  put_time(writer, record.attributes.expires);
  writer.put(record.attributes.created);
  writer.put(record.attributes.updated);
  writer.put(static_cast<std::uint8_t>(record.attributes.exportable));
  writer.put(static_cast<std::uint16_t>(record.tags.size()));
  for (const auto& [name, value] : record.tags) {
    writer.put_text(name);
    writer.put_text(value);
  }
  writer.put_bytes(record.public_key.modulus);
  writer.put_bytes(record.public_key.exponent);
  writer.put_bytes(record.public_key.x);
  writer.put_bytes(record.public_key.y);
  if (record.spec.type == KeyType::kAkp) writer.put_bytes(record.public_key.pub);  // the others have no such member
  writer.put_bytes(record.material->id);
  writer.put_bytes(record.material->wrapped);
  put_release_policy(writer, record.release_policy);
  return writer.take();
}

Result<KeyRecord> decode_key_record(ByteView bytes) {
  WireReader reader(bytes);
  const auto format = reader.get<std::uint8_t>();
  if (format == 0 || format > kFormat) return fail(Errc::kInternal, "key record of an unknown format");
  HSM_TRY(KeyName name, KeyName::parse(reader.get_text()));
  HSM_TRY(KeyVersion version, KeyVersion::parse(reader.get_text()));
  KeyRecord record{.name = std::move(name),
                   .version = std::move(version),
                   .spec = {},
                   .operations = {},
                   .attributes = {},
                   .tags = {},
                   .public_key = {},
                   .material = {}};
  record.spec.type = reader.get<KeyType>();
  record.spec.curve = reader.get<Curve>();
  record.spec.bits = reader.get<std::uint16_t>();
  record.operations = KeyOperations::from_bits(reader.get<std::uint16_t>());
  record.attributes.enabled = reader.get<std::uint8_t>() != 0;
  record.attributes.not_before = get_time(reader);
  record.attributes.expires = get_time(reader);
  record.attributes.created = reader.get<std::int64_t>();
  record.attributes.updated = reader.get<std::int64_t>();
  record.attributes.exportable = reader.get<std::uint8_t>() != 0;
  const auto tags = reader.get<std::uint16_t>();
  for (std::uint16_t i = 0; i < tags && reader.ok(); ++i) {
    std::string tag = reader.get_text();
    record.tags.emplace_back(std::move(tag), reader.get_text());
  }
  record.public_key.modulus = reader.get_bytes();
  record.public_key.exponent = reader.get_bytes();
  record.public_key.x = reader.get_bytes();
  record.public_key.y = reader.get_bytes();
  if (record.spec.type == KeyType::kAkp) record.public_key.pub = reader.get_bytes();
  const ByteView id = reader.get_view();
  KeyReference reference;
  if (id.size() == reference.id.size()) std::copy(id.begin(), id.end(), reference.id.begin());
  reference.wrapped = reader.get_bytes();
  if (format >= kFormat) record.release_policy = get_release_policy(reader);
  HSM_CHECK(reader.finish("key record"));
  if (!valid(record.spec) || id.size() != reference.id.size() ||
      (record.attributes.exportable && !record.release_policy)) {
    return fail(Errc::kInternal, "key record is damaged");
  }
  record.material = std::make_shared<const KeyReference>(std::move(reference));
  return record;
}

Bytes encode(const KeyHead& head) {
  WireWriter writer;
  writer.put(kHeadFormat);
  writer.put_text(head.name.text());
  writer.put_text(head.latest.text());
  writer.put(head.versions);
  put_time(writer, head.deleted);
  put_time(writer, head.purge_at);
  put_rotation(writer, head.rotation);
  put_time(writer, head.rotate_at);
  return writer.take();
}

Result<KeyHead> decode_key_head(ByteView bytes) {
  WireReader reader(bytes);
  const auto format = reader.get<std::uint8_t>();
  if (format == 0 || format > kHeadFormat) return fail(Errc::kInternal, "key head of an unknown format");
  HSM_TRY(KeyName name, KeyName::parse(reader.get_text()));
  HSM_TRY(KeyVersion latest, KeyVersion::parse(reader.get_text()));
  KeyHead head{.name = std::move(name), .latest = std::move(latest), .versions = 1, .deleted = {}, .purge_at = {}};
  head.versions = reader.get<std::uint32_t>();
  head.deleted = get_time(reader);
  head.purge_at = get_time(reader);
  if (format >= kHeadFormat) {
    HSM_TRY(head.rotation, get_rotation(reader));
    head.rotate_at = get_time(reader);
  }
  HSM_CHECK(reader.finish("key head"));
  return head;
}

}  // namespace hsm::core
