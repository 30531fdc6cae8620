#pragma once
#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::api {

using JsonObject = boost::json::object;

// JsonBody is a request's body, parsed. Its memory is wiped when it goes, since a body may hold a key. One at a time a
// thread; lives no longer than the handler that made it.
class JsonBody {
 public:
  JsonBody();
  ~JsonBody();
  JsonBody(const JsonBody&) = delete;
  JsonBody& operator=(const JsonBody&) = delete;

  // parse: kBadParameter if the bytes are not one JSON object in UTF-8 of modest depth.
  Result<const JsonObject*> parse(ByteView body);

 private:
  struct Memory;
  Memory& memory_;
  std::optional<boost::json::value> value_;
};

// Members of an object by type. Absent and null are the same: nothing. Another type is kBadParameter, and the message
// names the member. required_… refuses absence, too.
Result<std::optional<std::string_view>> text_member(const JsonObject& object, std::string_view name);
Result<std::string_view> required_text_member(const JsonObject& object, std::string_view name);
Result<std::optional<std::int64_t>> integer_member(const JsonObject& object, std::string_view name);
Result<std::optional<bool>> bool_member(const JsonObject& object, std::string_view name);
Result<const JsonObject*> object_member(const JsonObject& object, std::string_view name);         // nullptr: absent
Result<const boost::json::array*> array_member(const JsonObject& object, std::string_view name);  // nullptr: absent

}  // namespace hsm::api
