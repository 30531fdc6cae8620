#include "app/strongroom/attestation_verify.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>

#include "app/strongroom/attestation_file.h"
#include "attestation/description.h"
#include "attestation/verify.h"
#include "base/clock.h"

namespace hsm::app {
namespace {

Result<std::optional<crypto::Certificate>> read_root(const std::string& path) {
  if (path.empty()) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Errc::kUnavailable, "can't read " + path);
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  HSM_TRY(const auto certificates, crypto::Certificate::all_from_pem(pem));
  if (certificates.size() != 1) return fail(Errc::kBadParameter, path + " holds more than one certificate");
  return certificates.front();
}

int not_read(const Error& error, std::ostream& err) {
  err << "strongroom: " << error.message << '\n';
  return kNotRead;
}

int refused(const Error& error, std::ostream& err) {
  err << "REFUSED: " << error.message << ".\n";
  return kNotAttested;
}

Result<attestation::Verified> verify_file(const AttestationFile& file, const attestation::Expectations& expected) {
  HSM_TRY(attestation::Verified verified, attestation::verify(file.attestation, expected, SystemClock().now()));
  HSM_CHECK(check_key(file, verified));
  return verified;
}

}  // namespace

int attestation_verify_main(const AttestationVerifyOptions& options, std::ostream& out, std::ostream& err) {
  const auto file = read_attestation(options.file);
  if (!file) return file.error().code == Errc::kUnavailable ? not_read(file.error(), err) : refused(file.error(), err);
  const auto root = read_root(options.root);
  if (!root) return not_read(root.error(), err);
  const auto verified = verify_file(*file, {.root = *root, .key = options.key});
  if (!verified) return refused(verified.error(), err);
  out << attestation::describe(*verified);
  if (*root) {
    out << "VERIFIED: signed under the given root.\n";
    return kAttested;
  }
  out << "CONSISTENT, but not pinned: anyone can make a chain like this. Compare the root's fingerprint with one that "
         "you know, or give --root.\n";
  return kRootNotPinned;
}

int attestation_root_main(const std::string& path, std::ostream& out, std::ostream& err) {
  const auto file = read_attestation(path);
  if (!file) return file.error().code == Errc::kUnavailable ? not_read(file.error(), err) : refused(file.error(), err);
  const auto verified = verify_file(*file, {});
  if (!verified) return refused(verified.error(), err);
  out << verified->root.pem();
  err << verified->root.common_name() << "\nSHA-256 " << attestation::fingerprint(verified->root) << '\n';
  return kAttested;
}

}  // namespace hsm::app
