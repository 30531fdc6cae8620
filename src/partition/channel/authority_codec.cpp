#include "partition/channel/authority_codec.h"

#include "partition/channel/codec_parts.h"

namespace hsm::partition {

static_assert(kAuthorityHostBytesMax + kAuthoritySentBytesMax + 64 <=
              find_row(MessageType::kCarryAuthorityBytes)->reply_bytes_max);

Bytes encode(const CarryBytes& request) {
  WireWriter out;
  out.put(request.session);
  out.put<std::uint8_t>(request.ended ? 1 : 0);
  Bytes body = out.take();
  body.insert(body.end(), request.received.begin(), request.received.end());
  return body;
}

Result<CarryBytes> decode_carry_bytes(ByteView body) {
  constexpr std::size_t kHeadBytes = sizeof(std::uint64_t) + sizeof(std::uint8_t);
  if (body.size() < kHeadBytes || body.size() > kHeadBytes + kAuthorityReceivedBytesMax) {
    return malformed("bytes of an authority");
  }
  WireReader in(body.first(kHeadBytes));
  CarryBytes request;
  request.session = in.get<std::uint64_t>();
  const auto ended = in.get<std::uint8_t>();
  if (ended > 1) return malformed("bytes of an authority");
  request.ended = ended == 1;
  request.received = body.subspan(kHeadBytes);
  return request;
}

Bytes encode(const CarryStep& step) {
  WireWriter out;
  out.put(step.session);
  out.put(step.next);
  out.put_text(step.host);
  out.put(step.port);
  out.put_bytes(step.send);
  return out.take();
}

Result<CarryStep> decode_carry_step(ByteView body) {
  WireReader in(body);
  CarryStep step;
  step.session = in.get<std::uint64_t>();
  step.next = in.get<CarryNext>();
  step.host = in.get_text();
  step.port = in.get<std::uint16_t>();
  step.send = in.get_bytes();
  HSM_CHECK(in.finish("step of a fetch"));
  const bool connects = step.next == CarryNext::kConnect;
  if (step.next > CarryNext::kDone || step.host.size() > kAuthorityHostBytesMax || step.host.empty() == connects ||
      (step.port == 0) == connects || step.host.contains('\0') || step.send.size() > kAuthoritySentBytesMax) {
    return malformed("step of a fetch");
  }
  return step;
}

}  // namespace hsm::partition
