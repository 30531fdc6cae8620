#pragma once
#include <iosfwd>
#include <string>

namespace hsm::app {

// `strongroom attestation verify FILE [--root ROOT.pem] [--key NAME]`
struct AttestationVerifyOptions {
  std::string file;  // attestation_file.h
  std::string root;  // PEM file of the root that the reader trusts
  std::string key;   // NAME or NAME/VERSION
};

// Exit codes of both commands.
inline constexpr int kAttested = 0;
inline constexpr int kNotAttested = 1;    // something is wrong: nothing of it may be relied on
inline constexpr int kNotRead = 2;        // wrong arguments, or a file can't be read
inline constexpr int kRootNotPinned = 3;  // all is consistent, but nobody has said whose root that is
inline constexpr const char* kAttestationExitCodes =
    "Exit status: 0 all is right and the root is the one given; 1 refused; 2 a file can't be read; "
    "3 all is consistent, but no --root says whose the root is.";

// attestation_verify_main prints what the attestation says to `out`, and why it must not be relied on to `err`.
int attestation_verify_main(const AttestationVerifyOptions& options, std::ostream& out, std::ostream& err);

// attestation_root_main prints the root of an attestation that is consistent as PEM to `out` and its fingerprint to
// `err`, for someone who trusts where the attestation came from to keep: kAttested.
int attestation_root_main(const std::string& file, std::ostream& out, std::ostream& err);

}  // namespace hsm::app
