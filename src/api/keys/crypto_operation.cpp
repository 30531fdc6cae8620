#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/crypto_members.h"
#include "api/keys/key_json.h"

// encrypt, decrypt, wrapkey, unwrapkey, sign and verify: one shape of request and answer, told apart by the row.
namespace hsm::api::keys {

Result<Prepared> prepare_crypto_operation(Call& call) {
  call.key = call.hsm->keys.peek(*call.target.key, call.target.version);
  if (!call.key) return LoadKey{};
  call.operation.event.key_id = key_id(*call.key, call.base_url);

  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  call.input = SecretBytes(decoded_bytes_max(call.request().body.size()));
  std::span<std::uint8_t> room = call.input.writable();
  std::string_view algorithm;
  const Status read = read_crypto_members(*object, *call.key, *core::key_operation_of(call.row->operation),
                                          call.operation.now, room, call.crypto, algorithm);
  call.operation.event.algorithm = algorithm;
  HSM_CHECK(read);
  return Perform{};
}

Reply finish_crypto_operation(Call& call, const core::CryptoResult& result) {
  const std::string& kid = call.operation.event.key_id;
  Reply answer;
  answer.body.reserve(crypto_members_bytes_max(call.crypto, result, kid));
  append_crypto_members(answer.body, call.crypto, result, kid);
  return answer;
}

}  // namespace hsm::api::keys
