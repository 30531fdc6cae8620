#pragma once
#include <array>
#include <cstdint>

#include "base/result.h"
#include "core/algorithm.h"
#include "core/ports/partitions.h"
#include "partition/channel/ring.h"

namespace hsm::partition {

// kPerform, the message of every cryptographic operation, and kRandom: the hot path. Written from where the bytes are
// into the ring, without a copy between.
//
//   perform = key id (16) | operation (u8) | algorithm (u8) | zero (u16) | lengths (6 × u32)
//             | wrapped | input | signature | iv | aad | tag
//   done    = verified (u8) | zero (3) | lengths (3 × u32) | output | iv | tag
//   random  = n (u32);  its reply is n bytes
//
// An empty `wrapped` means that the partition is thought to have the key; it answers kKeyNotLoaded if it has not.
struct PerformFixed {
  core::KeyId key{};
  core::KeyOperation operation{};
  core::Algorithm algorithm{};
  std::uint16_t zero = 0;
  std::array<std::uint32_t, 6> lengths{};
};
struct PerformReplyFixed {
  std::uint8_t verified = 0;
  std::array<std::uint8_t, 3> zero{};
  std::array<std::uint32_t, 3> lengths{};
};
static_assert(sizeof(PerformFixed) == 44 && sizeof(PerformReplyFixed) == 16);

inline constexpr std::size_t kWrappedBytesMax = 4096;                             // engine/wrapped_key.h
inline constexpr std::size_t kSignatureBytesMax = core::kMlDsaSignatureBytesMax;  // longer ones can't verify
inline constexpr std::size_t kRandomBytesMax = 4096;
// Output exceeds the input by an RSA-4096 block at most, or it is a signature of ML-DSA.
inline constexpr std::size_t kOutputExtraBytesMax = 512;
inline constexpr std::size_t kPerformBytesMax =
    sizeof(PerformFixed) + kWrappedBytesMax + core::kOperationInputBytesMax + core::kAesBlockBytes + core::kGcmTagBytes;
// What comes with a signature is a context; additional data of GCM never does.
static_assert(kPerformBytesMax + core::kAadBytesMax <= kBodyBytesMax);
static_assert(kPerformBytesMax + kSignatureBytesMax + core::kMlDsaContextBytesMax <= kBodyBytesMax);

// check_lengths holds a request against the limits of the channel. The client asks it, so that a caller gets
// kBadParameter; the partition ends when a message is beyond them.
Status check_lengths(const core::CryptoRequest& request);

// PerformParts is a request as the pieces of its body. It looks into the request, which must outlive it.
class PerformParts {
 public:
  PerformParts(const core::CryptoRequest& request, bool with_wrapped);
  PerformParts(const PerformParts&) = delete;
  PerformParts& operator=(const PerformParts&) = delete;
  Parts parts() const { return parts_; }

 private:
  PerformFixed fixed_;
  std::array<ByteView, 7> parts_;
};

// PerformRequest is a decoded one; it looks into the body.
struct PerformRequest {
  core::KeyId key{};
  core::KeyOperation operation{};
  const core::AlgorithmRow* algorithm = nullptr;
  ByteView wrapped, input, signature, iv, aad, tag;
};
Result<PerformRequest> decode_perform(ByteView body);

class PerformReplyParts {
 public:
  explicit PerformReplyParts(const core::CryptoReply& reply);
  PerformReplyParts(const PerformReplyParts&) = delete;
  PerformReplyParts& operator=(const PerformReplyParts&) = delete;
  Parts parts() const { return parts_; }

 private:
  PerformReplyFixed fixed_;
  std::array<ByteView, 4> parts_;
};
Result<core::CryptoReply> decode_perform_reply(ByteView body);

// perform_reply_bytes_max and random's n are what their replies' bodies are at most.
inline std::size_t perform_reply_bytes_max(const core::CryptoRequest& request) {
  const core::Scheme scheme = core::row(request.algorithm).scheme;
  const bool ml_dsa = scheme == core::Scheme::kMlDsa || scheme == core::Scheme::kMlDsaMu;
  const std::size_t extra = ml_dsa ? core::kMlDsaSignatureBytesMax : kOutputExtraBytesMax;
  return sizeof(PerformReplyFixed) + request.input.size() + extra + core::kGcmIvBytes + core::kGcmTagBytes;
}

Result<std::uint32_t> decode_random(ByteView body);

// decode_light_reply decodes the reply of kPerform or kRandom, whose bytes become the output.
Result<core::CryptoReply> decode_light_reply(MessageType type, ByteView body);

}  // namespace hsm::partition
