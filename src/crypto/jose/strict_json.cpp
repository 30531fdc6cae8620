#include "crypto/jose/strict_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace hsm::jose {
namespace {

namespace json = boost::json;

// AmbiguityFinder hears the parser's events and stops at the second member of one name in one object. Names arrive
// unescaped, so that \u0061 and a are the same. The interface is Boost.JSON's.
class AmbiguityFinder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    names_.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view last_part, std::size_t, json::error_code& error) {
    name_.append(last_part.data(), last_part.size());
    const bool is_new = names_.back().insert(std::move(name_)).second;
    name_.clear();
    if (!is_new) error = json::error::syntax;
    return is_new;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  // A number too large for a double would become infinity, which can't even be written out again.
  bool on_double(double number, json::string_view, json::error_code& error) {
    if (!std::isfinite(number)) error = json::error::syntax;
    return std::isfinite(number);
  }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  std::vector<std::set<std::string>> names_;  // one set an open object
  std::string name_;
};

json::parse_options strict_options() {
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  return options;
}

bool is_strict(std::string_view text) {
  json::basic_parser<AmbiguityFinder> parser(strict_options());
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  return !error && read == text.size();
}

}  // namespace

Result<json::object> parse_object(std::string_view text) {
  const auto refuse = [] { return fail(Errc::kBadParameter, "the text is not a valid JSON object"); };
  if (!is_strict(text)) return refuse();
  json::error_code error;
  json::value value = json::parse(text, error, {}, strict_options());
  if (error || !value.is_object()) return refuse();
  return std::move(value.get_object());
}

Result<std::string_view> text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::string_view();
  const json::string* text = value->if_string();
  if (text == nullptr) return fail(Errc::kBadParameter, "the member " + std::string(name) + " must be a text");
  return std::string_view(*text);
}

}  // namespace hsm::jose
