#include "storage/sealing_store.h"

#include <array>

#include "base/assert.h"
#include "base/log.h"
#include "base/wire.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"

// sealed record = version u8 ‖ generation u64 ‖ nonce 12 ‖ ciphertext ‖ tag 16
// key           = HKDF(record key, "strongroom record v1", path): one a path, so that a record can't be moved
// aad           = instance (u32 length, bytes) ‖ path (likewise) ‖ version ‖ generation
// The generation counts the values that a path has had. A random nonce repeats among 2^32 values of one path with a
// probability below 2^-32 (SP 800-38D §8.3).
namespace hsm::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kRecordKeyBytes = 32;
constexpr std::size_t kNonceAt = 1 + sizeof(std::uint64_t);
constexpr std::size_t kCiphertextAt = kNonceAt + crypto::kAeadNonceBytes;
constexpr std::string_view kLabel = "strongroom record v1";

Bytes associated_data(ByteView instance, const std::string& path, std::uint64_t generation) {
  WireWriter writer;
  writer.put_bytes(instance);
  writer.put_text(path);
  writer.put(kVersion);
  writer.put(generation);
  return writer.take();
}

std::uint64_t generation_of(ByteView sealed) {
  WireReader reader(sealed);
  reader.get<std::uint8_t>();
  return reader.get<std::uint64_t>();
}

}  // namespace

SealingStore::SealingStore(core::Store& beneath, SecretBytes record_key, Bytes instance, Random& random)
    : beneath_(beneath), record_key_(std::move(record_key)), instance_(std::move(instance)), random_(random) {
  HSM_ASSERT(record_key_.size() == kRecordKeyBytes);
}

Bytes SealingStore::seal(const std::string& path, std::uint64_t generation, ByteView value) const {
  const SecretBytes key = crypto::hkdf_sha256(record_key_, kLabel, bytes_of(path), kRecordKeyBytes);
  std::array<std::uint8_t, crypto::kAeadNonceBytes> nonce;
  random_.fill(nonce);
  WireWriter header;
  header.put(kVersion);
  header.put(generation);
  Bytes sealed = header.take();
  sealed.insert(sealed.end(), nonce.begin(), nonce.end());
  const Bytes ciphertext = crypto::aead_seal(key, nonce, associated_data(instance_, path, generation), value);
  sealed.insert(sealed.end(), ciphertext.begin(), ciphertext.end());
  return sealed;
}

Status SealingStore::open(core::Record& record) const {
  const auto altered = [&record] {
    return fail(Errc::kInternal, {}, "the record " + record.path + " does not open: the store was altered or damaged");
  };
  const ByteView sealed = record.value;
  if (sealed.size() < kCiphertextAt + crypto::kAeadTagBytes || sealed.front() != kVersion) return altered();
  const SecretBytes key = crypto::hkdf_sha256(record_key_, kLabel, bytes_of(record.path), kRecordKeyBytes);
  const Bytes aad = associated_data(instance_, record.path, generation_of(sealed));
  Bytes value(sealed.size() - kCiphertextAt - crypto::kAeadTagBytes);
  const Status opened = crypto::AeadKey(key).open_into(sealed.subspan(kNonceAt, crypto::kAeadNonceBytes), aad,
                                                       sealed.subspan(kCiphertextAt, value.size()),
                                                       sealed.last(crypto::kAeadTagBytes), value);
  if (!opened) return altered();
  record.value = std::move(value);
  return {};
}

Result<std::optional<core::Record>> SealingStore::get(const std::string& path) {
  HSM_TRY(std::optional<core::Record> record, beneath_.get(path));
  if (record) HSM_CHECK(open(*record));
  return record;
}

Result<std::vector<core::Record>> SealingStore::list(const std::string& prefix, const std::string& after,
                                                     std::size_t limit) {
  HSM_TRY(std::vector<core::Record> records, beneath_.list(prefix, after, limit));
  for (core::Record& record : records) HSM_CHECK(open(record));
  return records;
}

Result<core::Revision> SealingStore::commit(core::Transaction transaction) {
  for (core::Put& put : transaction.puts) {
    HSM_TRY(const std::optional<core::Record> before, beneath_.get(put.path));
    put.value = seal(put.path, before ? generation_of(before->value) + 1 : 1, put.value);
  }
  return beneath_.commit(std::move(transaction));
}

std::unique_ptr<core::Store::Watch> SealingStore::watch(const std::string& prefix, WatchCallback callback) {
  return beneath_.watch(prefix, [this, callback = std::move(callback)](const core::Change& change) {
    if (!change.record) return callback(change);
    core::Change opened = change;
    if (const Status status = open(*opened.record); !status) {
      log::error("{}", status.error().detail);
      opened.record.reset();
    }
    callback(opened);
  });
}

}  // namespace hsm::storage
