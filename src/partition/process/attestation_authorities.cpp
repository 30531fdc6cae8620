#include "partition/process/attestation_authorities.h"

#include <fstream>
#include <map>
#include <string>

#include "crypto/jose/jwk.h"
#include "partition/authority/https_url.h"
#include "release/pinned_keys.h"

namespace hsm::partition {
namespace {

// Where Debian's ca-certificates puts all of them into one file. The folder beside it is of no use: OpenSSL would look
// for files in it when it meets a certificate, and by then there are none.
constexpr const char* kSystemCaFile = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t kCaFileBytesMax = 4 * 1024 * 1024;

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kUnavailable, path + " can't be read");
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > bytes_max) return fail(Errc::kUnavailable, path + " is too long");
  return text;
}

std::unexpected<Error> unusable(const std::string& what, const Error& error) {
  return fail(Errc::kUnavailable, what + ": " + error.message, error.detail);
}

Status pin(release::PinnedKeys& pinned, const AttestationAuthority& authority) {
  HSM_TRY(const std::string key_set, read_file(authority.keys_file, jose::kJwkSetBytesMax));
  if (const Status added = pinned.add(authority.issuer, key_set); !added) {
    return unusable(authority.keys_file, added.error());
  }
  return {};
}

Result<TlsTrust> read_trust(const std::string& ca_file) {
  HSM_TRY(const std::string pem, read_file(ca_file, kCaFileBytesMax));
  auto trust = make_tls_trust(pem);
  if (!trust) return unusable(ca_file, trust.error());
  return trust;
}

}  // namespace

Result<std::unique_ptr<FetchedKeys>> open_authorities(const std::vector<AttestationAuthority>& authorities,
                                                      const Clock& clock) {
  auto pinned = std::make_unique<release::PinnedKeys>();
  for (const AttestationAuthority& authority : authorities) {
    if (!authority.keys_file.empty()) HSM_CHECK(pin(*pinned, authority));
  }
  auto fetched = std::make_unique<FetchedKeys>(clock, std::move(pinned));
  std::map<std::string, TlsTrust> trusts;  // authorities with the same CAs share them
  for (const AttestationAuthority& authority : authorities) {
    if (!authority.keys_file.empty()) continue;
    if (const auto url = parse_https_url(authority.issuer); !url) return unusable(authority.issuer, url.error());
    const std::string& ca_file = authority.ca_file.empty() ? std::string(kSystemCaFile) : authority.ca_file;
    TlsTrust& trust = trusts[ca_file];
    if (!trust) {
      HSM_TRY(trust, read_trust(ca_file));
    }
    fetched->add(authority.issuer, trust);
  }
  return fetched;
}

}  // namespace hsm::partition
