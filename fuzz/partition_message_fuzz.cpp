// The messages between front end and partition: the first byte chooses the decoder, the rest is the body. Whatever a
// decoder takes must encode to the same bytes again: no message has two forms, and nothing is left unread. The last
// choice is a ring whose producer writes what it likes.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/assert.h"
#include "partition/channel/attestation_codec.h"
#include "partition/channel/authority_codec.h"
#include "partition/channel/domain_codec.h"
#include "partition/channel/engine_info_codec.h"
#include "partition/channel/key_codec.h"
#include "partition/channel/perform_codec.h"
#include "partition/channel/release_codec.h"
#include "partition/channel/ring.h"
#include "partition/channel/secure_wrap_codec.h"

namespace {

using namespace hsm;
using namespace hsm::partition;

void same(ByteView body, ByteView encoded) {
  HSM_ASSERT(std::ranges::equal(body, encoded));
}

Bytes joined(Parts parts) {
  Bytes all;
  for (const ByteView part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

void perform(ByteView body) {
  PerformRequest decoded;
  if (!decode_perform(body, decoded)) return;
  const auto key = std::make_shared<core::KeyReference>(core::KeyReference{decoded.key, copy_of(decoded.wrapped)});
  std::vector<core::CryptoRequest> requests;
  for (const PerformOperation& operation : decoded.operations) {
    core::CryptoRequest& request = requests.emplace_back();
    request.key = key;
    request.operation = operation.operation;
    request.algorithm = operation.algorithm->algorithm;
    request.input = operation.input;
    request.signature = operation.signature;
    request.iv = operation.iv;
    request.aad = operation.aad;
    request.tag = operation.tag;
    HSM_ASSERT(check_lengths(request));
  }
  PerformEncoder encoder;
  same(body, joined(encoder.encode(requests, true)));
}

// The first byte says how many results were asked for.
void perform_reply(ByteView body) {
  if (body.empty() || body[0] > kOperationsMax) return;
  std::vector<Result<core::CryptoResult>> results;
  if (!decode_perform_reply(body.subspan(1), body[0], results)) return;
  std::vector<Result<core::CryptoReply>> replies;
  PerformReplyEncoder encoder;
  for (const auto& result : results) {
    if (!result) {
      if (result.error().message.size() > kErrorMessageBytesMax) return;  // which no partition sends
      replies.push_back(std::unexpected(result.error()));
    } else {
      replies.push_back(core::CryptoReply{.output = SecretBytes::copy(result->output),
                                          .iv = copy_of(result->iv),
                                          .tag = copy_of(result->tag),
                                          .verified = result->verified});
    }
  }
  for (const auto& reply : replies) encoder.add(reply);
  same(body.subspan(1), joined(encoder.parts()));
}

void random_bytes(ByteView body) {
  if (const auto n = decode_random(body)) HSM_ASSERT(*n != 0 && *n <= kRandomBytesMax);
}

void generate(ByteView body) {
  const auto decoded = decode_generate(body);
  if (!decoded) return;
  HSM_ASSERT(check(*decoded));
  same(body, encode(*decoded));
}

void import(ByteView body) {
  const auto decoded = decode_import(body);
  if (!decoded) return;
  HSM_ASSERT(check(*decoded));
  same(body, encode(*decoded).reveal());
}

void wrapped_key(ByteView body) {
  if (const auto decoded = decode_wrapped_key(body)) same(body, encode(*decoded));
}

void transfer(ByteView body) {
  const auto decoded = decode_transfer(body);
  if (!decoded) return;
  HSM_ASSERT(check(*decoded));
  same(body, encode(*decoded));
}

void transferred_key(ByteView body) {
  if (const auto decoded = decode_transferred_key(body)) same(body, encode(*decoded));
}

void release(ByteView body) {
  const auto decoded = decode_release(body);
  if (!decoded) return;
  HSM_ASSERT(check(*decoded));
  same(body, encode(*decoded));
}

void released_key(ByteView body) {
  if (const auto decoded = decode_released_key(body)) same(body, encode(*decoded));
}

void change_release_policy(ByteView body) {
  if (const auto decoded = decode_change_release_policy(body)) same(body, encode(*decoded));
}

void secure_wrap(ByteView body) {
  const auto decoded = decode_secure_wrap(body);
  if (!decoded) return;
  HSM_ASSERT(check(*decoded));
  same(body, encode(*decoded));
}

void secure_unwrap(ByteView body) {
  const auto decoded = decode_secure_unwrap(body);
  if (!decoded) return;
  HSM_ASSERT(check(*decoded));
  same(body, encode(*decoded));
}

void carry_bytes(ByteView body) {
  if (const auto decoded = decode_carry_bytes(body)) same(body, encode(*decoded));
}

void carry_step(ByteView body) {
  if (const auto decoded = decode_carry_step(body)) same(body, encode(*decoded));
}

void change_operations(ByteView body) {
  if (const auto decoded = decode_change_operations(body)) same(body, encode(decoded->key, decoded->operations));
}

void key_reference(ByteView body) {
  if (const auto decoded = decode_key_reference(body)) same(body, encode(*decoded));
}

void export_domain(ByteView body) {
  const auto decoded = decode_export_domain(body);
  if (!decoded) return;
  HSM_ASSERT(check_export(decoded->certificates));
  same(body, encode_export_domain(decoded->certificates, decoded->quorum));
}

void domain_file(ByteView body) {
  if (const auto decoded = decode_domain_file(body)) same(body, encode(*decoded));
}

void new_domain(ByteView body) {
  if (const auto decoded = decode_new_domain(body)) same(body, encode(*decoded).reveal());
}

void domain_keys(ByteView body) {
  if (const auto decoded = decode_domain_keys(body)) same(body, encode(*decoded).reveal());
}

void attest(ByteView body) {
  const auto decoded = decode_attest(body);
  if (!decoded) return;
  HSM_ASSERT(check_attest(decoded->key, decoded->id));
  same(body, encode_attest(decoded->key, decoded->id));
}

void attested(ByteView body) {
  if (const auto decoded = decode_attestation(body)) same(body, encode(*decoded));
}

void engine_info(ByteView body) {
  if (const auto decoded = decode_engine_info(body)) same(body, encode(*decoded));
}

// The counter is the first four bytes, the slots begin with the rest.
void ring(ByteView body) {
  RingControl control{};
  Bytes memory(kRingBytes), message(kBodyBytesMax);
  std::uint32_t head = 0;
  if (body.size() < sizeof head) return;
  std::memcpy(&head, body.data(), sizeof head);
  const ByteView slots = body.subspan(sizeof head);
  std::copy_n(slots.begin(), std::min(slots.size(), memory.size()), memory.begin());
  control.head = head;
  RingReader reader(control, RingSlots(memory.data(), kRingBytes));
  RequestHeader header;
  std::size_t taken = 0;
  while (reader.read(header, message) == ReadResult::kMessage) HSM_ASSERT(++taken <= kRingSlots);
}

constexpr auto kDecoders = std::to_array<void (*)(ByteView)>({perform,
                                                              perform_reply,
                                                              random_bytes,
                                                              generate,
                                                              import,
                                                              wrapped_key,
                                                              change_operations,
                                                              key_reference,
                                                              export_domain,
                                                              domain_file,
                                                              new_domain,
                                                              domain_keys,
                                                              ring,
                                                              transfer,
                                                              transferred_key,
                                                              release,
                                                              released_key,
                                                              change_release_policy,
                                                              attest,
                                                              attested,
                                                              engine_info,
                                                              carry_bytes,
                                                              carry_step,
                                                              secure_wrap,
                                                              secure_unwrap});

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0) kDecoders[data[0] % kDecoders.size()]({data + 1, size - 1});
  return 0;
}
