#include "storage/record_seal.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/assert.h"
#include "base/wire.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"

// sealed value = version u8 ‖ generation u64 ‖ nonce 12 ‖ ciphertext ‖ tag 16        integers little-endian
// key          = HKDF-SHA256(record key, "strongroom record v1", path): one a path, so that a value can't be moved
// aad          = instance ‖ path ‖ version ‖ generation                              the first two with a u32 length
// generation   = the revision of the value that this one replaced; 0 if there was none
//
// A random nonce repeats among 2^32 values of one path with a probability below 2^-32 (SP 800-38D §8.3).
namespace hsm::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceAt = 1 + sizeof(core::Revision);
constexpr std::size_t kCiphertextAt = kNonceAt + crypto::kAeadNonceBytes;
constexpr std::string_view kLabel = "strongroom record v1";

}  // namespace

RecordSeal::RecordSeal(SecretBytes record_key, Bytes instance, Random& random)
    : record_key_(std::move(record_key)), instance_(std::move(instance)), random_(random) {
  HSM_ASSERT(record_key_.size() == kRecordKeyBytes);
}

RecordSeal::Sealed RecordSeal::seal(const std::string& path, core::Revision replaced, ByteView value) const {
  WireWriter header;
  header.put(kVersion);
  header.put(replaced);
  Sealed sealed{header.take(), {}};
  sealed.bytes.resize(kCiphertextAt + value.size() + crypto::kAeadTagBytes);
  const std::span out(sealed.bytes);
  const auto nonce = out.subspan(kNonceAt, crypto::kAeadNonceBytes);
  random_.fill(nonce);
  const crypto::AeadKey key(key_of(path));
  key.seal_into(nonce, associated_data(path, replaced), value, out.subspan(kCiphertextAt, value.size()), sealed.tag);
  std::ranges::copy(sealed.tag, out.last(crypto::kAeadTagBytes).begin());
  return sealed;
}

Result<RecordSeal::Opened> RecordSeal::open(const std::string& path, ByteView sealed) const {
  const auto altered = [&path] {
    return fail(Errc::kInternal, {}, "the record " + path + " does not open: the store was altered or damaged");
  };
  if (sealed.size() < kCiphertextAt + crypto::kAeadTagBytes || sealed.front() != kVersion) return altered();
  WireReader header(sealed.subspan(1));
  Opened opened{.value = Bytes(sealed.size() - kCiphertextAt - crypto::kAeadTagBytes),
                .tag = {},
                .replaced = header.get<core::Revision>()};
  std::ranges::copy(sealed.last(crypto::kAeadTagBytes), opened.tag.begin());
  const crypto::AeadKey key(key_of(path));
  const Status fits =
      key.open_into(sealed.subspan(kNonceAt, crypto::kAeadNonceBytes), associated_data(path, opened.replaced),
                    sealed.subspan(kCiphertextAt, opened.value.size()), opened.tag, opened.value);
  if (!fits) return altered();
  return opened;
}

SecretBytes RecordSeal::key_of(const std::string& path) const {
  return crypto::hkdf_sha256(record_key_, kLabel, bytes_of(path), kRecordKeyBytes);
}

Bytes RecordSeal::associated_data(const std::string& path, core::Revision replaced) const {
  WireWriter writer;
  writer.put_bytes(instance_);
  writer.put_text(path);
  writer.put(kVersion);
  writer.put(replaced);
  return writer.take();
}

}  // namespace hsm::storage
