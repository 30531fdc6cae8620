#include "partition/process/give_way.h"

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace hsm::partition {
namespace {

// A third of the weight of nice 0 (sched(7)). At nice 19 an RSA-4096 key took minutes on a machine with ten busy
// threads.
constexpr int kNice = 5;
// The shortest slice there is. Linux 6.12 and later take it from normal threads; earlier ones ignore it.
constexpr std::uint64_t kSliceNs = 100'000;

}  // namespace

void give_way() {
  sched_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.sched_policy = SCHED_BATCH;
  attributes.sched_nice = kNice;
  attributes.sched_runtime = kSliceNs;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace hsm::partition
