#include "crypto/certificate_chain.h"

#include "base/assert.h"

namespace hsm::crypto {
namespace {

using StorePtr = Owned<X509_STORE, X509_STORE_free>;
using StoreContextPtr = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

constexpr std::size_t kLeafAndRoot = 2;

}  // namespace

Status check_issued(const Certificate& leaf, const Certificate& root, TimePoint now) {
  const StorePtr trusted(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  HSM_ASSERT(trusted && context && X509_STORE_add_cert(trusted.get(), root.get()) == 1 &&
             X509_STORE_CTX_init(context.get(), trusted.get(), leaf.get(), nullptr) == 1);
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<time_t>(unix_seconds(now)));
  if (X509_verify_cert(context.get()) != 1) {
    const char* reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    return openssl_failed(Errc::kBadParameter, std::string("the certificate chain is not valid: ") + reason);
  }
  // The root itself is in the store, so OpenSSL would take it for a chain of one.
  if (sk_X509_num(X509_STORE_CTX_get0_chain(context.get())) != kLeafAndRoot) {
    return fail(Errc::kBadParameter, "the certificate chain is not valid: not one of a root and what it issued");
  }
  return {};
}

}  // namespace hsm::crypto
