#include "api/site.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "identity/challenge.h"

namespace hsm::api {
namespace {

std::string_view without_port(std::string_view host) {
  return host.substr(0, host.find(':'));
}
std::string_view port_of(std::string_view host) {
  const std::size_t colon = host.find(':');
  return colon == std::string_view::npos ? std::string_view() : host.substr(colon);
}

}  // namespace

const Site* Sites::find(std::string_view host) const {
  const auto found = sites_.find(to_lower(without_port(host)));
  return found == sites_.end() ? nullptr : &found->second;
}

login::LoginApi* Sites::find_login(std::string_view host) const {
  return std::ranges::find(login_hosts_, to_lower(without_port(host))) == login_hosts_.end() ? nullptr : login_;
}

Result<std::string> challenge_for(const Site& site, std::string_view host) {
  std::string authority = site.authority_scheme_and_host;
  if (site.authority_has_port_of_request) authority += port_of(host);
  authority.append("/").append(site.tenant);
  HSM_TRY(const std::string resource, identity::parent_resource(host));
  return identity::challenge(authority, resource);
}

Front front_of(const Site& site, std::string_view host) {
  auto challenge = challenge_for(site, host);
  if (!challenge) log::error("no challenge for host {}: {}", host, challenge.error().message);
  return {.site = site, .base_url = "https://" + to_lower(host), .challenge = std::move(challenge).value_or("Bearer")};
}

}  // namespace hsm::api
