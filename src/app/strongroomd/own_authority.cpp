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

#include "base/bytes.h"
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
constexpr hours kClockDifference{1};

Status write_file(const std::string& path, ByteView content, mode_t mode) {
  const std::string temporary = path + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return fail(Errc::kUnavailable, fmt::format("can't write {}: {}", temporary, std::strerror(errno)));
  const bool written = ::fchmod(fd, mode) == 0 &&
                       ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                       ::fsync(fd) == 0;
  ::close(fd);
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
  auto key_text = read_file(key_path);
  const auto certificate_text = read_file(certificate_path);
  if (key_text && certificate_text) {
    const SecretBytes pem = SecretBytes::take({reinterpret_cast<std::uint8_t*>(key_text->data()), key_text->size()});
    HSM_TRY(crypto::PkeyPtr key, crypto::private_key_from_pem(pem));
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
  HSM_CHECK(write_file(key_path, crypto::private_key_to_pem(key.get()).reveal(), 0600));
  HSM_CHECK(write_file(certificate_path, bytes_of(certificate.pem()), 0644));
  return Authority{std::move(key), std::move(certificate)};
}

bool still_good(const std::string& certificate_path, const Authority& authority, TimePoint now) {
  const auto text = read_file(certificate_path);
  if (!text) return false;
  const auto certificates = crypto::Certificate::all_from_pem(*text);
  return certificates && certificates->front().not_after() > now + kRenewBefore &&
         certificates->front().signed_by(authority.certificate);
}

}  // namespace

Result<http::TlsConfig> make_own_certificates(const std::string& directory, const std::vector<std::string>& names,
                                              const Clock& clock, Random& random) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(Errc::kUnavailable, "can't make the directory " + directory + ": " + error.message());
  HSM_TRY(const Authority authority, load_or_make_authority(directory, clock, random));

  const http::TlsConfig files{.certificate_chain_file = directory + "/server.pem",
                              .private_key_file = directory + "/server-key.pem"};
  const std::string names_path = directory + "/server-names";
  const std::string wanted = fmt::format("{}\n", fmt::join(names, "\n"));
  if (read_file(names_path) == wanted && still_good(files.certificate_chain_file, authority, clock.now())) return files;

  HSM_TRY(const crypto::PkeyPtr key, crypto::generate_ec(core::Curve::kP256));
  HSM_TRY(const crypto::Certificate certificate,
          crypto::issue_certificate({.kind = crypto::CertificateKind::kServer,
                                     .common_name = "Strongroom",
                                     .dns_names = names,
                                     .ip_addresses = {"127.0.0.1", "::1"},
                                     .not_before = clock.now() - kClockDifference,
                                     .not_after = clock.now() + kServerLife},
                                    key.get(), authority.certificate, authority.key.get(), random));
  HSM_CHECK(write_file(files.private_key_file, crypto::private_key_to_pem(key.get()).reveal(), 0600));
  HSM_CHECK(write_file(files.certificate_chain_file, bytes_of(certificate.pem() + authority.certificate.pem()), 0644));
  HSM_CHECK(write_file(names_path, bytes_of(wanted), 0644));
  return files;
}

}  // namespace hsm::app
