#include "partition/channel/perform_codec.h"

#include <cstring>
#include <tuple>

namespace hsm::partition {
namespace {

auto malformed(const char* what) {
  return fail(Errc::kInternal, std::string("malformed ") + what);
}

// split cuts `body` into pieces of the given lengths; false unless they fill it exactly.
template <std::size_t N>
bool split(ByteView body, const std::array<std::uint32_t, N>& lengths, std::array<ByteView, N>& pieces) {
  for (std::size_t i = 0; i < N; ++i) {
    if (lengths[i] > body.size()) return false;
    pieces[i] = body.first(lengths[i]);
    body = body.subspan(lengths[i]);
  }
  return body.empty();
}

std::uint32_t length(ByteView bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

// The operations that are done with a key; import and export are not.
bool performable(core::KeyOperation operation) {
  return operation <= core::KeyOperation::kUnwrapKey || operation == core::KeyOperation::kDeriveKey;
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

PerformParts::PerformParts(const core::CryptoRequest& request, bool with_wrapped)
    : fixed_{.key = request.key->id, .operation = request.operation, .algorithm = request.algorithm},
      parts_{ByteView(reinterpret_cast<const std::uint8_t*>(&fixed_), sizeof fixed_),
             with_wrapped ? ByteView(request.key->wrapped) : ByteView(),
             request.input,
             request.signature,
             request.iv,
             request.aad,
             request.tag} {
  for (std::size_t i = 0; i < fixed_.lengths.size(); ++i) fixed_.lengths[i] = length(parts_[i + 1]);
}

Result<PerformRequest> decode_perform(ByteView body) {
  PerformFixed fixed;
  std::array<ByteView, 6> pieces;
  if (body.size() < sizeof fixed) return malformed("operation");
  std::memcpy(&fixed, body.data(), sizeof fixed);
  if (fixed.zero != 0 || !split(body.subspan(sizeof fixed), fixed.lengths, pieces)) return malformed("operation");
  const core::AlgorithmRow* algorithm = core::find_row(fixed.algorithm);
  if (algorithm == nullptr || !performable(fixed.operation)) return malformed("operation");
  core::CryptoRequest lengths;
  std::tie(lengths.input, lengths.signature, lengths.iv, lengths.aad, lengths.tag) =
      std::tie(pieces[1], pieces[2], pieces[3], pieces[4], pieces[5]);
  if (pieces[0].size() > kWrappedBytesMax || !check_lengths(lengths)) return malformed("operation");
  return PerformRequest{.key = fixed.key,
                        .operation = fixed.operation,
                        .algorithm = algorithm,
                        .wrapped = pieces[0],
                        .input = pieces[1],
                        .signature = pieces[2],
                        .iv = pieces[3],
                        .aad = pieces[4],
                        .tag = pieces[5]};
}

PerformReplyParts::PerformReplyParts(const core::CryptoReply& reply)
    : fixed_{.verified = reply.verified ? std::uint8_t{1} : std::uint8_t{0},
             .lengths = {length(reply.output.reveal()), length(reply.iv), length(reply.tag)}},
      parts_{ByteView(reinterpret_cast<const std::uint8_t*>(&fixed_), sizeof fixed_), reply.output.reveal(),
             ByteView(reply.iv), ByteView(reply.tag)} {}

Result<core::CryptoReply> decode_perform_reply(ByteView body) {
  PerformReplyFixed fixed;
  std::array<ByteView, 3> pieces;
  if (body.size() < sizeof fixed) return malformed("reply");
  std::memcpy(&fixed, body.data(), sizeof fixed);
  if (fixed.verified > 1 || fixed.zero != decltype(fixed.zero){}) return malformed("reply");
  if (!split(body.subspan(sizeof fixed), fixed.lengths, pieces)) return malformed("reply");
  return core::CryptoReply{.output = SecretBytes::copy(pieces[0]),
                           .iv = copy_of(pieces[1]),
                           .tag = copy_of(pieces[2]),
                           .verified = fixed.verified == 1};
}

Result<std::uint32_t> decode_random(ByteView body) {
  std::uint32_t n = 0;
  if (body.size() != sizeof n) return malformed("random");
  std::memcpy(&n, body.data(), sizeof n);
  if (n == 0 || n > kRandomBytesMax) return malformed("random");
  return n;
}

Result<core::CryptoReply> decode_light_reply(MessageType type, ByteView body) {
  if (type == MessageType::kPerform) return decode_perform_reply(body);
  core::CryptoReply reply;
  reply.output = SecretBytes::copy(body);
  return reply;
}

}  // namespace hsm::partition
