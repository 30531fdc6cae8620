#pragma once
#include <span>
#include <string>
#include <string_view>

#include "api/json_body.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/key_record.h"
#include "core/ports/partitions.h"

namespace hsm::api::keys {

// The JSON of one cryptographic operation (reference/keys-api.md §2.7), of a call of its own or in a batch.

// read_crypto_members fills `request` for the operation on the key from the members of `object`. Bytes are decoded into
// the front of `room`, which then begins behind them: it must outlive the request and hold decoded_bytes_max of the
// body. `request.algorithm` is set as soon as it is known, for the audit record; `algorithm_name` likewise.
// kBadParameter, kForbidden (core::check_use).
Status read_crypto_members(const JsonObject& object, const core::KeyRecord& key, core::KeyOperation operation,
                           TimePoint now, std::span<std::uint8_t>& room, core::CryptoRequest& request,
                           std::string_view& algorithm_name);

// decoded_bytes_max is enough room for all byte members of a body of that size.
std::size_t decoded_bytes_max(std::size_t body_bytes);

// append_crypto_members appends the object that answers the request; `kid` stands in it unless it is empty.
void append_crypto_members(std::string& out, const core::CryptoRequest& request, const core::CryptoResult& result,
                           std::string_view kid);
// crypto_members_bytes_max is at least what that appends.
std::size_t crypto_members_bytes_max(const core::CryptoRequest& request, const core::CryptoResult& result,
                                     std::string_view kid);

}  // namespace hsm::api::keys
