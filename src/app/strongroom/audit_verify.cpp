#include "app/strongroom/audit_verify.h"

#include <ostream>

#include "audit/report.h"
#include "audit/verify.h"
#include "base/hex.h"

namespace hsm::app {
namespace {

Result<audit::VerifyReport> run(const AuditVerifyOptions& options) {
  HSM_TRY(Bytes key, from_hex(options.public_key_hex));
  return audit::verify({.path = options.path,
                        .public_key = std::move(key),
                        .head = options.head,
                        .need_head = !options.no_head,
                        .need_start = !options.archived});
}

}  // namespace

int audit_verify_main(const AuditVerifyOptions& options, std::ostream& out, std::ostream& err) {
  const auto report = run(options);
  if (!report) {
    err << "strongroom: " << report.error().message;
    if (!report.error().detail.empty()) err << ": " << report.error().detail;
    err << '\n';
    return kNotVerified;
  }
  out << (options.json ? audit::to_json(*report) + '\n' : audit::to_text(*report));
  return report->finding ? kNotIntact : kIntact;
}

}  // namespace hsm::app
