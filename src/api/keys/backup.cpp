#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "base/base64url.h"

namespace hsm::api::keys {
namespace {

// The blob's base64url has one form, so that no two texts are the same blob; padding aside, which some clients add.
Result<std::string> blob_of(std::string_view text) {
  auto bytes = from_base64url(text);
  if (!bytes || text.find_first_of("+/") != std::string_view::npos) return core::malformed_backup();
  return std::string(text_of(*bytes));
}

}  // namespace

Result<Reply> backup(Call& call) {
  HSM_TRY(const std::string blob, call.hsm->keys.backup(*call.target.key));
  Reply reply{.body = R"({"value":")"};
  append_base64url(reply.body, bytes_of(blob));
  reply.body += R"("})";
  return reply;
}

Result<Reply> restore(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const std::string_view value, required_text_member(*object, "value"));
  HSM_TRY(const std::string blob, blob_of(value));
  HSM_TRY(const core::KeyBackup backup, call.hsm->keys.open_backup(blob));
  call.operation.event.key_id = std::string(call.base_url) + "/keys/" + backup.head.name.text();
  HSM_TRY(const core::KeyRecord record, call.hsm->keys.restore(backup, call.operation));
  return Reply{.body = key_bundle(record, rendering_for(call))};
}

}  // namespace hsm::api::keys
