#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "core/algorithm.h"
#include "core/ports/partitions.h"
#include "partition/channel/ring.h"

namespace hsm::partition {

// kPerform, the message of every cryptographic operation, and kRandom: the hot path. Written from where the bytes are
// into the ring, without a copy between.
//
//   perform   = key id (16) | count (u16) | zero (u16) | length of wrapped (u32) | wrapped | operation × count
//   operation = operation (u8) | algorithm (u8) | zero (u16) | lengths (5 × u32) | input | signature | iv | aad | tag
//   done      = result × count
//   result    = error (u8) | verified (u8) | zero (u16) | lengths (3 × u32) | output | iv | tag
//   random    = n (u32);  its reply is n bytes
//
// An empty `wrapped` means that the partition is thought to have the key; it answers kKeyNotLoaded if it has not. The
// operations of a message stand for themselves: each has a result, in their order. Its error is 0, or Errc + 1; then
// `output` is the error's message and the rest is empty.
inline constexpr std::size_t kOperationsMax = 32;  // of one message
struct PerformFixed {
  core::KeyId key{};
  std::uint16_t count = 0;
  std::uint16_t zero = 0;
  std::uint32_t wrapped_bytes = 0;
};
struct OperationFixed {
  core::KeyOperation operation{};
  core::Algorithm algorithm{};
  std::uint16_t zero = 0;
  std::array<std::uint32_t, 5> lengths{};
};
struct ResultFixed {
  std::uint8_t error = 0;
  std::uint8_t verified = 0;
  std::uint16_t zero = 0;
  std::array<std::uint32_t, 3> lengths{};
};
static_assert(sizeof(PerformFixed) == 24 && sizeof(OperationFixed) == 24 && sizeof(ResultFixed) == 16);

inline constexpr std::size_t kWrappedBytesMax = 4096;                             // engine/wrapped_key.h
inline constexpr std::size_t kSignatureBytesMax = core::kMlDsaSignatureBytesMax;  // longer ones can't verify
inline constexpr std::size_t kRandomBytesMax = 4096;
// Output exceeds the input by an RSA-4096 block at most, or it is a signature of ML-DSA.
inline constexpr std::size_t kOutputExtraBytesMax = 512;
static_assert(kErrorMessageBytesMax <= kOutputExtraBytesMax);
inline constexpr std::size_t kPerformBytesMax = sizeof(PerformFixed) + kWrappedBytesMax + sizeof(OperationFixed) +
                                                core::kOperationInputBytesMax + core::kAesBlockBytes +
                                                core::kGcmTagBytes;  // of one operation
// What comes with a signature is a context; additional data of GCM never does.
static_assert(kPerformBytesMax + core::kAadBytesMax <= kBodyBytesMax);
static_assert(kPerformBytesMax + kSignatureBytesMax + core::kMlDsaContextBytesMax <= kBodyBytesMax);

// check_lengths holds a request against the limits of the channel. The client asks it, so that a caller gets
// kBadParameter; the partition ends when a message is beyond them.
Status check_lengths(const core::CryptoRequest& request);

// operation_bytes and result_bytes_max are what a request takes of the body of its message and, at most, of the
// reply's.
std::size_t operation_bytes(const core::CryptoRequest& request);
std::size_t result_bytes_max(const core::CryptoRequest& request);

// PerformEncoder makes the pieces of messages' bodies, one after the other, in memory that it uses again.
class PerformEncoder {
 public:
  // encode: 1 to kOperationsMax requests on one key. The pieces look into them, and hold until the next call.
  Parts encode(std::span<const core::CryptoRequest> requests, bool with_wrapped);

 private:
  PerformFixed fixed_;
  std::vector<OperationFixed> operations_;
  std::vector<ByteView> parts_;
};

// PerformOperation and PerformRequest are a decoded message; they look into its body.
struct PerformOperation {
  core::KeyOperation operation{};
  const core::AlgorithmRow* algorithm = nullptr;
  ByteView input, signature, iv, aad, tag;
};
struct PerformRequest {
  core::KeyId key{};
  ByteView wrapped;
  std::vector<PerformOperation> operations;
};
// decode_perform fills `request`, whose memory it uses again.
Status decode_perform(ByteView body, PerformRequest& request);

// PerformReplyEncoder does for replies what PerformEncoder does for messages.
class PerformReplyEncoder {
 public:
  PerformReplyEncoder() { results_.reserve(kOperationsMax); }
  void restart();
  // add appends the next operation's result, which must stay as long as the pieces are used.
  void add(const Result<core::CryptoReply>& result);
  void add(Result<core::CryptoReply>&& result) = delete;
  void add(const Error& error);
  Parts parts() const { return parts_; }

 private:
  void add(const ResultFixed& fixed, const std::array<ByteView, 3>& pieces);

  std::vector<ResultFixed> results_;
  std::vector<ByteView> parts_;
};

// decode_perform_reply fills `results`, which look into the body. kInternal: malformed, or not `count` results.
Status decode_perform_reply(ByteView body, std::size_t count, std::vector<Result<core::CryptoResult>>& results);

Result<std::uint32_t> decode_random(ByteView body);

}  // namespace hsm::partition
