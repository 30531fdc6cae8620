#include "partition/channel/perform_codec.h"

#include <cstring>
#include <string>
#include <tuple>

#include "base/assert.h"
#include "partition/channel/codec_parts.h"

namespace hsm::partition {
namespace {

// take cuts `size` bytes off the front of `body`; false if there are fewer.
bool take(ByteView& body, std::size_t size, ByteView& piece) {
  if (size > body.size()) return false;
  piece = body.first(size);
  body = body.subspan(size);
  return true;
}

template <class Fixed>
bool take(ByteView& body, Fixed& fixed) {
  ByteView bytes;
  if (!take(body, sizeof fixed, bytes)) return false;
  std::memcpy(&fixed, bytes.data(), sizeof fixed);
  return true;
}

std::uint32_t length(ByteView bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

template <class Fixed>
ByteView bytes_of_fixed(const Fixed& fixed) {
  return {reinterpret_cast<const std::uint8_t*>(&fixed), sizeof fixed};
}

// The operations that are done with a key; import and export are not.
bool performable(core::KeyOperation operation) {
  return operation <= core::KeyOperation::kUnwrapKey || operation == core::KeyOperation::kDeriveKey;
}

bool take_operation(ByteView& body, PerformOperation& operation) {
  OperationFixed fixed;
  if (!take(body, fixed) || fixed.zero != 0 || !performable(fixed.operation)) return false;
  operation.operation = fixed.operation;
  operation.algorithm = core::find_row(fixed.algorithm);
  if (operation.algorithm == nullptr) return false;
  ByteView* const pieces[] = {&operation.input, &operation.signature, &operation.iv, &operation.aad, &operation.tag};
  for (std::size_t i = 0; i < fixed.lengths.size(); ++i) {
    if (!take(body, fixed.lengths[i], *pieces[i])) return false;
  }
  core::CryptoRequest lengths;
  std::tie(lengths.input, lengths.signature, lengths.iv, lengths.aad, lengths.tag) =
      std::tie(operation.input, operation.signature, operation.iv, operation.aad, operation.tag);
  return check_lengths(lengths).has_value();
}

bool take_result(ByteView& body, std::vector<Result<core::CryptoResult>>& results) {
  ResultFixed fixed;
  core::CryptoResult result;
  if (!take(body, fixed) || fixed.verified > 1 || fixed.zero != 0) return false;
  if (!take(body, fixed.lengths[0], result.output) || !take(body, fixed.lengths[1], result.iv) ||
      !take(body, fixed.lengths[2], result.tag)) {
    return false;
  }
  if (fixed.error == 0) {
    result.verified = fixed.verified == 1;
    results.emplace_back(result);
    return true;
  }
  if (fixed.error > static_cast<std::uint8_t>(Errc::kCount_) || fixed.verified != 0 || !result.iv.empty() ||
      !result.tag.empty()) {
    return false;
  }
  results.push_back(fail(static_cast<Errc>(fixed.error - 1), std::string(text_of(result.output))));
  return true;
}

}  // namespace

Status check_lengths(const core::CryptoRequest& request) {
  struct Limit {
    std::size_t size, max;
    const char* what;
  };
  const auto limits = std::to_array<Limit>({
      {request.key ? request.key->wrapped.size() : 0, kWrappedBytesMax, "the key"},
      {request.input.size(), core::kOperationInputBytesMax, "the value"},
      {request.signature.size(), kSignatureBytesMax, "the signature"},
      {request.iv.size(), core::kAesBlockBytes, "iv"},
      {request.aad.size(), request.signature.empty() ? core::kAadBytesMax : core::kMlDsaContextBytesMax, "aad"},
      {request.tag.size(), core::kGcmTagBytes, "tag"},
  });
  for (const Limit& limit : limits) {
    if (limit.size > limit.max) return fail(Errc::kBadParameter, std::string(limit.what) + " is too long");
  }
  return {};
}

std::size_t operation_bytes(const core::CryptoRequest& request) {
  return sizeof(OperationFixed) + request.input.size() + request.signature.size() + request.iv.size() +
         request.aad.size() + request.tag.size();
}

std::size_t result_bytes_max(const core::CryptoRequest& request) {
  const core::Scheme scheme = core::row(request.algorithm).scheme;
  const bool ml_dsa = scheme == core::Scheme::kMlDsa || scheme == core::Scheme::kMlDsaMu;
  const std::size_t extra = ml_dsa ? core::kMlDsaSignatureBytesMax : kOutputExtraBytesMax;
  return sizeof(ResultFixed) + request.input.size() + extra + core::kGcmIvBytes + core::kGcmTagBytes;
}

Parts PerformEncoder::encode(std::span<const core::CryptoRequest> requests, bool with_wrapped) {
  HSM_ASSERT(!requests.empty() && requests.size() <= kOperationsMax);
  const core::KeyReference& key = *requests.front().key;
  const ByteView wrapped = with_wrapped ? ByteView(key.wrapped) : ByteView();
  fixed_ = {.key = key.id, .count = static_cast<std::uint16_t>(requests.size()), .wrapped_bytes = length(wrapped)};
  parts_.assign({bytes_of_fixed(fixed_), wrapped});
  operations_.clear();
  operations_.reserve(requests.size());  // the pieces look at them
  for (const core::CryptoRequest& request : requests) {
    const std::array<ByteView, 5> pieces{request.input, request.signature, request.iv, request.aad, request.tag};
    OperationFixed& fixed = operations_.emplace_back(request.operation, request.algorithm);
    for (std::size_t i = 0; i < pieces.size(); ++i) fixed.lengths[i] = length(pieces[i]);
    parts_.push_back(bytes_of_fixed(fixed));
    for (const ByteView piece : pieces) {
      if (!piece.empty()) parts_.push_back(piece);
    }
  }
  return parts_;
}

Status decode_perform(ByteView body, PerformRequest& request) {
  PerformFixed fixed;
  if (!take(body, fixed) || fixed.zero != 0 || fixed.wrapped_bytes > kWrappedBytesMax) return malformed("operation");
  if (fixed.count == 0 || fixed.count > kOperationsMax) return malformed("operation");
  request.key = fixed.key;
  if (!take(body, fixed.wrapped_bytes, request.wrapped)) return malformed("operation");
  request.operations.assign(fixed.count, {});
  for (PerformOperation& operation : request.operations) {
    if (!take_operation(body, operation)) return malformed("operation");
  }
  if (!body.empty()) return malformed("operation");
  return {};
}

void PerformReplyEncoder::restart() {
  results_.clear();
  parts_.clear();
}

void PerformReplyEncoder::add(const Result<core::CryptoReply>& result) {
  if (!result) return add(result.error());
  add({.verified = result->verified ? std::uint8_t{1} : std::uint8_t{0}},
      {result->output.reveal(), ByteView(result->iv), ByteView(result->tag)});
}

void PerformReplyEncoder::add(const Error& error) {
  const ByteView message = bytes_of(error.message).first(std::min(error.message.size(), kErrorMessageBytesMax));
  add({.error = static_cast<std::uint8_t>(static_cast<unsigned>(error.code) + 1)}, {message});
}

void PerformReplyEncoder::add(const ResultFixed& fixed, const std::array<ByteView, 3>& pieces) {
  HSM_ASSERT(results_.size() < kOperationsMax);  // growing would move what the pieces look at
  ResultFixed& result = results_.emplace_back(fixed);
  parts_.push_back(bytes_of_fixed(result));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    result.lengths[i] = length(pieces[i]);
    if (!pieces[i].empty()) parts_.push_back(pieces[i]);
  }
}

Status decode_perform_reply(ByteView body, std::size_t count, std::vector<Result<core::CryptoResult>>& results) {
  results.clear();
  results.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!take_result(body, results)) return malformed("reply");
  }
  if (!body.empty()) return malformed("reply");
  return {};
}

Result<std::uint32_t> decode_random(ByteView body) {
  std::uint32_t n = 0;
  if (body.size() != sizeof n) return malformed("random");
  std::memcpy(&n, body.data(), sizeof n);
  if (n == 0 || n > kRandomBytesMax) return malformed("random");
  return n;
}

}  // namespace hsm::partition
