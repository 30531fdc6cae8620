#pragma once
#include <boost/json/object.hpp>
#include <string_view>

#include "base/result.h"

namespace hsm::jose {

inline constexpr std::size_t kJsonDepthMax = 32;

// parse_object reads a JSON object out of foreign text (RFC 8259) and refuses what parsers disagree about: a member
// named twice, bad UTF-8, more than kJsonDepthMax levels, anything behind it. kBadParameter; never throws for what is
// in the text. RFC 7515 §4 and RFC 7519 §4 forbid doubled members, and a check on one of them would miss the other.
Result<boost::json::object> parse_object(std::string_view text);

// text_member is the member's text; an empty view if it is absent, kBadParameter if it is anything but text.
Result<std::string_view> text_member(const boost::json::object& object, std::string_view name);

}  // namespace hsm::jose
