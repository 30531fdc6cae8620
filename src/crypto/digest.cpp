#include "crypto/digest.h"

#include "base/assert.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

// Fetching costs about a microsecond, more than a short digest. The objects live as long as the process, since threads
// may still use them while it exits.
const EVP_MD* fetch(const char* name) {
  const EVP_MD* md = EVP_MD_fetch(nullptr, name, nullptr);
  HSM_ASSERT(md != nullptr);
  return md;
}

EVP_MD_CTX* thread_context() {
  thread_local const DigestContextPtr context(EVP_MD_CTX_new());
  HSM_ASSERT(context);
  return context.get();
}

}  // namespace

const EVP_MD* fetched(Digest digest) {
  static const std::array<const EVP_MD*, 4> kFetched = {fetch("SHA1"), fetch("SHA2-256"), fetch("SHA2-384"),
                                                        fetch("SHA2-512")};
  const auto index = static_cast<std::size_t>(digest) - 1;  // kNone is 0
  HSM_ASSERT(index < kFetched.size());
  return kFetched[index];
}

void hash_into(Digest digest, std::initializer_list<ByteView> parts, std::span<std::uint8_t> out) {
  HSM_ASSERT(out.size() == core::digest_bytes(digest));
  EVP_MD_CTX* context = thread_context();
  bool ok = EVP_DigestInit_ex2(context, fetched(digest), nullptr) == 1;
  for (const ByteView part : parts) ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  ok = ok && EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
  HSM_ASSERT(ok);  // hashing memory fails only when the provider is broken
}

Bytes hash(Digest digest, ByteView message) {
  Bytes out(core::digest_bytes(digest));
  hash_into(digest, {message}, out);
  return out;
}

Sha1Value sha1(ByteView message) {
  Sha1Value out;
  hash_into(Digest::kSha1, {message}, out);
  return out;
}

Sha256Value sha256(ByteView message) {
  return sha256({message});
}

Sha256Value sha256(std::initializer_list<ByteView> parts) {
  Sha256Value out;
  hash_into(Digest::kSha256, parts, out);
  return out;
}

Sha512Value sha512(ByteView message) {
  Sha512Value out;
  hash_into(Digest::kSha512, {message}, out);
  return out;
}

}  // namespace hsm::crypto
