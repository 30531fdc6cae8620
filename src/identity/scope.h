#pragma once
#include <optional>
#include <string_view>

namespace hsm::identity {

// resource_of_scope returns the resource of a client_credentials scope (reference/identity.md §5.2): the one entry that
// ends in /.default, without exactly that, so that a slash before it stays (az sends https://…//.default). OpenID
// scopes beside it are ignored (MSAL for Java adds them). Nothing: none, several, or an entry of another form.
std::optional<std::string_view> resource_of_scope(std::string_view scope);

}  // namespace hsm::identity
