#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/keys/rendered_keys.h"
#include "api/login/login_api.h"
#include "base/result.h"
#include "identity/token_verifier.h"
#include "partition/client/fast_link.h"
#include "release/response_signer.h"
#include "service/hsm.h"

namespace hsm::api {

// Site is one instance under one of its host names.
struct Site {
  service::Hsm* hsm = nullptr;
  const identity::TokenVerifier* verifier = nullptr;
  std::vector<partition::FastLink*> links;  // by loop
  // What the challenge names: LOGIN/{tenant}. An own token service is reached at the port the client already uses.
  std::string authority_scheme_and_host;  // https://login.example.com
  std::string tenant;
  bool authority_has_port_of_request = false;
  const release::ResponseSigner* release_signer = nullptr;  // nullptr: there is no certificate to sign releases with
};

// Sites are the host names a server answers for. Filled at start, then only read.
class Sites {
 public:
  void add(std::string host, Site site) { sites_.insert_or_assign(std::move(host), std::move(site)); }
  void set_login(login::LoginApi* login, std::vector<std::string> hosts) {
    login_ = login;
    login_hosts_ = std::move(hosts);
  }
  // Both take a Host header, with or without port, in any case; nullptr if it is none of theirs.
  const Site* find(std::string_view host) const;
  login::LoginApi* find_login(std::string_view host) const;
  const std::unordered_map<std::string, Site>& all() const { return sites_; }

 private:
  std::unordered_map<std::string, Site> sites_;
  login::LoginApi* login_ = nullptr;
  std::vector<std::string> login_hosts_;
};

// challenge_for is the value of WWW-Authenticate for a request to `host` (reference/identity.md §2): the resource is
// the host's parent domain, its port that of the request.
Result<std::string> challenge_for(const Site& site, std::string_view host);

// Front is a site as one Host header names it: what all requests with that header have in common.
struct Front {
  const Site& site;
  std::string base_url;   // https://host[:port] in lower case: the start of every id we print
  std::string challenge;  // the value of WWW-Authenticate
  // Of the loop's thread alone, as a front itself is; the rest of it may be read on any.
  std::unique_ptr<keys::RenderedKeys> rendered = std::make_unique<keys::RenderedKeys>();
};
Front front_of(const Site& site, std::string_view host);

}  // namespace hsm::api
