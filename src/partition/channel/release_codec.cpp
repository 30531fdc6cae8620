#include "partition/channel/release_codec.h"

#include "base/wire.h"
#include "partition/channel/codec_parts.h"
#include "partition/channel/perform_codec.h"

namespace hsm::partition {
namespace {

static_assert(1 + sizeof(core::KeyId) + 3 * sizeof(std::uint32_t) + kWrappedBytesMax + core::kReleasePolicyBytesMax +
                  core::kAttestationTokenBytesMax <=
              kBodyBytesMax);

void put_key(WireWriter& out, const core::KeyReference& key) {
  put_array(out, key.id);
  out.put_bytes(key.wrapped);
}

core::KeyReference get_key(WireReader& in) {
  core::KeyReference key;
  key.id = get_array<sizeof key.id>(in);
  key.wrapped = in.get_bytes();
  return key;
}

}  // namespace

Status check(const core::ReleaseRequest& request) {
  if (core::find_release_encryption(request.encryption) == nullptr) return fail(Errc::kBadParameter, "unknown enc");
  if (request.key.wrapped.size() > kWrappedBytesMax) return fail(Errc::kBadParameter, "the key is too long");
  if (request.policy.size() > core::kReleasePolicyBytesMax) return fail(Errc::kBadParameter, "the policy is too long");
  if (request.token.size() > core::kAttestationTokenBytesMax) {
    return fail(Errc::kBadParameter, "'target' is too long for an attestation token.");
  }
  return {};
}

Status check_policy_change(const core::KeyReference& key, const core::ReleasePolicy& policy) {
  if (key.wrapped.size() > kWrappedBytesMax) return fail(Errc::kBadParameter, "the key is too long");
  if (policy.text.size() > core::kReleasePolicyBytesMax) return fail(Errc::kBadParameter, "the policy is too long");
  return {};
}

Bytes encode(const core::ReleaseRequest& request) {
  WireWriter out;
  out.put(request.encryption);
  put_key(out, request.key);
  out.put_text(request.policy);
  out.put_text(request.token);
  return out.take();
}

Result<core::ReleaseRequest> decode_release(ByteView body) {
  WireReader in(body);
  core::ReleaseRequest request;
  request.encryption = in.get<core::ReleaseEncryption>();
  request.key = get_key(in);
  request.policy = in.get_text();
  request.token = in.get_text();
  HSM_CHECK(in.finish("release"));
  if (!check(request)) return malformed("release");
  return request;
}

Bytes encode(const core::ReleasedKey& key) {
  WireWriter out;
  out.put_text(key.encryption_key_id);
  out.put_bytes(key.ciphertext);
  return out.take();
}

Result<core::ReleasedKey> decode_released_key(ByteView body) {
  WireReader in(body);
  core::ReleasedKey key;
  key.encryption_key_id = in.get_text();
  key.ciphertext = in.get_bytes();
  HSM_CHECK(in.finish("released key"));
  return key;
}

Bytes encode(const ChangeReleasePolicy& change) {
  WireWriter out;
  out.put(static_cast<std::uint8_t>(change.immutable ? 1 : 0));
  put_key(out, change.key);
  out.put_text(change.policy);
  return out.take();
}

Result<ChangeReleasePolicy> decode_change_release_policy(ByteView body) {
  WireReader in(body);
  ChangeReleasePolicy change;
  const auto immutable = in.get<std::uint8_t>();
  change.immutable = immutable == 1;
  change.key = get_key(in);
  change.policy = in.get_text();
  HSM_CHECK(in.finish("change"));
  if (immutable > 1 || !check_policy_change(change.key, {.text = change.policy})) return malformed("change");
  return change;
}

}  // namespace hsm::partition
