#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/server.h"

namespace hsm::app {

// make_own_certificates is what a start without configured certificates does: an own CA in `directory` (ca.pem, made
// once, ten years), and a server certificate for `names` signed by it (made anew when the names changed or it has less
// than 30 days left). Private keys have mode 0600. Clients are given ca.pem.
Result<http::TlsConfig> make_own_certificates(const std::string& directory, const std::vector<std::string>& names,
                                              const Clock& clock, Random& random);

}  // namespace hsm::app
