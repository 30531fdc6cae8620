#pragma once
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "core/ports/dialer.h"
#include "core/ports/partitions.h"
#include "partition/client/link.h"

namespace hsm::partition {

// kLongJobsMax bounds the RSA generations that run or wait, for all partitions together; more are kThrottled.
inline constexpr unsigned kLongJobsMax = 16;

// PartitionPool is the blocking way to the partitions: one link shared by all threads of the slow lane, and a thread
// that takes its replies. Thread-safe. It must outlive every call.
class PartitionPool final : public core::Partitions {
 public:
  // `dialer` is how partitions reach attestation authorities; nullptr: they don't.
  PartitionPool(Roster& roster, unsigned link_index, core::Dialer* dialer = nullptr);
  ~PartitionPool() override { stop(); }

  // stop fails all calls with kUnavailable, those that wait and those to come.
  void stop();

  Result<core::WrappedKey> generate(const core::GenerateRequest& request) override;
  Result<core::WrappedKey> import(const core::ImportRequest& request) override;
  Result<core::TransferredKey> import_transfer(const core::TransferRequest& request) override;
  Result<core::KeyReference> change_operations(const core::KeyReference& key, core::KeyOperations operations) override;
  Result<core::KeyReference> change_release_policy(const core::KeyReference& key,
                                                   const core::ReleasePolicy& policy) override;
  Result<core::ReleasedKey> release(const core::ReleaseRequest& request) override;
  Result<Bytes> secure_wrap(const core::SecureWrapRequest& request) override;
  Result<Bytes> secure_unwrap(const core::SecureUnwrapRequest& request) override;
  Result<core::CryptoReply> perform(const core::CryptoRequest& request) override;
  Result<SecretBytes> random(std::size_t n) override;
  Result<std::string> seal_backup(ByteView part) override;
  Result<Bytes> open_backup(std::string_view jwe) override;
  Result<core::KeyAttestation> attest(const core::KeyReference& key, std::string_view id) override;
  Result<core::DomainFile> export_domain(const std::vector<Bytes>& certificates, unsigned quorum) override;
  Result<Bytes> sign_checkpoint(ByteView message) override;
  Result<Bytes> audit_public_key() override;

 private:
  struct Call;
  Result<SecretBytes> call(Request request);
  // call_with_authorities is for requests that an attestation token decides: when a partition lacks the keys of the
  // token's issuer, it gets them, by what this side carries for it, and is asked again.
  Result<SecretBytes> call_with_authorities(Request request);
  int likely_partition(MessageType type);
  void take(std::uint64_t tag, Result<ByteView> body);
  void receive();

  core::Dialer* const dialer_;
  std::mutex fetching_;  // one fetch at a time: who waits here finds the keys there
  std::mutex mutex_;     // guards all below but the thread
  Link link_;
  std::uint64_t next_tag_ = 1;
  std::unordered_map<std::uint64_t, std::shared_ptr<Call>> calls_;
  unsigned long_jobs_ = 0;
  bool stopping_ = false;
  std::thread receiver_;
};

}  // namespace hsm::partition
