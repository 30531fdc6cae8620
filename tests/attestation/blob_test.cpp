#include "attestation/blob.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"

namespace hsm::attestation {
namespace {

Object sample() {
  Object object;
  object.set_text(AttributeType::kEngine, "an engine");
  object.set_number(AttributeType::kClass, kSecretKey);
  object.set_flag(AttributeType::kLocal, true);
  object.set_bytes(AttributeType::kCheckValue, Bytes{1, 2, 3});
  return object;
}

Bytes with_signature(Bytes signed_part) {
  signed_part.insert(signed_part.end(), kSignatureBytes, 0x5a);
  return signed_part;
}

// The form is public: whoever wrote a reader of it must be able to rely on it.
TEST(Blob, HasThePublishedForm) {
  EXPECT_EQ(to_hex(encode(sample())),
            "53545247524f4f4d00000001000000040000003100000000"
            "0000000400000004"
            "000001630000000101"
            "0000017300000003010203"
            "800053040000000"
            "9616e20656e67696e65");
}

TEST(Blob, ComesBack) {
  const Bytes blob = with_signature(encode(sample()));
  const SignedObject decoded = decode(blob).value();
  EXPECT_EQ(decoded.object, sample());
  EXPECT_EQ(decoded.object.number(AttributeType::kClass), kSecretKey);
  EXPECT_EQ(decoded.object.flag(AttributeType::kLocal), true);
  EXPECT_EQ(decoded.object.text(AttributeType::kEngine), "an engine");
  EXPECT_EQ(decoded.object.flag(AttributeType::kClass), std::nullopt) << "of another form";
  EXPECT_EQ(decoded.object.find(AttributeType::kModulus), nullptr);
  EXPECT_EQ(copy_of(decoded.signature), Bytes(kSignatureBytes, 0x5a));
}

TEST(Blob, PassesOverWhatALaterVersionAdds) {
  Object object = sample();
  object.set_bytes(static_cast<AttributeType>(0x8000ffff), Bytes{9});
  EXPECT_EQ(decode(with_signature(encode(object))).value().object, object);
}

TEST(Blob, RefusesEveryOtherLength) {
  Bytes blob = with_signature(encode(sample()));
  for (std::size_t size = 0; size < blob.size(); ++size) EXPECT_FALSE(decode(ByteView(blob).first(size))) << size;
  blob.push_back(0);
  EXPECT_FALSE(decode(blob));
  EXPECT_FALSE(decode(Bytes(kBlobBytesMax + 1)));
}

// The header and each attribute's, where a wrong number could lead a reader astray.
TEST(Blob, RefusesADamagedStructure) {
  const Bytes good = with_signature(encode(sample()));
  const struct {
    const char* name;
    std::size_t at;
    std::uint8_t value;
  } cases[] = {
      {"magic", 0, 'X'},
      {"version", 11, 2},
      {"fewer attributes", 15, 3},
      {"more attributes", 15, 5},
      {"far more attributes", 12, 0xff},
      {"shorter", 19, 0x30},
      {"attributes out of order", 20, 0xff},
      {"a length beyond the end", 24, 0xff},
      {"a flag of two bytes", 39, 2},
      {"a flag that is neither", 40, 2},
      {"text that can't be printed", good.size() - kSignatureBytes - 1, 0x07},
  };
  for (const auto& test : cases) {
    Bytes blob = good;
    blob[test.at] = test.value;
    EXPECT_FALSE(decode(blob)) << test.name;
  }
}

TEST(Blob, SaysNothingTwice) {
  Bytes blob = encode(sample());
  constexpr std::size_t kFirst = 20, kFirstBytes = 12;
  const Bytes class_attribute(blob.begin() + kFirst, blob.begin() + kFirst + kFirstBytes);
  blob.insert(blob.begin() + kFirst, class_attribute.begin(), class_attribute.end());
  blob[15] += 1;
  blob[19] += kFirstBytes;
  EXPECT_FALSE(decode(with_signature(blob)));
}

}  // namespace
}  // namespace hsm::attestation
