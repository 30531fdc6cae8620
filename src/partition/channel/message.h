#pragma once
#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::partition {

// The messages between the front end and a partition: one request, one reply. The grammar of each body stands in
// message_codec.h. A message that is malformed, or not allowed in the partition's phase, ends the partition.
enum class MessageType : std::uint8_t {
  // locked phase
  kCreateDomain = 1,  // make a new master secret; reply: the sealed domain, record key
  kOpenDomain = 2,    // open a sealed domain with the node's seal; reply: record key
  // open phase
  kGenerateKey = 10,
  kImportKey = 11,
  kChangeOperations = 12,
  kPerform = 13,
  kRandom = 14,
  kExportDomain = 15,
  kSignCheckpoint = 16,
  kAuditPublicKey = 17,
};

enum class Phase : std::uint8_t { kLocked, kOpen };

// Lane says which ring a message takes: light ones that a worker answers in batches, or long jobs (key generation) that
// have a ring and a thread of their own, so that a light operation never waits for one.
enum class Lane : std::uint8_t { kWorker, kLong };

struct MessageRow {
  MessageType type;
  Phase phase;
  Lane lane;
};
inline constexpr auto kMessages = std::to_array<MessageRow>({
    {MessageType::kCreateDomain, Phase::kLocked, Lane::kLong},
    {MessageType::kOpenDomain, Phase::kLocked, Lane::kLong},
    {MessageType::kGenerateKey, Phase::kOpen, Lane::kLong},
    {MessageType::kImportKey, Phase::kOpen, Lane::kLong},
    {MessageType::kChangeOperations, Phase::kOpen, Lane::kLong},
    {MessageType::kPerform, Phase::kOpen, Lane::kWorker},
    {MessageType::kRandom, Phase::kOpen, Lane::kWorker},
    {MessageType::kExportDomain, Phase::kOpen, Lane::kLong},
    {MessageType::kSignCheckpoint, Phase::kOpen, Lane::kLong},
    {MessageType::kAuditPublicKey, Phase::kOpen, Lane::kLong},
});

// A frame as it lies in a ring: this header, then the body. Little-endian, fixed width.
struct RequestHeader {
  std::uint32_t body_bytes;
  MessageType type;
  std::array<std::uint8_t, 3> zero;
  std::uint64_t id;  // chosen by the front end, repeated in the reply
};
struct ReplyHeader {
  std::uint32_t body_bytes;
  std::uint8_t error;  // 0, or Errc + 1; then the body is the error's message
  std::array<std::uint8_t, 3> zero;
  std::uint64_t id;
};
static_assert(sizeof(RequestHeader) == 16 && sizeof(ReplyHeader) == 16);

// kBodyBytesMax bounds a body: the largest operation input, its additional data and a wrapped key.
inline constexpr std::size_t kBodyBytesMax = 64 * 1024 - sizeof(RequestHeader);

}  // namespace hsm::partition
