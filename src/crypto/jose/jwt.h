#pragma once
#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/jose/jws.h"

namespace hsm::jose {

inline constexpr std::chrono::seconds kClockSkewMax{300};  // reference/identity.md §3

// Claims is the payload of a JWT (RFC 7519 §4). Reading it says nothing about its truth: verify the JWS first.
class Claims {
 public:
  // parse: kBadParameter unless the payload is a strict JSON object.
  static Result<Claims> parse(ByteView payload);

  // text is empty when the claim is absent or not a text: an absent and a wrong claim are refused alike.
  std::string_view text(std::string_view name) const;
  // texts reads a list of texts, or one text as a list of one (RFC 7519 §4.1.3); other elements are left out.
  std::vector<std::string> texts(std::string_view name) const;
  // numeric_date reads seconds since 1970; clients send floats too (identity.md §5.3). Nothing when absent;
  // kBadParameter when it is no number, or outside of the years 1970 to 9999.
  Result<std::optional<TimePoint>> numeric_date(std::string_view name) const;

  // check_times: `exp` must be there and lie ahead, `nbf` and `iat` must not, each with a tolerance of `skew`.
  Status check_times(TimePoint now, std::chrono::seconds skew = kClockSkewMax) const;

  const boost::json::object& object() const { return claims_; }

 private:
  explicit Claims(boost::json::object claims) : claims_(std::move(claims)) {}
  boost::json::object claims_;
};

// make_jwt signs claims; the header is alg, typ JWT, and kid if there is one.
Result<std::string> make_jwt(core::Algorithm algorithm, EVP_PKEY* private_key, std::string_view kid,
                             const boost::json::object& claims);

}  // namespace hsm::jose
