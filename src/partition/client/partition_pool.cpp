#include "partition/client/partition_pool.h"

#include <poll.h>

#include <condition_variable>
#include <optional>
#include <utility>

#include "partition/channel/attestation_codec.h"
#include "partition/channel/domain_codec.h"
#include "partition/channel/key_codec.h"
#include "partition/channel/perform_codec.h"
#include "partition/channel/release_codec.h"
#include "partition/channel/secure_wrap_codec.h"
#include "partition/client/authority_carrier.h"

namespace hsm::partition {

// Call is one request that a thread waits for. Shared with the receiver, which may still hold it when the caller goes
// on.
struct PartitionPool::Call {
  std::optional<Result<SecretBytes>> result;
  std::condition_variable done;
};

PartitionPool::PartitionPool(Roster& roster, unsigned link_index, core::Dialer* dialer)
    : dialer_(dialer), link_(roster, link_index), receiver_([this] { receive(); }) {}

void PartitionPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  ring_event(link_.event_fd());
  receiver_.join();
}

Result<SecretBytes> PartitionPool::call(Request request) {
  std::unique_lock lock(mutex_);
  if (stopping_) return fail(Errc::kUnavailable, "the partitions are being stopped");
  const bool is_long = find_row(request.type)->lane == Lane::kLong;
  if (is_long && long_jobs_ >= kLongJobsMax) return fail(Errc::kThrottled, "too many keys are being generated");
  const auto waiting = std::make_shared<Call>();
  const std::uint64_t tag = next_tag_++;
  request.tag = tag;
  HSM_CHECK(link_.submit(std::move(request)));
  calls_.emplace(tag, waiting);
  long_jobs_ += is_long ? 1 : 0;
  link_.publish();
  waiting->done.wait(lock, [&waiting] { return waiting->result.has_value(); });
  long_jobs_ -= is_long ? 1 : 0;
  return std::move(*waiting->result);
}

// Each partition keeps authorities' keys for itself, so all must go to the same one. If that ends in between, its
// successor lacks the keys again, and the client is told to try again.
Result<SecretBytes> PartitionPool::call_with_authorities(Request request) {
  const auto lacks_keys = [](const Result<SecretBytes>& reply) {
    return !reply && reply.error().code == Errc::kAuthorityKeysMissing;
  };
  request.only = likely_partition(request.type);
  auto reply = call(request);
  if (lacks_keys(reply) && dialer_ != nullptr) {
    const std::lock_guard one(fetching_);
    if (request.only == kAnyPartition) request.only = likely_partition(request.type);  // one has opened since
    reply = call(request);
    if (lacks_keys(reply) && request.only != kAnyPartition) {
      carry_authority_keys(
          reply.error().message,
          [this, only = request.only](MessageType type, ByteView body) {
            return call({.type = type, .body = body, .only = only});
          },
          *dialer_);
      reply = call(request);
    }
  }
  if (lacks_keys(reply))
    return fail(Errc::kUnavailable, "The attestation authority's keys are not at hand; try again.");
  return reply;
}

int PartitionPool::likely_partition(MessageType type) {
  const std::lock_guard lock(mutex_);
  return link_.likely_partition(type);
}

// take gives a reply to the thread that waits for it. Under the mutex.
void PartitionPool::take(std::uint64_t tag, Result<ByteView> body) {
  auto call = calls_.extract(tag);
  if (call.empty()) return;
  if (body) {
    call.mapped()->result = SecretBytes::copy(*body);
  } else {
    call.mapped()->result = std::unexpected(std::move(body).error());
  }
  call.mapped()->done.notify_one();
}

void PartitionPool::receive() {
  for (;;) {
    pollfd ready{.fd = link_.event_fd(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, -1);
    const std::lock_guard lock(mutex_);
    link_.drain([this](const Request& request, Result<ByteView> body) {
      take(request.tag, std::move(body));
      return true;
    });
    link_.publish();
    if (!stopping_) continue;
    while (!calls_.empty()) take(calls_.begin()->first, fail(Errc::kUnavailable, "the partitions are being stopped"));
    return;
  }
}

Result<core::WrappedKey> PartitionPool::generate(const core::GenerateRequest& request) {
  HSM_CHECK(check(request));
  const Bytes body = encode(request);
  const bool is_rsa = request.policy.spec.type == core::KeyType::kRsa;
  HSM_TRY(const SecretBytes reply,
          call({.type = is_rsa ? MessageType::kGenerateRsaKey : MessageType::kGenerateKey, .body = body}));
  return decode_wrapped_key(reply.reveal());
}

Result<core::WrappedKey> PartitionPool::import(const core::ImportRequest& request) {
  HSM_CHECK(check(request));
  const SecretBytes body = encode(request);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kImportKey, .body = body.reveal()}));
  return decode_wrapped_key(reply.reveal());
}

Result<core::TransferredKey> PartitionPool::import_transfer(const core::TransferRequest& request) {
  HSM_CHECK(check(request));
  const Bytes body = encode(request);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kImportTransfer, .body = body}));
  HSM_TRY(core::TransferredKey key, decode_transferred_key(reply.reveal()));
  key.spec.type = request.policy.spec.type;
  key.spec.curve = request.policy.spec.curve;
  if (!core::valid(key.spec)) return fail(Errc::kInternal, "malformed key");
  return key;
}

Result<core::KeyReference> PartitionPool::change_operations(const core::KeyReference& key,
                                                            core::KeyOperations operations) {
  if (key.wrapped.size() > kWrappedBytesMax) return fail(Errc::kBadParameter, "the key is too long");
  const Bytes body = encode(key, operations);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kChangeOperations, .body = body}));
  return decode_key_reference(reply.reveal());
}

Result<core::KeyReference> PartitionPool::change_release_policy(const core::KeyReference& key,
                                                                const core::ReleasePolicy& policy) {
  HSM_CHECK(check_policy_change(key, policy));
  const Bytes body = encode(ChangeReleasePolicy{.key = key, .policy = policy.text, .immutable = policy.immutable});
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kChangeReleasePolicy, .body = body}));
  return decode_key_reference(reply.reveal());
}

Result<core::ReleasedKey> PartitionPool::release(const core::ReleaseRequest& request) {
  HSM_CHECK(check(request));
  const Bytes body = encode(request);
  HSM_TRY(const SecretBytes reply, call_with_authorities({.type = MessageType::kRelease, .body = body}));
  return decode_released_key(reply.reveal());
}

Result<Bytes> PartitionPool::secure_wrap(const core::SecureWrapRequest& request) {
  HSM_CHECK(check(request));
  const Bytes body = encode(request);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kSecureWrap, .body = body}));
  return copy_of(reply.reveal());
}

Result<Bytes> PartitionPool::secure_unwrap(const core::SecureUnwrapRequest& request) {
  HSM_CHECK(check(request));
  const Bytes body = encode(request);
  HSM_TRY(const SecretBytes reply, call_with_authorities({.type = MessageType::kSecureUnwrap, .body = body}));
  return copy_of(reply.reveal());
}

Result<core::CryptoReply> PartitionPool::perform(const core::CryptoRequest& request) {
  HSM_CHECK(check_lengths(request));
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kPerform, .perform = {&request, 1}}));
  std::vector<Result<core::CryptoResult>> results;
  HSM_CHECK(decode_perform_reply(reply.reveal(), 1, results));
  HSM_TRY(const core::CryptoResult result, results.front());
  return core::CryptoReply{.output = SecretBytes::copy(result.output),
                           .iv = copy_of(result.iv),
                           .tag = copy_of(result.tag),
                           .verified = result.verified};
}

Result<SecretBytes> PartitionPool::random(std::size_t n) {
  if (n == 0 || n > kRandomBytesMax) return fail(Errc::kBadParameter, "the number of random bytes is out of range");
  return call({.type = MessageType::kRandom, .random_bytes = static_cast<std::uint32_t>(n)});
}

Result<std::string> PartitionPool::seal_backup(ByteView part) {
  if (part.size() > core::kBackupPartBytesMax) return fail(Errc::kBadParameter, "the backup's part is too long");
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kSealBackup, .body = part}));
  return std::string(text_of(reply.reveal()));
}

Result<Bytes> PartitionPool::open_backup(std::string_view jwe) {
  if (jwe.size() > kBackupJweBytesMax) return fail(Errc::kBadCiphertext);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kOpenBackup, .body = bytes_of(jwe)}));
  return copy_of(reply.reveal());
}

Result<core::KeyAttestation> PartitionPool::attest(const core::KeyReference& key, std::string_view id) {
  HSM_CHECK(check_attest(key, id));
  const Bytes body = encode_attest(key, id);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kAttestKey, .body = body}));
  return decode_attestation(reply.reveal());
}

Result<core::DomainFile> PartitionPool::export_domain(const std::vector<Bytes>& certificates, unsigned quorum) {
  HSM_CHECK(check_export(certificates));
  const Bytes body = encode_export_domain(certificates, quorum);
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kExportDomain, .body = body}));
  return decode_domain_file(reply.reveal());
}

Result<Bytes> PartitionPool::sign_checkpoint(ByteView message) {
  if (message.size() > kCheckpointBytesMax) return fail(Errc::kBadParameter, "the checkpoint is too long");
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kSignCheckpoint, .body = message}));
  return copy_of(reply.reveal());
}

Result<Bytes> PartitionPool::audit_public_key() {
  HSM_TRY(const SecretBytes reply, call({.type = MessageType::kAuditPublicKey}));
  return copy_of(reply.reveal());
}

}  // namespace hsm::partition
