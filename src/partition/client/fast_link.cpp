#include "partition/client/fast_link.h"

#include "partition/channel/perform_codec.h"

namespace hsm::partition {

Status FastLink::submit(const core::CryptoRequest& request, std::uint64_t tag) {
  HSM_CHECK(check_lengths(request));
  return link_.submit({.type = MessageType::kPerform, .tag = tag, .perform = request});
}

Load FastLink::load_of(const core::CryptoRequest& request) {
  return partition::load_of(request);
}

Status FastLink::submit_random(std::size_t n, std::uint64_t tag) {
  if (n == 0 || n > kRandomBytesMax) return fail(Errc::kBadParameter, "the number of random bytes is out of range");
  return link_.submit({.type = MessageType::kRandom, .tag = tag, .random_bytes = static_cast<std::uint32_t>(n)});
}

void FastLink::drain(const ReplyHandler& handler) {
  link_.drain([&handler](MessageType type, std::uint64_t tag, Result<ByteView> body) {
    Result<core::CryptoReply> reply = body ? decode_light_reply(type, *body) : std::unexpected(std::move(body).error());
    const bool well_formed = !body || reply;
    handler(tag, std::move(reply));
    return well_formed;
  });
}

}  // namespace hsm::partition
