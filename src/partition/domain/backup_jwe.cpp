#include "partition/domain/backup_jwe.h"

#include "base/base64url.h"
#include "crypto/compact_jwe.h"

namespace hsm::partition {
namespace {

constexpr std::string_view kKeyId = "backup-protection-key";
constexpr std::string_view kHeader = R"({"alg":"dir","enc":"A256CBC-HS512","kid":"backup-protection-key"})";

}  // namespace

std::string make_backup_jwe(const SecretBytes& backup_key, ByteView part, Random& random) {
  return crypto::make_jwe_dir(backup_key, kKeyId, part, random);
}

Result<SecretBytes> open_backup_jwe(const SecretBytes& backup_key, std::string_view jwe) {
  const auto parts = crypto::split_jwe(jwe);
  if (!parts || parts->header != to_base64url(bytes_of(kHeader))) return crypto::bad_ciphertext();
  return crypto::open_jwe_dir(*parts, backup_key);
}

}  // namespace hsm::partition
