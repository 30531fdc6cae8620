#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/call.h"
#include "api/request_id.h"
#include "api/site.h"
#include "api/worker_pool.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "http/server.h"
#include "identity/token_cache.h"

namespace hsm::api {

// Pools are the threads of the slow lanes, shared by all loops.
struct Pools {
  WorkerPool slow{16, 4096};  // everything that blocks for milliseconds
  WorkerPool generation{12,
                        1024};  // key creation; fewer than partition::kLongJobsMax, so that they wait here, in order
};

// Door is what every request passes, one object a loop. What happens to a request, in this order, and why there:
//   1. host            which instance, or the token service; nothing else is answered. /healthstatus stops here
//   2. token           before anything of the request is believed: clients probe without body or token (keys-api.md
//   §1.1)
//   3. route           the row of core/operation.h; no row, no route
//   4. api-version
//   5. activation      before it only the security-domain calls are open
//   6. authorise       the row's data action at its scope; a batch's operations each for itself, in its prepare
//   7. do              fast lane: prepare, the partition, finish; slow lanes: one function on a pool
//   8. audit           all records of a turn in one write; if they can't be written, the answers become 503
//   9. answer
class Door final : public http::Application {
 public:
  Door(const Sites& sites, Pools& pools, const Clock& clock, Random& random, http::Loop& loop);
  ~Door() override;

  void on_request(http::Exchange exchange) override;
  void on_turn_end() override;
  std::vector<Watch> watches() override;

 private:
  struct SiteState;  // what this loop keeps of a site: token cache, way to the partitions
  struct Finished {
    CallPointer call;
    http::Response response;
  };

  void login(http::Exchange exchange, login::LoginApi& api);
  std::shared_ptr<const Front> find_front(std::string_view host);
  void begin(Call& call);
  void tell_health(Call& call);
  void admit(const CallPointer& call);
  Result<Handler> admitted(Call& call);
  void verify_slowly(const CallPointer& call);
  void prepare(const CallPointer& call);
  void load_then_prepare(const CallPointer& call);
  core::Decision decide(const Call& call) const;
  void replied(const CallPointer& call, const Result<core::CryptoResult>& result);
  void finish_batch(const CallPointer& call);
  void run_slow(const CallPointer& call, WorkerPool& pool);
  void on_pool(WorkerPool& pool, const CallPointer& call, std::move_only_function<void()> work);
  void finish(const CallPointer& call, Result<Reply> result);
  void name_key(Call& call);
  void challenge(const Call& call, http::Response& response);
  SiteState& state_of(const Call& call);

  const Sites& sites_;
  Pools& pools_;
  const Clock& clock_;
  http::Loop& loop_;
  RequestIds ids_;
  std::unordered_map<std::string, std::shared_ptr<const Front>, TextHash, std::equal_to<>> fronts_;  // by Host header
  std::unordered_map<const service::Hsm*, std::unique_ptr<SiteState>> states_;
  std::vector<Finished> finished_;
};

}  // namespace hsm::api
