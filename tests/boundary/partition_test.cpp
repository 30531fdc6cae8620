// What a partition process does, from outside, with the real executable.
#include <poll.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "attestation/verify.h"
#include "core/key_backup.h"
#include "crypto/ed25519.h"
#include "partition/engine/wrapped_key.h"
#include "tests/boundary/instance_fixture.h"

namespace hsm {
namespace {

using control::PartitionSupervisor;
using std::chrono::steady_clock;

class Partition : public Instance {
 protected:
  // Waits until the partitions are those wanted; the supervisor's own promise is one second.
  bool all_run_within(std::chrono::milliseconds time, pid_t but_not) {
    const auto end = steady_clock::now() + time;
    while (steady_clock::now() < end) {
      const auto pids = supervisor_->pids();
      if (std::ranges::find(pids, 0) == pids.end() && std::ranges::find(pids, but_not) == pids.end()) return true;
      std::this_thread::yield();
    }
    return false;
  }
};

TEST_F(Partition, MakesKeysAndUsesThem) {
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  const core::CryptoReply signature = partitions().perform(es256(key)).value();
  EXPECT_EQ(signature.output.size(), 64u);
  EXPECT_TRUE(partitions().perform(es256(key, signature.output.reveal())).value().verified);
  Bytes wrong = copy_of(signature.output.reveal());
  wrong[5] ^= 1;
  EXPECT_FALSE(partitions().perform(es256(key, wrong)).value().verified);
  EXPECT_EQ(partitions().random(32).value().size(), 32u);
}

TEST_F(Partition, KeysOfOnePartitionServeInAll) {
  config_.partitions = 3;
  start_new();
  std::vector<core::WrappedKey> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(partitions().generate(ec_key()).value());  // goes round
  for (const pid_t pid : supervisor_->pids()) {
    for (const core::WrappedKey& key : keys) EXPECT_TRUE(partitions().perform(es256(key)));
    ::kill(pid, SIGKILL);
    ASSERT_TRUE(all_run_within(std::chrono::seconds(1), pid));
  }
}

TEST_F(Partition, ChecksAgainWhatTheFrontEndChecked) {
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  core::CryptoRequest request = es256(key);

  request.operation = core::KeyOperation::kWrapKey;
  EXPECT_EQ(partitions().perform(request).error().code, Errc::kForbidden);

  request = es256(key);
  request.algorithm = core::Algorithm::kRs256;
  EXPECT_EQ(partitions().perform(request).error().code, Errc::kBadParameter);

  request = es256(key);
  request.input = ByteView(kDigest).first(31);
  EXPECT_EQ(partitions().perform(request).error().code, Errc::kBadParameter);

  core::KeyReference other_id = *reference(key);
  other_id.id[0] ^= 1;
  request = es256(key);
  request.key = std::make_shared<const core::KeyReference>(other_id);
  EXPECT_EQ(partitions().perform(request).error().code, Errc::kBadParameter);

  core::KeyReference damaged = *reference(key);
  damaged.wrapped.back() ^= 1;
  damaged.id = partition::key_id(damaged.wrapped);
  request.key = std::make_shared<const core::KeyReference>(damaged);
  EXPECT_EQ(partitions().perform(request).error().code, Errc::kBadCiphertext);
}

TEST_F(Partition, GivesAKeyOtherOperations) {
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  const core::KeyReference changed =
      partitions().change_operations(*reference(key), {core::KeyOperation::kVerify}).value();
  core::CryptoRequest request = es256(key);
  request.key = std::make_shared<const core::KeyReference>(changed);
  EXPECT_EQ(partitions().perform(request).error().code, Errc::kForbidden);
  EXPECT_EQ(partitions().change_operations(*reference(key), {core::KeyOperation::kWrapKey}).error().code,
            Errc::kBadParameter);
}

TEST_F(Partition, SignsCheckpointsWithOneKeyForTheInstance) {
  start_new();
  const Bytes key = partitions().audit_public_key().value();
  for (int i = 0; i < 3; ++i) {
    const Bytes signature = partitions().sign_checkpoint(bytes_of("checkpoint")).value();
    EXPECT_TRUE(crypto::ed25519_verify(key, bytes_of("checkpoint"), signature));
  }
}

TEST_F(Partition, ImportsAKey) {
  start_new();
  core::ImportRequest request{.policy = aes_key().policy, .key = {}};
  request.key.k = SecretBytes::copy(Bytes(32, 0x42));
  const core::WrappedKey key = partitions().import(request).value();
  EXPECT_EQ(std::ranges::search(key.blob, Bytes(16, 0x42)).size(), 0u);
  core::CryptoRequest encrypt;
  encrypt.key = reference(key);
  encrypt.operation = core::KeyOperation::kEncrypt;
  encrypt.algorithm = core::Algorithm::kA256Gcm;
  encrypt.input = bytes_of("plaintext");
  const core::CryptoReply sealed = partitions().perform(encrypt).value();
  core::CryptoRequest decrypt = encrypt;
  decrypt.operation = core::KeyOperation::kDecrypt;
  decrypt.input = sealed.output.reveal();
  decrypt.iv = sealed.iv;
  decrypt.tag = sealed.tag;
  EXPECT_EQ(text_of(partitions().perform(decrypt).value().output.reveal()), "plaintext");
}

TEST_F(Partition, SealsBackupsForItsDomain) {
  const control::CreatedDomain created = start_new();
  const std::string jwe = partitions().seal_backup(bytes_of("part")).value();
  EXPECT_EQ(text_of(partitions().open_backup(jwe).value()), "part");
  std::string changed = jwe;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(partitions().open_backup(changed).error().code, Errc::kBadCiphertext);
  supervisor_.reset();

  start();
  ASSERT_TRUE(supervisor_->open_domain(created.sealed));
  EXPECT_EQ(text_of(partitions().open_backup(jwe).value()), "part") << "another process of the same domain";
  supervisor_.reset();

  start_new();
  EXPECT_EQ(partitions().open_backup(jwe).error().code, Errc::kBadCiphertext) << "another domain";
}

TEST_F(Partition, UnwrapsTransfersWithExchangeKeysAlone) {
  start_new();
  core::GenerateRequest wanted = rsa_key(2048);
  const core::WrappedKey signer = partitions().generate(wanted).value();
  wanted.policy.operations = {core::KeyOperation::kImport};
  const core::WrappedKey exchange = partitions().generate(wanted).value();
  core::TransferRequest request{.exchange_key = *reference(signer),
                                .policy = {.spec = {core::KeyType::kOct, core::Curve::kNone, 0}},
                                .wrapped = Bytes(256 + 24)};
  EXPECT_EQ(partitions().import_transfer(request).error().code, Errc::kForbidden);
  request.exchange_key = *reference(exchange);
  EXPECT_EQ(partitions().import_transfer(request).error().code, Errc::kBadCiphertext);
}

TEST_F(Partition, AnExchangeKeyIsOneForEver) {
  start_new();
  core::GenerateRequest wanted = rsa_key(2048);
  const core::KeyReference signer = *reference(partitions().generate(wanted).value());
  wanted.policy.operations = {core::KeyOperation::kImport};
  const core::KeyReference exchange = *reference(partitions().generate(wanted).value());
  const core::KeyOperations unwrap{core::KeyOperation::kUnwrapKey}, import{core::KeyOperation::kImport};
  EXPECT_EQ(partitions().change_operations(exchange, unwrap).error().code, Errc::kBadParameter);
  EXPECT_EQ(partitions().change_operations(signer, import).error().code, Errc::kBadParameter);
  EXPECT_TRUE(partitions().change_operations(exchange, import));
}

attestation::Verified verified(const core::KeyAttestation& attestation) {
  return attestation::verify(attestation, {}, SystemClock().now()).value();
}

using attestation::AttributeType;

// What is attested stands in the wrapped key; the front end chooses nothing but the name.
TEST_F(Partition, AttestsOnlyWhatIsInTheWrappedKey) {
  start_new();
  core::GenerateRequest wanted = ec_key();
  const core::WrappedKey key = partitions().generate(wanted).value();
  const auto attested = verified(partitions().attest(*reference(key), "/keys/a/1").value());
  EXPECT_EQ(attested.key.text(AttributeType::kId), "/keys/a/1");
  EXPECT_EQ(attested.key.flag(AttributeType::kLocal), true);
  EXPECT_EQ(attested.key.flag(AttributeType::kExtractable), false);
  EXPECT_EQ(attested.key.flag(AttributeType::kSign), true);
  Bytes point{4};
  for (const Bytes* half : {&key.public_key.x, &key.public_key.y})
    point.insert(point.end(), half->begin(), half->end());
  EXPECT_EQ(*attested.public_key->find(AttributeType::kEcPoint), point);

  const core::KeyReference changed =
      partitions().change_operations(*reference(key), {core::KeyOperation::kVerify}).value();
  const auto after = verified(partitions().attest(changed, "/keys/a/1").value());
  EXPECT_EQ(after.key.flag(AttributeType::kSign), false);
  EXPECT_EQ(after.key.flag(AttributeType::kLocal), true) << "its origin stays";

  core::KeyReference damaged = *reference(key);
  for (std::size_t i = 0; i < damaged.wrapped.size(); ++i) {
    damaged.wrapped[i] ^= 1;
    EXPECT_EQ(partitions().attest(damaged, "/keys/a/1").error().code, Errc::kBadCiphertext) << "byte " << i;
    damaged.wrapped[i] ^= 1;
  }
}

TEST_F(Partition, AttestsThatAnImportedKeyIsImported) {
  start_new();
  core::ImportRequest request{.policy = aes_key().policy, .key = {}};
  request.policy.local = true;  // what the front end would like to claim
  request.key.k = SecretBytes::copy(Bytes(32, 0));
  const core::WrappedKey key = partitions().import(request).value();
  const auto attested = verified(partitions().attest(*reference(key), "/keys/a/1").value());
  EXPECT_EQ(attested.key.flag(AttributeType::kLocal), false);
  EXPECT_EQ(attested.key.flag(AttributeType::kNeverExtractable), false);
  EXPECT_EQ(*attested.key.find(AttributeType::kCheckValue), (Bytes{0xdc, 0x95, 0xc0}));
  EXPECT_FALSE(attested.public_key);
}

TEST_F(Partition, AttestsAlikeInEveryProcessOfItsDomainAndOfNoOther) {
  const control::CreatedDomain created = start_new();
  const core::WrappedKey key = partitions().generate(rsa_key(2048)).value();
  const auto attest = [this, &key] { return partitions().attest(*reference(key), "/keys/a/1"); };
  const core::KeyAttestation first = attest().value();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(attest().value().private_key, first.private_key);  // goes round
  supervisor_.reset();

  start();
  ASSERT_TRUE(supervisor_->open_domain(created.sealed));
  const core::KeyAttestation again = attest().value();
  EXPECT_EQ(again.certificates, first.certificates);
  EXPECT_EQ(again.private_key, first.private_key);
  EXPECT_EQ(again.public_key, first.public_key);
  supervisor_.reset();

  start_new();
  EXPECT_EQ(attest().error().code, Errc::kBadCiphertext) << "another domain";
  const core::WrappedKey other = partitions().generate(ec_key()).value();
  const core::KeyAttestation foreign = partitions().attest(*reference(other), "/keys/a/1").value();
  EXPECT_FALSE(attestation::verify(foreign, {.root = verified(first).root, .key = {}}, SystemClock().now()));
}

// The C library opens a file when a thread's heap shrinks, which the sandbox would not survive.
TEST_F(Partition, LivesThroughTheLargestMessages) {
  start_new();
  const std::vector<pid_t> before = supervisor_->pids();
  const Bytes part(core::kBackupPartBytesMax, 'x');
  for (int i = 0; i < 20; ++i) {
    const std::string jwe = partitions().seal_backup(part).value();
    EXPECT_EQ(partitions().open_backup(jwe).value(), part);
  }
  EXPECT_EQ(supervisor_->pids(), before);
}

TEST_F(Partition, ARestartedNodeOpensItsDomainAgain) {
  const control::CreatedDomain created = start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  const Bytes audit_key = partitions().audit_public_key().value();
  supervisor_.reset();

  start();
  const control::OpenedDomain opened = supervisor_->open_domain(created.sealed).value();
  EXPECT_EQ(opened.domain_id, created.domain_id);
  EXPECT_EQ(opened.record_key, created.record_key);
  EXPECT_TRUE(partitions().perform(es256(key)));
  EXPECT_EQ(partitions().audit_public_key().value(), audit_key);
}

TEST_F(Partition, AnotherNodesSealDoesNotOpenIt) {
  const control::CreatedDomain created = start_new();
  supervisor_.reset();
  std::filesystem::remove(config_.seal_key_file);
  start();
  EXPECT_EQ(supervisor_->open_domain(created.sealed).error().code, Errc::kBadCiphertext);
  EXPECT_TRUE(supervisor_->create_domain()) << "still locked, still there";
}

TEST_F(Partition, ADomainIsOpenedOnce) {
  const control::CreatedDomain created = start_new();
  EXPECT_EQ(supervisor_->create_domain().error().code, Errc::kConflict);
  EXPECT_EQ(supervisor_->open_domain(created.sealed).error().code, Errc::kConflict);
}

TEST_F(Partition, ASealKeyOpenToOthersIsRefused) {
  std::ofstream(config_.seal_key_file) << std::string(32, 'k');
  std::filesystem::permissions(config_.seal_key_file, std::filesystem::perms(0640));
  const auto started = PartitionSupervisor::start(config_);
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("0600"), std::string::npos) << started.error().message;
}

TEST_F(Partition, ASealKeyIsReadableByItsOwnerAlone) {
  start();
  EXPECT_EQ(std::filesystem::status(config_.seal_key_file).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(std::filesystem::file_size(config_.seal_key_file), 32u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "no draft is left";
}

TEST_F(Partition, WithoutExecutableTheErrorNamesIt) {
  config_.executable = "/nowhere/strongroom-partition";
  EXPECT_NE(PartitionSupervisor::start(config_).error().message.find("/nowhere/"), std::string::npos);
}

TEST_F(Partition, KilledUnderLoadNoRequestFails) {
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  partition::FastLink& link = supervisor_->fast_link(0);
  const core::CryptoRequest request = es256(key);
  unsigned failed = 0, done = 0, kills = 0;
  auto last_kill = steady_clock::now();
  for (std::uint64_t tag = 0; kills < 6 || link.in_flight() != 0;) {
    while (kills < 6 && link.in_flight() < 32) ASSERT_TRUE(link.submit(request, tag++));
    link.publish();
    if (kills < 6 && steady_clock::now() - last_kill > std::chrono::milliseconds(300)) {
      const pid_t victim = supervisor_->pids()[kills % 3];
      ASSERT_NE(victim, 0) << "not back within 900 ms";
      ::kill(victim, SIGKILL);
      last_kill = steady_clock::now();
      ++kills;
    }
    pollfd ready{.fd = link.event_fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&ready, 1, 5000), 1);
    link.drain([&failed, &done](std::uint64_t, const Result<partition::FastLink::Results>& results) {
      ++(results && results->front() ? done : failed);
    });
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_GT(done, 1000u);
}

TEST_F(Partition, AllKilledAtOnceComeBackWithinASecond) {
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  const auto before = steady_clock::now();
  for (const pid_t pid : supervisor_->pids()) ::kill(pid, SIGKILL);
  EXPECT_TRUE(partitions().perform(es256(key)));
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(1));
}

TEST_F(Partition, LightOperationsDoNotWaitForGenerations) {
  config_.partitions = 1;
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  std::atomic<bool> done = false;
  std::thread generation([this, &done] {
    EXPECT_TRUE(partitions().generate(rsa_key(2048)));
    done = true;
  });
  unsigned during = 0;
  while (!done && during < 20) {
    EXPECT_TRUE(partitions().perform(es256(key)));
    EXPECT_TRUE(partitions().generate(ec_key()));
    EXPECT_TRUE(partitions().sign_checkpoint(bytes_of("x")));
    if (!done) ++during;
  }
  generation.join();
  EXPECT_EQ(during, 20u);
}

TEST_F(Partition, StopsWithItsSupervisor) {
  start_new();
  const auto pids = supervisor_->pids();
  supervisor_->stop();
  for (const pid_t pid : pids) EXPECT_NE(::kill(pid, 0), 0) << "reaped";
  EXPECT_EQ(partitions().random(8).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace hsm
