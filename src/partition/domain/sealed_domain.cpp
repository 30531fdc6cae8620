#include "partition/domain/sealed_domain.h"

#include "crypto/openssl.h"

namespace hsm::partition {
namespace {

constexpr std::uint8_t kFormatVersion = 1;
constexpr std::string_view kLabel = "strongroom sealed domain 1";  // stored

Status check(const SecretBytes& seal_key) {
  if (seal_key.size() != kSealKeyBytes) return fail(Errc::kBadParameter, "the seal key has a wrong length");
  return {};
}

}  // namespace

Result<Bytes> seal_domain(const MasterSecret& master, const SecretBytes& seal_key, Random& random) {
  HSM_CHECK(check(seal_key));
  Bytes out{kFormatVersion};
  const Bytes version = out;
  append_salted_seal(out, seal_key, kLabel, version, master.payload().reveal(), random);
  return out;
}

Result<MasterSecret> open_sealed_domain(ByteView sealed, const SecretBytes& seal_key) {
  HSM_CHECK(check(seal_key));
  if (sealed.size() != kSealedDomainBytes || sealed[0] != kFormatVersion) return crypto::bad_ciphertext();
  HSM_TRY(const SecretBytes payload, open_salted_seal(seal_key, kLabel, sealed.first(1), sealed.subspan(1)));
  return MasterSecret::open_payload(payload);
}

}  // namespace hsm::partition
