#include "api/login/basic_credentials.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/text.h"

namespace hsm::api::login {
namespace {

constexpr std::string_view kScheme = "basic ";

}  // namespace

// Both parts are form-encoded by the standard, so a form is made of them: id:secret becomes
// client_id=id&client_secret=secret. An '&' inside a part would be a second field, which the standard has encoded.
identity::TokenResult<std::optional<BasicCredentials>> basic_credentials(std::string_view authorization) {
  if (!equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  std::string_view encoded = authorization.substr(kScheme.size());
  constexpr std::string_view kId = "client_id=";
  constexpr std::string_view kSecret = "&client_secret=";
  SecretBytes form(kId.size() + kSecret.size() + base64url_decoded_max(encoded.size()));
  const auto broken = [] {
    return identity::refuse(identity::Refusal::kMalformedRequest, "The Authorization header is not valid.");
  };
  if (encoded.size() > kFormBytesMax) return broken();
  SecretBytes pair(base64url_decoded_max(encoded.size()));
  const auto size = decode_base64url(encoded, pair.writable());
  if (!size) return broken();
  const std::string_view text = text_of(pair.reveal().first(*size));
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.contains('&')) return broken();
  auto out = form.writable().begin();
  for (const std::string_view part : {kId, text.substr(0, colon), kSecret, text.substr(colon + 1)}) {
    out = std::ranges::copy(part, out).out;
  }
  const auto used = static_cast<std::size_t>(out - form.writable().begin());
  auto fields = Form::parse(form.reveal().first(used));
  if (!fields) return broken();
  return BasicCredentials{std::move(*fields)};
}

}  // namespace hsm::api::login
