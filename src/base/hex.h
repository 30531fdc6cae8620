#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm {

std::string to_hex(ByteView bytes);  // lower case
void append_hex(std::string& out, ByteView bytes);
Result<Bytes> from_hex(std::string_view text);  // either case; kBadParameter otherwise

}  // namespace hsm
