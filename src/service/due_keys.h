#pragma once
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "core/key_name.h"
#include "core/ports/store.h"
#include "service/keys.h"

namespace hsm::service {

// DueKeys does what time alone asks for: it rotates the keys whose rotation policy says so and purges the deleted ones
// whose retention has passed (core/due_date.h). What fell due while nothing ran is done at the first call; a key that
// missed several rotations gets one. Any number of nodes may do this on one store. Each change leaves an audit record
// of its own, without a caller: KeyRotateIfDue or KeyPurge (reference/audit-metrics-limits.md §1.4).
class DueKeys {
 public:
  // `base_url` is the start of the keys' ids in audit records: https://host[:port].
  DueKeys(core::Store& store, Keys& keys, const Clock& clock, Random& random, std::string base_url)
      : store_(store), keys_(keys), clock_(clock), random_(random), base_url_(std::move(base_url)) {}

  struct Done {
    std::size_t rotated = 0;
    std::size_t purged = 0;
    std::size_t failed = 0;  // and logged; tried again by the next call
  };
  // run does all that is due now, or as much as there is time for until `stop`. Blocks. From one thread at a time.
  Done run(const std::stop_token& stop);

 private:
  Status complete_index();
  void tend(const core::KeyName& name, Done& done);
  Operation operation_on(const core::KeyName& name, std::string_view audit_name);

  core::Store& store_;
  Keys& keys_;
  const Clock& clock_;
  Random& random_;
  const std::string base_url_;
  bool index_complete_ = false;
};

}  // namespace hsm::service
