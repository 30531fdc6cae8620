#include "service/security_domain.h"

#include "base/wire.h"

namespace hsm::service {
namespace {

const std::string kStatePath = "domain/state";
constexpr std::uint8_t kFormat = 1;

}  // namespace

Status SecurityDomain::load() {
  HSM_TRY(const auto record, store_.get(kStatePath));
  active_ = record.has_value();
  return {};
}

Result<core::DomainFile> SecurityDomain::download(const std::vector<Bytes>& certificates, unsigned quorum,
                                                  Operation& operation) {
  HSM_TRY(core::DomainFile file, partitions_.export_domain(certificates, quorum));
  WireWriter state;
  state.put(kFormat);
  state.put(unix_seconds(operation.now));
  HSM_CHECK(journal_.commit({.expectations = {}, .puts = {{kStatePath, state.take()}}, .deletes = {}}, operation, 202));
  active_ = true;
  return file;
}

}  // namespace hsm::service
