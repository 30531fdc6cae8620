#include "partition/engine/wrapped_key.h"

#include <algorithm>

#include "base/assert.h"
#include "base/wire.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace hsm::partition {
namespace {

constexpr std::uint8_t kFormatVersion = 2;
constexpr std::uint8_t kOldestVersion = 1;  // had no flag but exportable
constexpr std::uint8_t kExportableFlag = 1;
constexpr std::uint8_t kImmutablePolicyFlag = 2;
constexpr std::uint8_t kLocalFlag = 4;
constexpr std::string_view kLabel = "strongroom wrapped key 1";  // stored
constexpr std::size_t kHeadBytes = 1 + kWrappedKeyPolicyBytes;
using AdditionalData = std::array<std::uint8_t, std::tuple_size_v<core::DomainId> + kHeadBytes>;

bool acceptable(const core::KeyPolicy& policy) {
  return core::valid(policy.spec) && policy.operations.within(core::possible_operations(policy.spec)) &&
         core::releasable_by_policy(policy);
}

std::uint8_t flags_of(const core::KeyPolicy& policy) {
  return static_cast<std::uint8_t>((policy.exportable ? kExportableFlag : 0) | (policy.local ? kLocalFlag : 0) |
                                   (policy.release_policy_immutable ? kImmutablePolicyFlag : 0));
}

Bytes write_head(const core::KeyPolicy& policy) {
  WireWriter out;
  out.put(kFormatVersion);
  out.put(policy.spec.type);
  out.put(policy.spec.curve);
  out.put(policy.spec.bits);
  out.put(policy.operations.bits());
  out.put(flags_of(policy));
  for (const std::uint8_t byte : policy.release_policy_digest) out.put(byte);
  return out.take();
}

// read_head is called only after the seal has been opened: what it reads is what wrap once wrote.
core::KeyPolicy read_head(ByteView head) {
  WireReader in(head.subspan(1));
  core::KeyPolicy policy;
  policy.spec.type = in.get<core::KeyType>();
  policy.spec.curve = in.get<core::Curve>();
  policy.spec.bits = in.get<std::uint16_t>();
  policy.operations = core::KeyOperations::from_bits(in.get<std::uint16_t>());
  const auto flags = in.get<std::uint8_t>();
  policy.exportable = (flags & kExportableFlag) != 0;
  policy.local = (flags & kLocalFlag) != 0;
  policy.release_policy_immutable = (flags & kImmutablePolicyFlag) != 0;
  for (std::uint8_t& byte : policy.release_policy_digest) byte = in.get<std::uint8_t>();
  return policy;
}

AdditionalData additional_data(const core::DomainId& domain, ByteView head) {
  AdditionalData aad{};
  const auto rest = std::ranges::copy(domain, aad.begin()).out;
  std::ranges::copy(head, rest);
  return aad;
}

}  // namespace

Bytes wrap(const SecretBytes& kek, const core::DomainId& domain, const core::KeyPolicy& policy,
           const SecretBytes& material, Random& random) {
  HSM_ASSERT(acceptable(policy));
  Bytes blob = write_head(policy);
  HSM_ASSERT(blob.size() == kHeadBytes);
  const AdditionalData aad = additional_data(domain, blob);
  append_salted_seal(blob, kek, kLabel, aad, material.reveal(), random);
  HSM_ASSERT(blob.size() <= kWrappedKeyBytesMax);
  return blob;
}

Result<UnwrappedKey> unwrap(const SecretBytes& kek, const core::DomainId& domain, ByteView blob) {
  if (blob.size() < kWrappedKeyOverheadBytes || blob.size() > kWrappedKeyBytesMax || blob[0] < kOldestVersion ||
      blob[0] > kFormatVersion) {
    return crypto::bad_ciphertext();
  }
  const ByteView head = blob.first(kHeadBytes);
  HSM_TRY(SecretBytes material, open_salted_seal(kek, kLabel, additional_data(domain, head), blob.subspan(kHeadBytes)));
  const core::KeyPolicy policy = read_head(head);
  if (!acceptable(policy)) return crypto::bad_ciphertext();
  return UnwrappedKey{policy, std::move(material)};
}

core::KeyId key_id(ByteView blob) {
  const crypto::Sha256Value digest = crypto::sha256(blob);
  core::KeyId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

}  // namespace hsm::partition
