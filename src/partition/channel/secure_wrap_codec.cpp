#include "partition/channel/secure_wrap_codec.h"

#include "base/wire.h"
#include "partition/channel/codec_parts.h"
#include "partition/channel/perform_codec.h"

namespace hsm::partition {
namespace {

static_assert(1 + sizeof(core::KeyId) + 5 * sizeof(std::uint32_t) + kWrappedBytesMax + core::kSecureWrappedBytesMax +
                  core::kReleasePolicyBytesMax + core::kAttestationTokenBytesMax + core::kTrustedIssuerBytesMax <=
              kBodyBytesMax);

// What both messages begin with.
template <class Request>
void put_head(WireWriter& out, const Request& request) {
  out.put(request.algorithm);
  put_array(out, request.key.id);
  out.put_bytes(request.key.wrapped);
}

template <class Request>
Request get_head(WireReader& in) {
  Request request;
  request.algorithm = in.get<core::SecureWrapAlgorithm>();
  request.key.id = get_array<sizeof request.key.id>(in);
  request.key.wrapped = in.get_bytes();
  return request;
}

template <class Request>
Status check_head(const Request& request) {
  if (core::find_secure_wrap(request.algorithm) == nullptr) return fail(Errc::kBadParameter, "unknown alg");
  if (request.key.wrapped.size() > kWrappedBytesMax) return fail(Errc::kBadParameter, "the key is too long");
  return {};
}

}  // namespace

Status check(const core::SecureWrapRequest& request) {
  return check_head(request);
}

Status check(const core::SecureUnwrapRequest& request) {
  HSM_CHECK(check_head(request));
  if (request.value.size() > core::kSecureWrappedBytesMax) return fail(Errc::kBadParameter, "'value' is too long.");
  if (request.policy.size() > core::kReleasePolicyBytesMax) return fail(Errc::kBadParameter, "the policy is too long");
  if (request.token.size() > core::kAttestationTokenBytesMax) {
    return fail(Errc::kBadParameter, "'target' is too long for an attestation token.");
  }
  if (request.issuer.size() > core::kTrustedIssuerBytesMax) {
    return fail(Errc::kBadParameter, "'applicationTrustedIssuer' is too long.");
  }
  return {};
}

Bytes encode(const core::SecureWrapRequest& request) {
  WireWriter out;
  put_head(out, request);
  return out.take();
}

Result<core::SecureWrapRequest> decode_secure_wrap(ByteView body) {
  WireReader in(body);
  auto request = get_head<core::SecureWrapRequest>(in);
  HSM_CHECK(in.finish("secure wrap"));
  if (!check(request)) return malformed("secure wrap");
  return request;
}

Bytes encode(const core::SecureUnwrapRequest& request) {
  WireWriter out;
  put_head(out, request);
  out.put_bytes(request.value);
  out.put_text(request.policy);
  out.put_text(request.token);
  out.put_text(request.issuer);
  return out.take();
}

Result<core::SecureUnwrapRequest> decode_secure_unwrap(ByteView body) {
  WireReader in(body);
  auto request = get_head<core::SecureUnwrapRequest>(in);
  request.value = in.get_bytes();
  request.policy = in.get_text();
  request.token = in.get_text();
  request.issuer = in.get_text();
  HSM_CHECK(in.finish("secure unwrap"));
  if (!check(request)) return malformed("secure unwrap");
  return request;
}

}  // namespace hsm::partition
