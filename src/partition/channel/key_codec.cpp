#include "partition/channel/key_codec.h"

#include <algorithm>
#include <array>

#include "base/wire.h"
#include "partition/channel/codec_parts.h"
#include "partition/channel/perform_codec.h"
#include "partition/channel/secret_writer.h"

namespace hsm::partition {
namespace {

constexpr std::uint8_t kExportable = 1;
constexpr std::uint8_t kImmutablePolicy = 2;

template <class Writer>
void put_policy(Writer& out, const core::KeyPolicy& policy) {
  out.put(policy.spec.type);
  out.put(policy.spec.curve);
  out.put(policy.spec.bits);
  out.put(policy.operations.bits());
  out.put(static_cast<std::uint8_t>((policy.exportable ? kExportable : 0) |
                                    (policy.release_policy_immutable ? kImmutablePolicy : 0)));
  for (const std::uint8_t byte : policy.release_policy_digest) out.put(byte);
}

bool good(const core::KeyPolicy& policy) {
  return core::valid(policy.spec) && policy.operations.within(core::possible_operations(policy.spec)) &&
         core::releasable_by_policy(policy);
}

bool get_any_policy(WireReader& in, core::KeyPolicy& policy) {
  policy.spec.type = in.get<core::KeyType>();
  policy.spec.curve = in.get<core::Curve>();
  policy.spec.bits = in.get<std::uint16_t>();
  policy.operations = core::KeyOperations::from_bits(in.get<std::uint16_t>());
  const auto flags = in.get<std::uint8_t>();
  policy.exportable = (flags & kExportable) != 0;
  policy.release_policy_immutable = (flags & kImmutablePolicy) != 0;
  policy.release_policy_digest = get_array<32>(in);
  return in.ok() && flags <= (kExportable | kImmutablePolicy);
}

bool get_policy(WireReader& in, core::KeyPolicy& policy) {
  return get_any_policy(in, policy) && good(policy);
}

// A transferred key's size is not known yet.
bool good_but_for_size(const core::KeyPolicy& policy) {
  using enum core::KeyType;
  const core::KeySpec& spec = policy.spec;
  const bool has_curve = spec.type == kEc || spec.type == kOkp;
  const bool known = has_curve ? core::valid(spec) : spec.curve == core::Curve::kNone;
  return known && spec.bits == 0 && (spec.type == kRsa || has_curve || spec.type == kOct) &&
         policy.operations.within(core::possible_operations(spec)) && core::releasable_by_policy(policy);
}

// The members of a key in the order of the grammar.
template <class Key>
auto public_members(Key& key) {
  return std::to_array({&key.modulus, &key.exponent, &key.x, &key.y, &key.pub});
}
template <class Key>
auto private_members(Key& key) {
  return std::to_array({&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qi, &key.k, &key.priv});
}
constexpr std::size_t kPolicyBytes = 39;
constexpr std::size_t kImportBytesMax =
    kPolicyBytes + 13 * sizeof(std::uint32_t) + 12 * kKeyMemberBytesMax + core::kMlDsaPublicBytesMax;

bool fits(const core::PublicKey& key) {
  return std::ranges::all_of(public_members(key), [&key](const Bytes* member) {
    return member->size() <= (member == &key.pub ? core::kMlDsaPublicBytesMax : kKeyMemberBytesMax);
  });
}

bool get_public(WireReader& in, core::PublicKey& key) {
  for (Bytes* member : public_members(key)) {
    const ByteView bytes = in.get_view();
    if (bytes.size() > core::kMlDsaPublicBytesMax) return false;
    *member = copy_of(bytes);
  }
  return in.ok() && fits(key);
}

}  // namespace

Status check(const core::GenerateRequest& request) {
  if (!good(request.policy)) return fail(Errc::kBadParameter, "no such key can be made");
  return {};
}

Status check(const core::ImportRequest& request) {
  if (!good(request.policy)) return fail(Errc::kBadParameter, "no such key can be imported");
  const auto is_short = [](const SecretBytes* member) { return member->size() <= kKeyMemberBytesMax; };
  if (!fits(request.key.public_key) || !std::ranges::all_of(private_members(request.key), is_short)) {
    return fail(Errc::kBadParameter, "a member of the key is too long");
  }
  return {};
}

Status check(const core::TransferRequest& request) {
  if (!good_but_for_size(request.policy)) return fail(Errc::kBadParameter, "no such key can be imported");
  if (request.exchange_key.wrapped.size() > kWrappedBytesMax || request.wrapped.size() > kTransferBytesMax) {
    return fail(Errc::kBadParameter, "the wrapped key is too long");
  }
  return {};
}

Bytes encode(const core::GenerateRequest& request) {
  WireWriter out;
  put_policy(out, request.policy);
  out.put(request.public_exponent);
  return out.take();
}

Result<core::GenerateRequest> decode_generate(ByteView body) {
  WireReader in(body);
  core::GenerateRequest request;
  if (!get_policy(in, request.policy)) return malformed("generate");
  request.public_exponent = in.get<std::uint32_t>();
  HSM_CHECK(in.finish("generate"));
  return request;
}

SecretBytes encode(const core::ImportRequest& request) {
  SecretWriter out(kImportBytesMax);
  put_policy(out, request.policy);
  for (const Bytes* member : public_members(request.key.public_key)) out.put_bytes(*member);
  for (const SecretBytes* member : private_members(request.key)) out.put_bytes(member->reveal());
  return out.take();
}

Result<core::ImportRequest> decode_import(ByteView body) {
  WireReader in(body);
  core::ImportRequest request;
  if (!get_policy(in, request.policy) || !get_public(in, request.key.public_key)) return malformed("import");
  for (SecretBytes* member : private_members(request.key)) {
    const ByteView bytes = in.get_view();
    if (bytes.size() > kKeyMemberBytesMax) return malformed("import");
    *member = SecretBytes::copy(bytes);
  }
  HSM_CHECK(in.finish("import"));
  return request;
}

Bytes encode(const core::TransferRequest& request) {
  WireWriter out;
  put_policy(out, request.policy);
  put_array(out, request.exchange_key.id);
  out.put_bytes(request.exchange_key.wrapped);
  out.put_bytes(request.wrapped);
  return out.take();
}

Result<core::TransferRequest> decode_transfer(ByteView body) {
  WireReader in(body);
  core::TransferRequest request;
  if (!get_any_policy(in, request.policy)) return malformed("transfer");
  request.exchange_key.id = get_array<sizeof request.exchange_key.id>(in);
  request.exchange_key.wrapped = in.get_bytes();
  request.wrapped = in.get_bytes();
  HSM_CHECK(in.finish("transfer"));
  if (!check(request)) return malformed("transfer");
  return request;
}

Bytes encode(const core::TransferredKey& key) {
  WireWriter out;
  out.put(key.spec.bits);
  Bytes body = out.take();
  const Bytes wrapped = encode(key.key);
  body.insert(body.end(), wrapped.begin(), wrapped.end());
  return body;
}

Result<core::TransferredKey> decode_transferred_key(ByteView body) {
  WireReader in(body);
  core::TransferredKey key;
  key.spec.bits = in.get<std::uint16_t>();
  if (!in.ok()) return malformed("key");
  HSM_TRY(key.key, decode_wrapped_key(body.last(in.left())));
  return key;
}

Bytes encode(const core::WrappedKey& key) {
  WireWriter out;
  put_array(out, key.id);
  out.put_bytes(key.blob);
  for (const Bytes* member : public_members(key.public_key)) out.put_bytes(*member);
  return out.take();
}

Result<core::WrappedKey> decode_wrapped_key(ByteView body) {
  WireReader in(body);
  core::WrappedKey key;
  key.id = get_array<sizeof key.id>(in);
  key.blob = in.get_bytes();
  if (key.blob.size() > kWrappedBytesMax || !get_public(in, key.public_key)) return malformed("key");
  HSM_CHECK(in.finish("key"));
  return key;
}

Bytes encode(const core::KeyReference& key, core::KeyOperations operations) {
  WireWriter out;
  put_array(out, key.id);
  out.put(operations.bits());
  out.put_bytes(key.wrapped);
  return out.take();
}

Result<ChangeOperations> decode_change_operations(ByteView body) {
  WireReader in(body);
  ChangeOperations change;
  change.key.id = get_array<sizeof change.key.id>(in);
  change.operations = core::KeyOperations::from_bits(in.get<std::uint16_t>());
  const ByteView wrapped = in.get_view();
  if (wrapped.size() > kWrappedBytesMax) return malformed("change");
  change.key.wrapped = copy_of(wrapped);
  HSM_CHECK(in.finish("change"));
  return change;
}

Bytes encode(const core::KeyReference& key) {
  WireWriter out;
  put_array(out, key.id);
  out.put_bytes(key.wrapped);
  return out.take();
}

Result<core::KeyReference> decode_key_reference(ByteView body) {
  WireReader in(body);
  core::KeyReference key;
  key.id = get_array<sizeof key.id>(in);
  key.wrapped = in.get_bytes();
  if (key.wrapped.size() > kWrappedBytesMax) return malformed("key");
  HSM_CHECK(in.finish("key"));
  return key;
}

}  // namespace hsm::partition
