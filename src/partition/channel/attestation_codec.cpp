#include "partition/channel/attestation_codec.h"

#include <algorithm>

#include "base/wire.h"
#include "partition/channel/codec_parts.h"
#include "partition/channel/perform_codec.h"

namespace hsm::partition {
namespace {

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

Status check_attest(const core::KeyReference& key, std::string_view id) {
  if (key.wrapped.size() > kWrappedBytesMax) return fail(Errc::kBadParameter, "the key is too long");
  if (id.empty() || id.size() > kAttestedIdBytesMax || !printable(id)) {
    return fail(Errc::kBadParameter, "the key's id can't be attested");
  }
  return {};
}

Bytes encode_attest(const core::KeyReference& key, std::string_view id) {
  WireWriter out;
  put_array(out, key.id);
  out.put_bytes(key.wrapped);
  out.put_text(id);
  return out.take();
}

Result<AttestKey> decode_attest(ByteView body) {
  WireReader in(body);
  AttestKey request;
  request.key.id = get_array<sizeof request.key.id>(in);
  request.key.wrapped = in.get_bytes();
  request.id = in.get_text();
  HSM_CHECK(in.finish("attest"));
  if (!check_attest(request.key, request.id)) return malformed("attest");
  return request;
}

Bytes encode(const core::KeyAttestation& attestation) {
  WireWriter out;
  out.put_text(attestation.certificates);
  out.put_bytes(attestation.private_key);
  out.put_bytes(attestation.public_key);
  return out.take();
}

Result<core::KeyAttestation> decode_attestation(ByteView body) {
  WireReader in(body);
  core::KeyAttestation attestation;
  attestation.certificates = in.get_text();
  attestation.private_key = in.get_bytes();
  attestation.public_key = in.get_bytes();
  HSM_CHECK(in.finish("attestation"));
  if (attestation.certificates.size() > kAttestationCertificatesBytesMax ||
      attestation.private_key.size() > kAttestationBlobBytesMax ||
      attestation.public_key.size() > kAttestationBlobBytesMax) {
    return malformed("attestation");
  }
  return attestation;
}

}  // namespace hsm::partition
