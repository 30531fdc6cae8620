#include "partition/engine/openssl/ec_material.h"

#include <algorithm>

namespace hsm::partition {
namespace {

constexpr std::uint8_t kFormatVersion = 1;
constexpr std::uint8_t kUncompressed = 4;  // SEC 1 §2.3.3

}  // namespace

EcMaterial::EcMaterial(core::Curve curve) : width_(core::row(curve).coordinate_bytes), bytes_(1 + 1 + 3 * width_) {
  bytes_.writable()[0] = kFormatVersion;
  writable_point()[0] = kUncompressed;
}

Result<EcMaterial> EcMaterial::read(const SecretBytes& material, core::Curve curve) {
  EcMaterial read(curve);
  const ByteView bytes = material.reveal();
  if (bytes.size() != read.bytes_.size() || bytes[0] != kFormatVersion) {
    return fail(Errc::kInternal, "the key's material is damaged");
  }
  std::ranges::copy(bytes, read.bytes_.writable().begin());
  return read;
}

core::PublicKey EcMaterial::public_key() const {
  core::PublicKey key;
  key.x = copy_of(point().subspan(1, width_));
  key.y = copy_of(point().subspan(1 + width_));
  return key;
}

}  // namespace hsm::partition
