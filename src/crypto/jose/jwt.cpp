#include "crypto/jose/jwt.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "crypto/jose/strict_json.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;

constexpr double kSecondsMax = 253402300800.0;  // the year 10000

std::unexpected<Error> bad_time(std::string what) {
  return fail(Errc::kBadParameter, "the token is not valid: " + std::move(what));
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_double()) return value.get_double();
  return std::nullopt;
}

}  // namespace

Result<Claims> Claims::parse(ByteView payload) {
  HSM_TRY(json::object claims, parse_object(text_of(payload)));
  return Claims(std::move(claims));
}

std::string_view Claims::text(std::string_view name) const {
  const auto text = text_member(claims_, name);
  return text ? *text : std::string_view();
}

std::vector<std::string> Claims::texts(std::string_view name) const {
  std::vector<std::string> out;
  const json::value* value = claims_.if_contains(name);
  if (value == nullptr) return out;
  if (const json::string* one = value->if_string()) out.emplace_back(std::string_view(*one));
  if (const json::array* list = value->if_array()) {
    for (const json::value& element : *list) {
      if (const json::string* text = element.if_string()) out.emplace_back(std::string_view(*text));
    }
  }
  return out;
}

Result<std::optional<TimePoint>> Claims::numeric_date(std::string_view name) const {
  const json::value* value = claims_.if_contains(name);
  if (value == nullptr) return std::nullopt;
  const auto seconds = number_of(*value);
  if (!seconds || !(*seconds >= 0) || *seconds >= kSecondsMax) return bad_time(std::string(name) + " is no date");
  return TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(std::floor(*seconds * 1e6))));
}

Status Claims::check_times(TimePoint now, std::chrono::seconds skew) const {
  HSM_TRY(const auto expires, numeric_date("exp"));
  HSM_TRY(const auto not_before, numeric_date("nbf"));
  HSM_TRY(const auto issued, numeric_date("iat"));
  if (!expires) return bad_time("exp is missing");
  if (now >= *expires + skew) return bad_time("it has expired");
  if (not_before && now + skew < *not_before) return bad_time("it is not valid yet");
  if (issued && now + skew < *issued) return bad_time("it is of the future");
  return {};
}

Result<std::string> make_jwt(core::Algorithm algorithm, EVP_PKEY* private_key, std::string_view kid,
                             const json::object& claims) {
  json::object header;
  header["typ"] = "JWT";
  if (!kid.empty()) header["kid"] = kid;
  const std::string payload = json::serialize(claims);
  return sign_jws(algorithm, private_key, header, bytes_of(payload));
}

}  // namespace hsm::jose
