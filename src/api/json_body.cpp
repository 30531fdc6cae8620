#include "api/json_body.h"

#include <algorithm>
#include <array>
#include <new>

#include "base/secret_bytes.h"

namespace hsm::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kArenaBytes = 32 * 1024;  // a usual body fits

// arena_for is what a document of few and long members takes of the arena, to be wiped after it: the texts, once more
// while they grow, and the tables. What is larger for its text, of many short members, continues on the heap.
std::size_t arena_for(ByteView body) {
  return std::min(kArenaBytes, body.size() * 3 + 1024);
}

// What does not fit the arena comes from here and is wiped when it is given back.
class WipingResource final : public json::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t) override { return ::operator new(bytes); }
  void do_deallocate(void* at, std::size_t bytes, std::size_t) override {
    wipe({static_cast<std::uint8_t*>(at), bytes});
    ::operator delete(at);
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

std::unexpected<Error> wrong(std::string_view name, const char* expected) {
  return fail(Errc::kBadParameter, "'" + std::string(name) + "' must be " + expected + ".");
}

const json::value* present(const JsonObject& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

}  // namespace

struct JsonBody::Memory {
  alignas(16) std::array<unsigned char, kArenaBytes> arena;
  WipingResource heap;
  std::optional<json::monotonic_resource> resource;
  json::parser parser{json::storage_ptr(&heap)};
  std::size_t used = 0;
};

JsonBody::JsonBody()
    : memory_([]() -> Memory& {
        thread_local Memory memory;
        return memory;
      }()) {}

JsonBody::~JsonBody() {
  value_.reset();
  memory_.parser.reset();
  memory_.resource.reset();
  wipe({memory_.arena.data(), memory_.used});
}

Result<const JsonObject*> JsonBody::parse(ByteView body) {
  memory_.used = arena_for(body);
  value_.reset();
  memory_.parser.reset();
  memory_.resource.emplace(memory_.arena.data(), memory_.used, json::storage_ptr(&memory_.heap));
  memory_.parser.reset(json::storage_ptr(&*memory_.resource));
  boost::system::error_code error;
  memory_.parser.write(reinterpret_cast<const char*>(body.data()), body.size(), error);
  if (error) return fail(Errc::kBadParameter, "The request's body is not valid JSON.", error.message());
  value_.emplace(memory_.parser.release());
  if (!value_->is_object()) return fail(Errc::kBadParameter, "The request's body must be a JSON object.");
  return &value_->get_object();
}

Result<std::optional<std::string_view>> text_member(const JsonObject& object, std::string_view name) {
  const json::value* value = present(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong(name, "a string");
  return std::string_view(value->get_string());
}

Result<std::string_view> required_text_member(const JsonObject& object, std::string_view name) {
  HSM_TRY(const auto text, text_member(object, name));
  if (!text) return fail(Errc::kBadParameter, "'" + std::string(name) + "' is missing.");
  return *text;
}

Result<std::optional<std::int64_t>> integer_member(const JsonObject& object, std::string_view name) {
  const json::value* value = present(object, name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (error) return wrong(name, "an integer");
  return number;
}

Result<std::optional<bool>> bool_member(const JsonObject& object, std::string_view name) {
  const json::value* value = present(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) return wrong(name, "true or false");
  return value->get_bool();
}

Result<const JsonObject*> object_member(const JsonObject& object, std::string_view name) {
  const json::value* value = present(object, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return wrong(name, "an object");
  return &value->get_object();
}

Result<const json::array*> array_member(const JsonObject& object, std::string_view name) {
  const json::value* value = present(object, name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return wrong(name, "an array");
  return &value->get_array();
}

}  // namespace hsm::api
