#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace hsm::identity {

// HttpsGet fetches small public documents (OpenID configuration, key sets). A port, so that tests give the answers.
class HttpsGet {
 public:
  virtual ~HttpsGet() = default;
  // get blocks. Thread-safe. kUnavailable: no answer of status 200 within the limits.
  virtual Result<std::string> get(const std::string& url) = 0;
};

struct HttpsGetConfig {
  std::string ca_file;            // PEM bundle; empty: the system's
  bool allow_plain_http = false;  // for an issuer on the same machine, never across a network
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds total_timeout{8'000};
  std::size_t body_bytes_max = 1024 * 1024;
};

// make_https_get is the implementation by libcurl: certificates are checked, at most three redirects are followed.
std::shared_ptr<HttpsGet> make_https_get(HttpsGetConfig config);

}  // namespace hsm::identity
