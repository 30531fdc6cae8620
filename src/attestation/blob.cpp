#include "attestation/blob.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace hsm::attestation {
namespace {

constexpr std::size_t kHeaderBytes = 20;

std::array<std::uint8_t, 4> big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::uint32_t from_big_endian(ByteView four) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : four) value = value << 8 | byte;
  return value;
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Reader never reads past the end; after the first short read all further ones are empty.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}
  ByteView take(std::size_t n) {
    if (n > in_.size()) {
      ok_ = false;
      in_ = {};
      return {};
    }
    const ByteView taken = in_.first(n);
    in_ = in_.subspan(n);
    return taken;
  }
  std::uint32_t number() { return from_big_endian(take(4)); }
  bool ok() const { return ok_; }
  std::size_t left() const { return in_.size(); }

 private:
  ByteView in_;
  bool ok_ = true;
};

bool printable(ByteView text) {
  return std::ranges::all_of(text, [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; });
}

bool of_its_form(AttributeType type, ByteView value) {
  const AttributeRow* row = find_row(type);
  if (row == nullptr) return true;
  switch (row->form) {
    case Form::kFlag:
      return value.size() == 1 && value[0] <= 1;
    case Form::kNumber:
      return value.size() == 4;
    case Form::kBytes:
      return true;
    case Form::kText:
      return printable(value);
  }
  return false;
}

std::unexpected<Error> malformed(const char* reason) {
  return fail(Errc::kBadParameter, std::string("not an attestation of Strongroom: ") + reason);
}

}  // namespace

void Object::set_bytes(AttributeType type, ByteView value) {
  const auto place = std::ranges::lower_bound(attributes_, type, {}, &Attribute::type);
  HSM_ASSERT((place == attributes_.end() || place->type != type) && of_its_form(type, value));
  attributes_.insert(place, Attribute{type, copy_of(value)});
}

void Object::set_flag(AttributeType type, bool value) {
  const std::uint8_t byte = value ? 1 : 0;
  set_bytes(type, {&byte, 1});
}

void Object::set_number(AttributeType type, std::uint32_t value) {
  set_bytes(type, big_endian(value));
}

const Bytes* Object::find(AttributeType type) const {
  const auto found = std::ranges::lower_bound(attributes_, type, {}, &Attribute::type);
  return found == attributes_.end() || found->type != type ? nullptr : &found->value;
}

std::optional<bool> Object::flag(AttributeType type) const {
  const Bytes* value = find(type);
  if (value == nullptr || value->size() != 1) return std::nullopt;
  return value->front() == 1;
}

std::optional<std::uint32_t> Object::number(AttributeType type) const {
  const Bytes* value = find(type);
  if (value == nullptr || value->size() != 4) return std::nullopt;
  return from_big_endian(*value);
}

std::optional<std::string_view> Object::text(AttributeType type) const {
  const Bytes* value = find(type);
  if (value == nullptr || !printable(*value)) return std::nullopt;
  return text_of(*value);
}

Bytes encode(const Object& object) {
  HSM_ASSERT(object.attributes().size() <= kAttributesMax);
  Bytes attributes;
  for (const Attribute& attribute : object.attributes()) {
    append(attributes, big_endian(static_cast<std::uint32_t>(attribute.type)));
    append(attributes, big_endian(static_cast<std::uint32_t>(attribute.value.size())));
    append(attributes, attribute.value);
  }
  Bytes out = copy_of(bytes_of(kBlobMagic));
  append(out, big_endian(kBlobVersion));
  append(out, big_endian(static_cast<std::uint32_t>(object.attributes().size())));
  append(out, big_endian(static_cast<std::uint32_t>(attributes.size())));
  append(out, attributes);
  HSM_ASSERT(out.size() + kSignatureBytes <= kBlobBytesMax);
  return out;
}

Result<SignedObject> decode(ByteView blob) {
  if (blob.size() < kHeaderBytes + kSignatureBytes || blob.size() > kBlobBytesMax) return malformed("its length");
  SignedObject decoded{
      .object = {}, .signed_part = blob.first(blob.size() - kSignatureBytes), .signature = blob.last(kSignatureBytes)};
  Reader in(decoded.signed_part);
  if (text_of(in.take(kBlobMagic.size())) != kBlobMagic) return malformed("its first bytes");
  if (in.number() != kBlobVersion) return malformed("a version that this program does not know");
  const std::uint32_t count = in.number();
  const std::uint32_t bytes = in.number();
  if (count > kAttributesMax || bytes != in.left()) return malformed("its length");
  std::optional<AttributeType> last;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto type = static_cast<AttributeType>(in.number());
    const ByteView value = in.take(in.number());
    if (!in.ok() || (last && *last >= type) || !of_its_form(type, value)) return malformed("an attribute");
    decoded.object.set_bytes(type, value);
    last = type;
  }
  if (in.left() != 0) return malformed("its length");
  return decoded;
}

}  // namespace hsm::attestation
