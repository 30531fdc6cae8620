#include "partition/client/request.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "core/algorithm.h"
#include "partition/channel/domain_codec.h"
#include "partition/channel/key_codec.h"

namespace hsm::partition {
namespace {

// What an operation costs, in units of a light one (a microsecond; reference/measurements.md §1). Only the order of
// magnitude matters, and nothing above kSpillCost does: it decides when a second worker is worth waking up.
constexpr std::uint32_t kHeavy = kSpillCost;

struct CostRow {
  core::Scheme scheme;
  std::uint32_t with_private;  // sign, decrypt, unwrap
  std::uint32_t with_public;   // verify, encrypt, wrap
};
constexpr auto kCosts = std::to_array<CostRow>({
    {core::Scheme::kRsaEncryptPkcs1, kHeavy, 8},
    {core::Scheme::kRsaEncryptOaep, kHeavy, 8},
    {core::Scheme::kRsaSignPkcs1, kHeavy, 8},
    {core::Scheme::kRsaSignPss, kHeavy, 8},
    {core::Scheme::kRsaSignRaw, kHeavy, 8},
    {core::Scheme::kEcdsa, 6, 12},
    {core::Scheme::kAesGcm, 1, 1},
    {core::Scheme::kAesCbc, 1, 1},
    {core::Scheme::kAesCbcPad, 1, 1},
    {core::Scheme::kAesKw, 1, 1},
    {core::Scheme::kAesKwp, 1, 1},
    {core::Scheme::kHmac, 1, 1},
    {core::Scheme::kPureEdDsa, 8, 24},
    {core::Scheme::kEcdh, 8, 8},
    {core::Scheme::kMlDsa, kHeavy, kHeavy},  // a millisecond, and a good part of one
    {core::Scheme::kMlDsaMu, kHeavy, kHeavy},
});
static_assert(std::ranges::all_of(core::kAlgorithms,
                                  [](const core::AlgorithmRow& row) {
                                    return std::ranges::find(kCosts, row.scheme, &CostRow::scheme) != kCosts.end();
                                  }),
              "an algorithm without a cost");

std::uint32_t cost(const core::CryptoRequest& request) {
  using enum core::KeyOperation;
  const core::AlgorithmRow& algorithm = core::row(request.algorithm);
  const auto found = std::ranges::find(kCosts, algorithm.scheme, &CostRow::scheme);
  HSM_ASSERT(found != kCosts.end());
  if (algorithm.curve == core::Curve::kP384 || algorithm.curve == core::Curve::kP521) return kHeavy;
  const bool with_private =
      request.operation == kSign || request.operation == kDecrypt || request.operation == kUnwrapKey;
  return with_private ? found->with_private : found->with_public;
}

std::size_t reply_bytes_max(const Request& request) {
  if (request.type == MessageType::kRandom) return request.random_bytes;
  // Most backups are small, and a reply's room is kept free as long as its request is on the way.
  if (request.type == MessageType::kSealBackup) return backup_jwe_bytes_max(request.body.size());
  if (request.type == MessageType::kOpenBackup) return request.body.size();
  return find_row(request.type)->reply_bytes_max;
}

std::uint32_t reply_slots(std::size_t body_bytes_max) {
  return slots_of(std::max(body_bytes_max, kErrorMessageBytesMax));
}

}  // namespace

Load load_of(const Request& request) {
  if (request.type == MessageType::kPerform) {
    const Message message = first_message(request.perform);
    HSM_ASSERT(message.operations == request.perform.size());
    return message.load;
  }
  return {.cost = 1, .reply_slots = reply_slots(reply_bytes_max(request))};
}

Message first_message(std::span<const core::CryptoRequest> requests) {
  Message message;
  std::size_t bytes = sizeof(PerformFixed) + requests.front().key->wrapped.size(), reply_bytes = 0;
  std::uint32_t total = 0;
  for (const core::CryptoRequest& request : requests.first(std::min(requests.size(), kOperationsMax))) {
    bytes += operation_bytes(request);
    reply_bytes += result_bytes_max(request);
    total += cost(request);
    const bool fits = bytes <= kBodyBytesMax && reply_bytes <= kBodyBytesMax && total <= kSpillCost;
    if (message.operations > 0 && !fits) break;
    message = {message.operations + 1, {.cost = total, .reply_slots = reply_slots(reply_bytes)}};
  }
  return message;
}

WriteResult write(RingWriter& ring, std::uint64_t id, const Request& request, bool with_wrapped,
                  PerformEncoder& encoder) {
  const RequestHeader header{.type = request.type, .id = id};
  if (request.type == MessageType::kPerform) return ring.write(header, encoder.encode(request.perform, with_wrapped));
  const ByteView body = request.type == MessageType::kRandom
                            ? ByteView(reinterpret_cast<const std::uint8_t*>(&request.random_bytes), 4)
                            : request.body;
  return ring.write(header, Parts(&body, 1));
}

}  // namespace hsm::partition
