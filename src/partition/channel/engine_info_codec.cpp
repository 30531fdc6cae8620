#include "partition/channel/engine_info_codec.h"

#include <algorithm>

#include "base/wire.h"
#include "partition/channel/codec_parts.h"

namespace hsm::partition {
namespace {

bool good(const std::string& name) {
  return name.size() <= core::kEngineNameBytesMax &&
         std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Bytes encode(const core::EngineInfo& info) {
  WireWriter out;
  out.put(static_cast<std::uint8_t>(info.fips));
  out.put_text(info.provider);
  out.put_text(info.provider_version);
  return out.take();
}

Result<core::EngineInfo> decode_engine_info(ByteView body) {
  WireReader in(body);
  const auto fips = in.get<std::uint8_t>();
  core::EngineInfo info{.fips = fips == 1, .provider = in.get_text(), .provider_version = in.get_text()};
  HSM_CHECK(in.finish("engine info"));
  if (fips > 1 || !good(info.provider) || !good(info.provider_version)) return malformed("engine info");
  return info;
}

}  // namespace hsm::partition
