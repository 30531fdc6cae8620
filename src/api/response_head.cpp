#include "api/response_head.h"

#include "base/json_text.h"

namespace hsm::api {
namespace {

constexpr std::string_view kAlways =
    "Cache-Control: no-cache\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"
    "Content-Security-Policy: default-src 'self'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: SAMEORIGIN\r\n";
constexpr std::string_view kBuildVersion = "x-ms-build-version: " HSM_VERSION "\r\n";

}  // namespace

std::string response_head(const Call& call, int status, std::chrono::milliseconds latency, std::string_view extra) {
  const http::Request& request = call.request();
  std::string head;
  head.reserve(768);
  head.append(kAlways).append("x-ms-request-id: ").append(call.operation.event.correlation_id);
  head += "\r\nx-ms-server-latency: ";
  append_json_number(head, latency.count());
  head += "\r\n";
  if (status < 300) {
    const std::string_view family = request.peer_is_ipv6 ? "Ipv6" : "Ipv4";
    head.append("x-ms-keyvault-region: ").append(call.hsm->region);
    head.append("\r\nx-ms-keyvault-network-info: conn_type=").append(family);
    head.append(";addr=").append(request.peer_address).append(";act_addr_fam=").append(family).append(";\r\n");
  }
  if (request.method == http::Method::kGet) head += kBuildVersion;
  head += extra;
  return head;
}

}  // namespace hsm::api
