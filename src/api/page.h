#pragma once
#include <string>
#include <string_view>

#include "api/call.h"
#include "base/result.h"

namespace hsm::api {

// PageRequest is what a listing's query asks for (reference/keys-api.md §1.3).
struct PageRequest {
  std::size_t limit;
  std::string after;  // a store path; empty for the first page
};

// page_request reads maxresults and $skiptoken. kBadParameter: maxresults is not 1 to 25 (unconfirmed), or the token is
// not one of ours for `prefix`.
Result<PageRequest> page_request(const http::Request& request, std::string_view prefix);

// append_next_link ends {"value":[…] with its nextLink, absolute and without api-version as the service has it; the
// last page has none. `next` is the last path shown.
void append_next_link(std::string& out, const Call& call, const PageRequest& page,
                      const std::optional<std::string>& next);

// query_member returns the value of a query member, percent-decoded; names compare exactly once decoded.
std::optional<std::string> query_member(std::string_view query, std::string_view name);

}  // namespace hsm::api
