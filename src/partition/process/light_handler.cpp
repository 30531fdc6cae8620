#include "partition/process/light_handler.h"

#include "core/algorithm.h"
#include "partition/engine/wrapped_key.h"
#include "partition/process/end_process.h"

namespace hsm::partition {
namespace {

Status check(const core::KeyPolicy& policy, const PerformOperation& operation) {
  if (!policy.operations.has(operation.operation)) {
    return fail(Errc::kForbidden, "the key's operations do not allow this one");
  }
  if (!core::suits(*operation.algorithm, policy.spec, operation.operation)) {
    return fail(Errc::kBadParameter, "the algorithm does not suit the key");
  }
  return {};
}

Job job_of(const LoadedKey& key, const PerformOperation& operation) {
  Job job;
  job.key = &key;
  job.operation = operation.operation;
  job.algorithm = operation.algorithm;
  job.input = operation.input;
  job.signature = operation.signature;
  job.iv = operation.iv;
  job.aad = operation.aad;
  job.tag = operation.tag;
  return job;
}

}  // namespace

void LightHandler::handle(std::span<const Incoming> batch, LaneServer& replies) {
  for (const Incoming& message : batch) {
    if (message.header.type == MessageType::kRandom) {
      random(message, replies);
    } else if (const Status taken = take(message); !taken) {
      replies.reply(message, taken.error());
    }
  }
  engine_.perform(jobs_);
  answer(replies);
  asked_.clear();
  checks_.clear();
  jobs_.clear();
}

Status LightHandler::take(const Incoming& message) {
  if (const Status decoded = decode_perform(message.body, request_); !decoded) end_process(decoded.error().message);
  HSM_TRY(auto key, find_key(request_));
  for (const PerformOperation& operation : request_.operations) {
    checks_.push_back(check(key->policy(), operation));
    if (checks_.back()) jobs_.push_back(job_of(*key, operation));
  }
  asked_.push_back({&message, std::move(key), request_.operations.size()});
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

void LightHandler::answer(LaneServer& replies) {
  auto check = checks_.cbegin();
  auto job = jobs_.cbegin();
  for (const Asked& asked : asked_) {
    reply_.restart();
    for (std::size_t i = 0; i < asked.operations; ++i, ++check) {
      if (!*check) {
        reply_.add(check->error());
        continue;
      }
      if (!job->result) say_if_internal(job->result.error());
      reply_.add(job->result);
      ++job;
    }
    replies.reply(*asked.message, reply_.parts());
  }
}

void LightHandler::random(const Incoming& message, LaneServer& replies) {
  const auto n = decode_random(message.body);
  if (!n) end_process(n.error().message);
  SecretBytes bytes(*n);
  random_.fill(bytes.writable());
  const ByteView part = bytes.reveal();
  replies.reply(message, Parts(&part, 1));
}

}  // namespace hsm::partition
