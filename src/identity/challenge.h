#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace hsm::identity {

// challenge returns the value of WWW-Authenticate: the one spelling that every Azure SDK's parser takes
// (reference/identity.md §2.2: comma and exactly one space, only these two pairs).
//
// `authority` is LOGIN/{tenant}, without slash or path after the tenant: Go panics and Java throws if the tenant is
// missing. `resource` is https://{parent domain}[:port], the port present exactly if the client's URL has one (Python
// and Go compare it). kBadParameter: either has another form, or holds a quote, an '=' or a control character.
Result<std::string> challenge(std::string_view authority, std::string_view resource);

// parent_resource derives the resource from the host that the client asked: "kms.managedhsm.example.com:8443" gives
// "https://managedhsm.example.com:8443", lower case. The caller has validated the host. kBadParameter: the host has
// no parent domain.
Result<std::string> parent_resource(std::string_view host);

}  // namespace hsm::identity
