#include "partition/process/light_handler.h"

#include "core/algorithm.h"
#include "partition/engine/wrapped_key.h"
#include "partition/process/end_process.h"

namespace hsm::partition {

void LightHandler::handle(std::span<const Incoming> batch, LaneServer& replies) {
  std::array<Job, kBatchMax> jobs;
  std::array<std::shared_ptr<const LoadedKey>, kBatchMax> keys;
  std::array<const Incoming*, kBatchMax> asked;
  std::size_t count = 0;
  for (const Incoming& request : batch) {
    if (request.header.type == MessageType::kRandom) {
      random(request, replies);
      continue;
    }
    const Status ready = prepare(request.body, jobs[count], keys[count]);
    if (ready) {
      asked[count++] = &request;
    } else {
      replies.reply(request, ready.error());
    }
  }
  engine_.perform(std::span(jobs).first(count));
  for (std::size_t i = 0; i < count; ++i) {
    if (jobs[i].result) {
      replies.reply(*asked[i], PerformReplyParts(*jobs[i].result).parts());
    } else {
      replies.reply(*asked[i], jobs[i].result.error());
    }
  }
}

Status LightHandler::prepare(ByteView body, Job& job, std::shared_ptr<const LoadedKey>& key) {
  const auto request = decode_perform(body);
  if (!request) end_process(request.error().message);
  HSM_TRY(key, find_key(*request));
  if (!key->policy().operations.has(request->operation)) {
    return fail(Errc::kForbidden, "the key's operations do not allow this one");
  }
  if (!core::suits(*request->algorithm, key->policy().spec, request->operation)) {
    return fail(Errc::kBadParameter, "the algorithm does not suit the key");
  }
  job.key = key.get();
  job.operation = request->operation;
  job.algorithm = request->algorithm;
  job.input = request->input;
  job.signature = request->signature;
  job.iv = request->iv;
  job.aad = request->aad;
  job.tag = request->tag;
  return {};
}

Result<std::shared_ptr<const LoadedKey>> LightHandler::find_key(const PerformRequest& request) {
  if (auto loaded = keys_.find(request.key)) return loaded;
  if (request.wrapped.empty()) return fail(Errc::kKeyNotLoaded);
  // An id that the front end chose must not come to mean another key.
  if (key_id(request.wrapped) != request.key) return fail(Errc::kBadParameter, "the key is not the one of its id");
  const OpenDomain& domain = domain_.get();
  HSM_TRY(const UnwrappedKey key, unwrap(domain.key_wrapping_key, domain.master.domain_id(), request.wrapped));
  HSM_TRY(auto loaded, engine_.load(key.policy, key.material));
  keys_.insert(request.key, loaded);
  return loaded;
}

void LightHandler::random(const Incoming& request, LaneServer& replies) {
  const auto n = decode_random(request.body);
  if (!n) end_process(n.error().message);
  SecretBytes bytes(*n);
  random_.fill(bytes.writable());
  const ByteView part = bytes.reveal();
  replies.reply(request, Parts(&part, 1));
}

}  // namespace hsm::partition
