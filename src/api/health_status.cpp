#include "api/health_status.h"

#include "base/json_text.h"
#include "base/text.h"

namespace hsm::api {

bool asks_for_health(const http::Request& request) {
  return request.method == http::Method::kGet && equal_ignoring_case(request.path, "/healthstatus");
}

std::string health_status(const service::Hsm& hsm) {
  std::string out = R"({"activated":)";
  out += hsm.domain.active() ? "true" : "false";
  out += R"(,"fips":)";
  out += hsm.engine.fips ? "true" : "false";
  out += R"(,"message":"Healthy","provider":)";
  append_json_string(out, hsm.engine.provider);
  out += R"(,"providerVersion":)";
  append_json_string(out, hsm.engine.provider_version);
  out += "}";
  return out;
}

}  // namespace hsm::api
