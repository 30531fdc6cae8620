#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "attestation/attribute.h"
#include "base/bytes.h"
#include "base/result.h"

namespace hsm::attestation {

// A blob is what a partition says about one object (a public, private or secret key), signed by its attester:
//
//   blob       = magic (8, "STRGROOM") | version (u32, 1) | count (u32) | bytes (u32) | attribute × count
//                | signature (64)
//   attribute  = type (u32) | length (u32) | value
//
// Integers are big-endian; `bytes` is the length of all attributes together. Types ascend and none comes twice, so that
// an object has one form only. The signature is Ed25519 (RFC 8032 §5.1) over everything before it. A reader passes over
// types that it doesn't know.
inline constexpr std::string_view kBlobMagic = "STRGROOM";
inline constexpr std::uint32_t kBlobVersion = 1;
inline constexpr std::size_t kBlobBytesMax = 8 * 1024;  // of a post-quantum public key; RSA-4096 takes 1 KiB
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr std::size_t kAttributesMax = 64;

struct Attribute {
  AttributeType type{};
  Bytes value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

// Object is a set of attributes, in ascending order of their types.
class Object {
 public:
  // set: the type must not be there yet.
  void set_flag(AttributeType type, bool value);
  void set_number(AttributeType type, std::uint32_t value);
  void set_bytes(AttributeType type, ByteView value);
  void set_text(AttributeType type, std::string_view value) { set_bytes(type, bytes_of(value)); }

  // Each is nullopt (nullptr) if the attribute is not there or of another form.
  const Bytes* find(AttributeType type) const;
  std::optional<bool> flag(AttributeType type) const;
  std::optional<std::uint32_t> number(AttributeType type) const;
  std::optional<std::string_view> text(AttributeType type) const;

  const std::vector<Attribute>& attributes() const { return attributes_; }
  friend bool operator==(const Object&, const Object&) = default;

 private:
  std::vector<Attribute> attributes_;
};

// encode writes the part of a blob that is signed.
Bytes encode(const Object& object);

// SignedObject is a blob taken apart. Views look into the blob.
struct SignedObject {
  Object object;
  ByteView signed_part;
  ByteView signature;
};
// decode does not check the signature. kBadParameter: not such a blob, or one with a known attribute that is not of its
// form.
Result<SignedObject> decode(ByteView blob);

}  // namespace hsm::attestation
