#include "identity/principal_id.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/bytes.h"
#include "base/hex.h"
#include "crypto/digest.h"

namespace hsm::identity {
namespace {

using Uuid = std::array<std::uint8_t, 16>;

// RFC 9562 §6.6: the namespace for URLs.
constexpr Uuid kUrlNamespace{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                             0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

// RFC 9562 §5.5: SHA-1 of namespace and name, cut to 128 bits, with version and variant written over it.
Uuid version_5(const Uuid& space, std::string_view name) {
  crypto::Sha1Value digest;
  crypto::hash_into(core::Digest::kSha1, {space, bytes_of(name)}, digest);
  Uuid uuid;
  std::copy_n(digest.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x50);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

std::string text(const Uuid& uuid) {
  std::string out = to_hex(uuid);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) out.insert(at, 1, '-');
  return out;
}

}  // namespace

std::string derived_principal_id(std::string_view issuer, PrincipalKind kind, std::string_view value) {
  // An issuer is a URL without fragment (OpenID Connect Core §2), so the two namespaces never meet.
  const std::string space = std::string(issuer) + (kind == PrincipalKind::kGroup ? "#group" : "#subject");
  return text(version_5(version_5(kUrlNamespace, space), value));
}

}  // namespace hsm::identity
