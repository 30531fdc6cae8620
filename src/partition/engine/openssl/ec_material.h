#pragma once
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_material.h"

namespace hsm::partition {

// The material of an EC key whose coordinates have c bytes:
//
//   material = version (u8, 1) | point (1 + 2c: 04 | x | y, SEC 1 §2.3.3) | d (c, big-endian)
class EcMaterial {
 public:
  // A blank one is all zeros but the point's 04, to be filled part by part.
  explicit EcMaterial(core::Curve curve);
  // read: kInternal when `material` isn't of a key of that curve.
  static Result<EcMaterial> read(const SecretBytes& material, core::Curve curve);
  SecretBytes take() && { return std::move(bytes_); }

  ByteView point() const { return bytes_.reveal().subspan(1, 1 + 2 * width_); }
  ByteView d() const { return bytes_.reveal().last(width_); }
  std::span<std::uint8_t> writable_point() { return bytes_.writable().subspan(1, 1 + 2 * width_); }
  std::span<std::uint8_t> writable_d() { return bytes_.writable().last(width_); }

  core::PublicKey public_key() const;

 private:
  std::size_t width_;
  SecretBytes bytes_;
};

}  // namespace hsm::partition
