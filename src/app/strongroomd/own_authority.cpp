#include "app/strongroomd/own_authority.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/fd.h"
#include "base/private_file.h"
#include "crypto/certificate_issuing.h"
#include "crypto/key_pair.h"

namespace hsm::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

constexpr hours kAuthorityLife{24 * 3650};
constexpr hours kServerLife{24 *
                            397};  // the most that clients accept of a server certificate (CA/Browser Forum BR 6.3.2)
constexpr hours kRenewBefore{24 * 30};
constexpr int kReleaseKeyBits = 2048;  // as the service's own certificate (byok-release-attestation.md §3.6)
constexpr hours kClockDifference{1};

// For what clients may see: mode 0644, whatever the process's umask.
Status write_public_file(const std::string& path, std::string_view content) {
  const std::string temporary = path + ".new";
  const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.valid()) return fail(Errc::kUnavailable, fmt::format("can't write {}: {}", temporary, std::strerror(errno)));
  const bool written = ::fchmod(fd.get(), 0644) == 0 &&
                       ::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                       ::fsync(fd.get()) == 0;
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
    return fail(Errc::kUnavailable, fmt::format("can't write {}: {}", path, std::strerror(errno)));
  }
  return {};
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct Authority {
  crypto::PkeyPtr key;
  crypto::Certificate certificate;
};

Result<Authority> load_or_make_authority(const std::string& directory, const Clock& clock, Random& random) {
  const std::string key_path = directory + "/ca-key.pem";
  const std::string certificate_path = directory + "/ca.pem";
  HSM_TRY(const std::optional<SecretBytes> key_pem, read_private_file(key_path));
  const auto certificate_text = read_file(certificate_path);
  if (key_pem && certificate_text) {
    HSM_TRY(crypto::PkeyPtr key, crypto::private_key_from_pem(*key_pem));
    HSM_TRY(auto certificates, crypto::Certificate::all_from_pem(*certificate_text));
    return Authority{std::move(key), certificates.front()};
  }
  HSM_TRY(crypto::PkeyPtr key, crypto::generate_ec(core::Curve::kP256));
  const TimePoint now = clock.now();
  HSM_TRY(crypto::Certificate certificate, crypto::make_self_signed({.kind = crypto::CertificateKind::kAuthority,
                                                                     .common_name = "Strongroom CA",
                                                                     .not_before = now - kClockDifference,
                                                                     .not_after = now + kAuthorityLife},
                                                                    key.get(), random));
  HSM_CHECK(replace_private_file(key_path, crypto::private_key_to_pem(key.get())));
  HSM_CHECK(write_public_file(certificate_path, certificate.pem()));
  return Authority{std::move(key), std::move(certificate)};
}

bool still_good(const std::string& certificate_path, const Authority& authority, TimePoint now) {
  const auto text = read_file(certificate_path);
  if (!text) return false;
  const auto certificates = crypto::Certificate::all_from_pem(*text);
  return certificates && certificates->front().not_after() > now + kRenewBefore &&
         certificates->front().signed_by(authority.certificate);
}

Status issue(const CertificateFiles& files, EVP_PKEY* key, const std::vector<std::string>& names,
             const Authority& authority, TimePoint now, Random& random) {
  HSM_TRY(const crypto::Certificate certificate,
          crypto::issue_certificate({.kind = crypto::CertificateKind::kServer,
                                     .common_name = "Strongroom",
                                     .dns_names = names,
                                     .ip_addresses = {"127.0.0.1", "::1"},
                                     .not_before = now - kClockDifference,
                                     .not_after = now + kServerLife},
                                    key, authority.certificate, authority.key.get(), random));
  HSM_CHECK(replace_private_file(files.private_key, crypto::private_key_to_pem(key)));
  return write_public_file(files.chain, certificate.pem() + authority.certificate.pem());
}

}  // namespace

Result<OwnCertificates> make_own_certificates(const std::string& directory, const std::vector<std::string>& names,
                                              const Clock& clock, Random& random) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(Errc::kUnavailable, "can't make the directory " + directory + ": " + error.message());
  HSM_TRY(const Authority authority, load_or_make_authority(directory, clock, random));

  const CertificateFiles server{.chain = directory + "/server.pem", .private_key = directory + "/server-key.pem"};
  const CertificateFiles release{.chain = directory + "/release.pem", .private_key = directory + "/release-key.pem"};
  const OwnCertificates own{.tls = {.certificate_chain_file = server.chain, .private_key_file = server.private_key},
                            .release = release};
  const std::string names_path = directory + "/server-names";
  const std::string wanted = fmt::format("{}\n", fmt::join(names, "\n"));
  const TimePoint now = clock.now();
  if (read_file(names_path) == wanted && still_good(server.chain, authority, now) &&
      still_good(release.chain, authority, now)) {
    return own;
  }
  HSM_TRY(const crypto::PkeyPtr server_key, crypto::generate_ec(core::Curve::kP256));
  HSM_TRY(const crypto::PkeyPtr release_key, crypto::generate_rsa(kReleaseKeyBits));
  HSM_CHECK(issue(server, server_key.get(), names, authority, now, random));
  HSM_CHECK(issue(release, release_key.get(), names, authority, now, random));
  HSM_CHECK(write_public_file(names_path, wanted));
  return own;
}

}  // namespace hsm::app
