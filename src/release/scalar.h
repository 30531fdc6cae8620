#pragma once
#include <boost/json/value.hpp>
#include <compare>
#include <optional>
#include <string_view>

#include "release/release_policy.h"

namespace hsm::release {

// scalar_of gives a JSON text, number or boolean in its canonical form: true and false, integers without a fraction,
// other numbers as short as they can be. Nothing for null, lists and objects.
std::optional<Scalar> scalar_of(const boost::json::value& value);

// compare_numbers compares two scalars' texts as numbers (RFC 8259 §6); unordered if one of them is none.
std::partial_ordering compare_numbers(std::string_view a, std::string_view b);

}  // namespace hsm::release
