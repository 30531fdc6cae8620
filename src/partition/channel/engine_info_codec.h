#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "core/engine_info.h"

namespace hsm::partition {

// What a partition says of itself, once, in the datagram by which it says that it is ready (launch.h):
//
//   engine info = fips (u8, 0 or 1) | provider (bytes) | provider version (bytes)    encoding: key_codec.h
//
// The decoder is strict: each field within its limit, printable ASCII, nothing left over. An error is kInternal.
Bytes encode(const core::EngineInfo& info);
Result<core::EngineInfo> decode_engine_info(ByteView body);

}  // namespace hsm::partition
