#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/server.h"

namespace hsm::app {

// A certificate chain, the leaf first, and the leaf's key; both PEM.
struct CertificateFiles {
  std::string chain;
  std::string private_key;
};
struct OwnCertificates {
  http::TlsConfig tls;
  CertificateFiles release;  // RSA, which signs released keys; the TLS certificate is P-256
};

// make_own_certificates is what a start without configured certificates does: an own CA in `directory` (ca.pem, made
// once, ten years), and two certificates for `names` signed by it (made anew when the names changed or one has less
// than 30 days left). Private keys have mode 0600. Clients are given ca.pem.
Result<OwnCertificates> make_own_certificates(const std::string& directory, const std::vector<std::string>& names,
                                              const Clock& clock, Random& random);

}  // namespace hsm::app
