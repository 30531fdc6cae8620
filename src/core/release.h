#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/algorithm.h"
#include "core/key_material.h"

namespace hsm::core {

// Secure key release (reference/byok-release-attestation.md §3): what the store, the service and the messages to
// partitions know of it. The grammar of policies and the decision stand in src/release.

// ReleasePolicy says to whom an exportable key is released.
struct ReleasePolicy {
  std::string text;              // canonical JSON (release/release_policy.h)
  ReleasePolicyDigest digest{};  // SHA-256 of the text, as it is bound to the key's material
  std::string content_type;      // echoed
  bool immutable = false;        // once true, neither text nor flag may change
  friend bool operator==(const ReleasePolicy&, const ReleasePolicy&) = default;
};

inline constexpr std::string_view kReleaseContentType = "application/json; charset=utf-8";  // §3.1: the default
inline constexpr std::size_t kReleaseContentTypeBytesMax = 256;
// kReleasePolicyBytesMax: of the canonical text. Ours; a record with the most tags still fits a backup's part.
inline constexpr std::size_t kReleasePolicyBytesMax = 8 * 1024;
// kAttestationTokenBytesMax: real ones have 2 to 20 KiB; a release fits one message to a partition.
inline constexpr std::size_t kAttestationTokenBytesMax = 44 * 1024;

// ReleaseEncryption is a value of `enc` (§3.5): how a released key is wrapped for the attested environment,
// RSAES-OAEP(its key, AES-256 key) | AES-KWP(AES-256 key, material), with one digest for OAEP and MGF1.
enum class ReleaseEncryption : std::uint8_t {  // sent to partitions
  kCkmRsaAesKeyWrap = 1,
  kRsaAesKeyWrap256 = 2,
  kRsaAesKeyWrap384 = 3,
};
inline constexpr ReleaseEncryption kReleaseEncryptionDefault = ReleaseEncryption::kCkmRsaAesKeyWrap;  // recorded

struct ReleaseEncryptionRow {
  ReleaseEncryption encryption;
  std::string_view name;
  Digest digest;
};
inline constexpr auto kReleaseEncryptions = std::to_array<ReleaseEncryptionRow>({
    {ReleaseEncryption::kCkmRsaAesKeyWrap, "CKM_RSA_AES_KEY_WRAP", Digest::kSha1},
    {ReleaseEncryption::kRsaAesKeyWrap256, "RSA_AES_KEY_WRAP_256", Digest::kSha256},
    {ReleaseEncryption::kRsaAesKeyWrap384, "RSA_AES_KEY_WRAP_384", Digest::kSha384},
});
// Both return nullptr for what is not in the table.
constexpr const ReleaseEncryptionRow* find_release_encryption(ReleaseEncryption encryption) {
  const auto found = std::ranges::find(kReleaseEncryptions, encryption, &ReleaseEncryptionRow::encryption);
  return found == kReleaseEncryptions.end() ? nullptr : &*found;
}
constexpr const ReleaseEncryptionRow* release_encryption_named(std::string_view name) {
  const auto found = std::ranges::find(kReleaseEncryptions, name, &ReleaseEncryptionRow::name);
  return found == kReleaseEncryptions.end() ? nullptr : &*found;
}

}  // namespace hsm::core
