#include "partition/client/fast_link.h"

namespace hsm::partition {

Status FastLink::submit(std::span<const core::CryptoRequest> requests, std::uint64_t tag) {
  for (const core::CryptoRequest& request : requests) HSM_CHECK(check_lengths(request));
  return link_.submit({.type = MessageType::kPerform, .tag = tag, .perform = requests});
}

Status FastLink::submit_random(std::size_t n, std::uint64_t tag) {
  if (n == 0 || n > kRandomBytesMax) return fail(Errc::kBadParameter, "the number of random bytes is out of range");
  return link_.submit({.type = MessageType::kRandom, .tag = tag, .random_bytes = static_cast<std::uint32_t>(n)});
}

void FastLink::drain(const ReplyHandler& handler) {
  link_.drain([this, &handler](const Request& request, Result<ByteView> body) {
    const bool answered = body.has_value();
    Result<Results> results = results_of(request, std::move(body));
    const bool well_formed = results || !answered;
    handler(request.tag, std::move(results));
    return well_formed;
  });
}

Result<FastLink::Results> FastLink::results_of(const Request& request, Result<ByteView> body) {
  HSM_TRY(const ByteView bytes, std::move(body));
  if (request.type == MessageType::kPerform) {
    HSM_CHECK(decode_perform_reply(bytes, request.perform.size(), results_));
  } else {
    results_.assign(1, core::CryptoResult{.output = bytes});
  }
  return results_;
}

}  // namespace hsm::partition
