#include "api/handlers.h"
#include "api/keys/import_body.h"
#include "api/keys/key_json.h"
#include "api/keys/transfer_blob.h"

namespace hsm::api::keys {

Result<Reply> import(Call& call) {
  HSM_TRY(ImportBody wanted, read_import_body(*call.target.key, call.request().body));
  service::Keys& keys = call.hsm->keys;
  const auto reply = [&call](const core::KeyRecord& record) {
    return Reply{.body = key_bundle(record, rendering_for(call))};
  };
  if (!wanted.transfer_blob) {
    HSM_TRY(const core::KeyRecord record, keys.import(wanted.request, std::move(wanted.key), call.operation));
    return reply(record);
  }
  HSM_TRY(const service::Transfer transfer, parse_transfer_blob(*wanted.transfer_blob, call.hsm->name));
  wanted.request.spec.bits = 0;
  HSM_TRY(const core::KeyRecord record, keys.import_transfer(wanted.request, transfer, call.operation));
  return reply(record);
}

}  // namespace hsm::api::keys
