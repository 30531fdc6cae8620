#pragma once
#include <iosfwd>
#include <string>

namespace hsm::app {

// `strongroom audit verify PATH [--public-key HEX] [--head FILE] [--no-head] [--archived] [--json]`
struct AuditVerifyOptions {
  std::string path;            // a log's directory or one of its files
  std::string public_key_hex;  // the instance's audit key, if it is known from elsewhere
  std::string head;            // a copy of audit.head that was kept elsewhere
  bool no_head = false;        // do without audit.head
  bool archived = false;       // the log's first files have been archived elsewhere
  bool json = false;
};

// Exit codes. Anything but kIntact means that the log must not be relied on.
inline constexpr int kIntact = 0;
inline constexpr int kNotIntact = 1;
inline constexpr int kNotVerified = 2;  // wrong arguments, or a file can't be read

// audit_verify_main prints the report to `out`, and why nothing could be verified to `err`, and returns the exit code.
int audit_verify_main(const AuditVerifyOptions& options, std::ostream& out, std::ostream& err);

}  // namespace hsm::app
