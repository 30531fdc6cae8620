#include "api/handlers.h"

namespace hsm::api::securitydomain {

// A download is complete when it is answered, so there is nothing to wait for: the state is the HSM's
// (reference/security-domain.md §3.1). Before any download there is nothing pending (unconfirmed).
Result<Reply> download_status(Call& call) {
  if (!call.hsm->domain.active()) return fail(Errc::kNotFound, "No security domain has been downloaded.");
  Reply reply{.body = R"({"status":"Success","status_details":"The resource is active."})"};
  reply.head = "Azure-AsyncOperation: " + std::string(call.base_url) +
               "/securitydomain/download/pending?api-version=" + call.operation.event.operation_version + "\r\n";
  return reply;
}

}  // namespace hsm::api::securitydomain
