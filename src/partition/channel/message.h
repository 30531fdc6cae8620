#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::partition {

// The messages between the front end and a partition: one request, one reply. The grammar of each body stands in the
// codec of its subject. A message that is malformed, or not allowed in the partition's phase or on the lane it came by,
// ends the partition.
enum class MessageType : std::uint8_t {
  // locked phase
  kCreateDomain = 1,  // make a new master secret; reply: the sealed domain, its id, record key
  kOpenDomain = 2,    // open a sealed domain with the node's seal; reply: its id, record key
  // open phase
  kGenerateKey = 10,     // EC and oct
  kGenerateRsaKey = 11,  // seconds of searching for primes
  kImportKey = 12,
  kChangeOperations = 13,
  kPerform = 14,
  kRandom = 15,
  kExportDomain = 16,
  kSignCheckpoint = 17,
  kAuditPublicKey = 18,
  kSealBackup = 30,
  kOpenBackup = 31,
  kImportTransfer = 32,
  kRelease = 33,
  kChangeReleasePolicy = 34,
  kAttestKey = 50,
  kBeginAuthorityFetch = 40,
  kCarryAuthorityBytes = 41,
  kSecureWrap = 60,
  kSecureUnwrap = 61,
};

enum class Phase : std::uint8_t { kLocked, kOpen };

// Lane says how a message travels, and so which thread of the partition serves it. A light operation never waits behind
// a longer one.
enum class Lane : std::uint8_t {
  kControl,  // the socket pair; the partition's main thread
  kWorker,   // rings of every link; a worker answers them in batches
  kShort,    // a ring of the blocking link; milliseconds
  kLong,     // another one; seconds, at low priority
};

struct MessageRow {
  MessageType type;
  Phase phase;
  Lane lane;
  std::uint32_t reply_bytes_max;  // body of the reply; 0: depends on the request, see perform_codec.h
};
inline constexpr auto kMessages = std::to_array<MessageRow>({
    {MessageType::kCreateDomain, Phase::kLocked, Lane::kControl, 1024},
    {MessageType::kOpenDomain, Phase::kLocked, Lane::kControl, 1024},
    {MessageType::kGenerateKey, Phase::kOpen, Lane::kShort, 8 * 1024},
    {MessageType::kGenerateRsaKey, Phase::kOpen, Lane::kLong, 8 * 1024},
    {MessageType::kImportKey, Phase::kOpen, Lane::kShort, 8 * 1024},
    {MessageType::kChangeOperations, Phase::kOpen, Lane::kShort, 8 * 1024},
    {MessageType::kPerform, Phase::kOpen, Lane::kWorker, 0},
    {MessageType::kRandom, Phase::kOpen, Lane::kWorker, 0},
    {MessageType::kExportDomain, Phase::kOpen, Lane::kShort, 48 * 1024},
    {MessageType::kSignCheckpoint, Phase::kOpen, Lane::kShort, 64},
    {MessageType::kAuditPublicKey, Phase::kOpen, Lane::kShort, 32},
    {MessageType::kSealBackup, Phase::kOpen, Lane::kShort, 63 * 1024},
    {MessageType::kOpenBackup, Phase::kOpen, Lane::kShort, 46 * 1024},
    {MessageType::kImportTransfer, Phase::kOpen, Lane::kShort, 8 * 1024},
    {MessageType::kRelease, Phase::kOpen, Lane::kShort, 8 * 1024},
    {MessageType::kChangeReleasePolicy, Phase::kOpen, Lane::kShort, 8 * 1024},
    {MessageType::kAttestKey, Phase::kOpen, Lane::kShort, 24 * 1024},
    {MessageType::kBeginAuthorityFetch, Phase::kOpen, Lane::kShort, 17 * 1024},
    {MessageType::kCarryAuthorityBytes, Phase::kOpen, Lane::kShort, 17 * 1024},
    {MessageType::kSecureWrap, Phase::kOpen, Lane::kShort, 1024},
    {MessageType::kSecureUnwrap, Phase::kOpen, Lane::kShort, 4 * 1024},
});

// find_row returns nullptr for a number that is no message type.
constexpr const MessageRow* find_row(MessageType type) {
  const auto found = std::ranges::find(kMessages, type, &MessageRow::type);
  return found == kMessages.end() ? nullptr : &*found;
}

// A frame as it lies in a ring or a datagram: this header, then the body. Little-endian, fixed width.
struct RequestHeader {
  std::uint32_t body_bytes = 0;
  MessageType type{};
  std::array<std::uint8_t, 3> zero{};
  std::uint64_t id = 0;  // chosen by the front end, repeated in the reply
};
struct ReplyHeader {
  std::uint32_t body_bytes = 0;
  std::uint8_t error = 0;  // 0, or Errc + 1; then the body is the error's message
  std::array<std::uint8_t, 3> zero{};
  std::uint64_t id = 0;
};
static_assert(sizeof(RequestHeader) == 16 && sizeof(ReplyHeader) == 16);

// kBodyBytesMax bounds a body: the largest operation input, its additional data and a wrapped key.
inline constexpr std::size_t kBodyBytesMax = 64 * 1024 - sizeof(RequestHeader);
inline constexpr std::size_t kErrorMessageBytesMax = 512;  // longer ones are cut

}  // namespace hsm::partition
