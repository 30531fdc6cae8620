#include "partition/channel/domain_codec.h"

#include <cstring>

#include "base/wire.h"
#include "partition/channel/codec_parts.h"
#include "partition/channel/secret_writer.h"

namespace hsm::partition {

Status check_export(const std::vector<Bytes>& certificates) {
  if (certificates.size() > kCertificatesMax) return fail(Errc::kBadParameter, "at most 10 certificates");
  for (const Bytes& certificate : certificates) {
    if (certificate.size() > kCertificateBytesMax) return fail(Errc::kBadParameter, "a certificate is too long");
  }
  return {};
}

Bytes encode_export_domain(const std::vector<Bytes>& certificates, unsigned quorum) {
  WireWriter out;
  out.put(static_cast<std::uint32_t>(quorum));
  out.put(static_cast<std::uint32_t>(certificates.size()));
  for (const Bytes& certificate : certificates) out.put_bytes(certificate);
  return out.take();
}

Result<ExportDomain> decode_export_domain(ByteView body) {
  WireReader in(body);
  ExportDomain request;
  request.quorum = in.get<std::uint32_t>();
  const auto count = in.get<std::uint32_t>();
  if (count > kCertificatesMax) return malformed("export");
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteView certificate = in.get_view();
    if (certificate.size() > kCertificateBytesMax) return malformed("export");
    request.certificates.push_back(copy_of(certificate));
  }
  HSM_CHECK(in.finish("export"));
  return request;
}

Bytes encode(const core::DomainFile& file) {
  WireWriter out;
  out.put(static_cast<std::uint32_t>(file.data.size()));
  for (const core::DomainData& data : file.data) {
    out.put_text(data.compact_jwe);
    out.put_text(data.tag);
  }
  out.put(static_cast<std::uint32_t>(file.shares.size()));
  for (const core::DomainShare& share : file.shares) {
    out.put_text(share.enc_key);
    out.put_text(share.x5t_256);
  }
  return out.take();
}

Result<core::DomainFile> decode_domain_file(ByteView body) {
  WireReader in(body);
  core::DomainFile file;
  const auto data = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < data && in.ok(); ++i) {
    core::DomainData& item = file.data.emplace_back();
    item.compact_jwe = in.get_text();
    item.tag = in.get_text();
  }
  const auto shares = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < shares && in.ok(); ++i) {
    core::DomainShare& share = file.shares.emplace_back();
    share.enc_key = in.get_text();
    share.x5t_256 = in.get_text();
  }
  HSM_CHECK(in.finish("domain file"));
  return file;
}

SecretBytes encode(const NewDomain& domain) {
  SecretWriter out(sizeof(std::uint32_t) + domain.sealed.size() + sizeof(core::DomainId) + kRecordKeyBytes);
  out.put_bytes(domain.sealed);
  out.put_raw(domain.keys.id);
  out.put_raw(domain.keys.record_key.reveal());
  return out.take();
}

Result<NewDomain> decode_new_domain(ByteView body) {
  WireReader in(body);
  NewDomain domain;
  domain.sealed = in.get_bytes();
  if (!in.ok() || domain.sealed.size() > kSealedDomainBytesMax) return malformed("domain");
  HSM_TRY(domain.keys, decode_domain_keys(body.last(in.left())));
  return domain;
}

SecretBytes encode(const DomainKeys& keys) {
  SecretWriter out(sizeof(core::DomainId) + kRecordKeyBytes);
  out.put_raw(keys.id);
  out.put_raw(keys.record_key.reveal());
  return out.take();
}

Result<DomainKeys> decode_domain_keys(ByteView body) {
  DomainKeys keys;
  if (body.size() != sizeof keys.id + kRecordKeyBytes) return malformed("domain keys");
  std::memcpy(keys.id.data(), body.data(), sizeof keys.id);
  keys.record_key = SecretBytes::copy(body.subspan(sizeof keys.id));
  return keys;
}

}  // namespace hsm::partition
