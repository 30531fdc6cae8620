#pragma once
#include "api/call.h"

// Every operation's function, named after it; each is defined in the file of that name.
namespace hsm::api {

namespace keys {
Result<Reply> create(Call& call);
Result<Reply> import(Call& call);
Result<Reply> update(Call& call);
Result<Reply> list(Call& call);
Result<Reply> list_versions(Call& call);
Result<Reply> remove(Call& call);
Result<Reply> list_deleted(Call& call);
Result<Reply> get_deleted(Call& call);
Result<Reply> recover(Call& call);
Result<Reply> purge(Call& call);
Result<Reply> rotate(Call& call);
Result<Reply> get_rotation_policy(Call& call);
Result<Reply> set_rotation_policy(Call& call);
Result<Reply> backup(Call& call);
Result<Reply> restore(Call& call);
Result<Reply> release(Call& call);
Result<Reply> secure_wrap(Call& call);
Result<Reply> secure_unwrap(Call& call);
Result<Reply> get_attestation(Call& call);
Result<Prepared> get(Call& call);
Result<Prepared> prepare_crypto_operation(Call& call);
Reply finish_crypto_operation(Call& call, const core::CryptoResult& result);
Result<Prepared> prepare_batch(Call& call);
Reply finish_batch(Call& call, RequestIds& ids);
}  // namespace keys

Result<Prepared> prepare_rng(Call& call);
Reply finish_rng(Call& call, const core::CryptoResult& result);

namespace rbac {
Result<Reply> list_definitions(Call& call);
Result<Reply> get_definition(Call& call);
Result<Reply> list_assignments(Call& call);
Result<Reply> get_assignment(Call& call);
Result<Reply> create_assignment(Call& call);
Result<Reply> delete_assignment(Call& call);
}  // namespace rbac

namespace securitydomain {
Result<Reply> download(Call& call);
Result<Reply> status(Call& call);
}  // namespace securitydomain

}  // namespace hsm::api
