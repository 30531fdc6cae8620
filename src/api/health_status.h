#pragma once
#include <string>

#include "http/request.h"
#include "service/hsm.h"

namespace hsm::api {

// GET /healthstatus, which probes of networks and load balancers ask without a token. It is no operation of the API: no
// api-version, no permission, no audit record. That Managed HSM answers it is known from its documentation on private
// links; what the body says is ours (unconfirmed).
bool asks_for_health(const http::Request& request);

// {"activated","fips","message","provider","providerVersion"}: whether the HSM runs in FIPS mode, and with which
// OpenSSL provider of which version its partitions work.
std::string health_status(const service::Hsm& hsm);

}  // namespace hsm::api
