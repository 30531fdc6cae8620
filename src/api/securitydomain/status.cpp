#include "api/handlers.h"

namespace hsm::api::securitydomain {

// A download is complete when it is answered, so there is nothing to wait for. Both pending routes tell the HSM's one
// state, as the live service's do: az polls the upload's after a download (reference/security-domain.md §3.1). Before
// any download there is nothing pending (unconfirmed).
Result<Reply> status(Call& call) {
  if (!call.hsm->domain.active()) return fail(Errc::kNotFound, "No security domain has been downloaded.");
  Reply reply{.body = R"({"status":"Success","status_details":"The resource is active."})"};
  reply.head.append("Azure-AsyncOperation: ").append(call.base_url).append("/").append(call.row->route);
  const std::string& version = call.operation.event.operation_version;
  if (!version.empty()) reply.head.append("?api-version=").append(version);
  reply.head += "\r\n";
  return reply;
}

}  // namespace hsm::api::securitydomain
