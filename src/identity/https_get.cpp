#include "identity/https_get.h"

#include <curl/curl.h>

#include <utility>

namespace hsm::identity {
namespace {

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using EasyHandle = std::unique_ptr<CURL, EasyCleanup>;

struct Body {
  std::string text;
  std::size_t bytes_max = 0;
};

// append is libcurl's write callback: less than `size` returned ends the transfer.
std::size_t append(const char* data, std::size_t, std::size_t size, void* into) {
  auto& body = *static_cast<Body*>(into);
  if (size > body.bytes_max - body.text.size()) return 0;
  body.text.append(data, size);
  return size;
}

constexpr long kRedirectsMax = 3;
constexpr long kHttpOk = 200;

class CurlGet final : public HttpsGet {
 public:
  explicit CurlGet(HttpsGetConfig config) : config_(std::move(config)) {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(once);
  }

  // A handle of its own for each call: they are rare, and handles must not be shared by threads.
  Result<std::string> get(const std::string& url) override {
    const EasyHandle handle(curl_easy_init());
    if (!handle) return fail(Errc::kUnavailable, "no memory for an HTTP request");
    Body body{.text = {}, .bytes_max = config_.body_bytes_max};
    set_up(handle.get(), url, body);
    const CURLcode outcome = curl_easy_perform(handle.get());
    if (outcome != CURLE_OK) {
      return fail(Errc::kUnavailable, "GET " + url + ": " + curl_easy_strerror(outcome));
    }
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != kHttpOk) return fail(Errc::kUnavailable, "GET " + url + ": status " + std::to_string(status));
    return std::move(body.text);
  }

 private:
  void set_up(CURL* handle, const std::string& url, Body& body) const {
    const char* const protocols = config_.allow_plain_http ? "https,http" : "https";
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, kRedirectsMax);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);  // timeouts without SIGALRM, since there are threads
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.connect_timeout.count()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.total_timeout.count()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    if (!config_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, config_.ca_file.c_str());
  }

  HttpsGetConfig config_;
};

}  // namespace

std::shared_ptr<HttpsGet> make_https_get(HttpsGetConfig config) {
  return std::make_shared<CurlGet>(std::move(config));
}

}  // namespace hsm::identity
