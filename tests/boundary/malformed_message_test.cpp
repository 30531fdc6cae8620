// A partition ends at the first message that it should not have got, and no other partition does.
#include <sys/stat.h>

#include <functional>
#include <tuple>

#include "control/supervisor_process.h"
#include "core/key_backup.h"
#include "partition/channel/attestation_codec.h"
#include "partition/channel/authority_codec.h"
#include "partition/channel/domain_codec.h"
#include "partition/channel/key_codec.h"
#include "partition/channel/perform_codec.h"
#include "tests/boundary/instance_fixture.h"

namespace hsm {
namespace {

using control::PartitionProcess;
using partition::MessageType;
using partition::ReplyHeader;
using partition::RequestHeader;

// Two partitions of one link, as the supervisor would start them; the second one is the witness.
class MalformedMessage : public Instance {
 protected:
  std::unique_ptr<PartitionProcess> spawn() {
    auto process = PartitionProcess::spawn(config_.executable,
                                           {.shape = kShape,
                                            .seal_key_file = config_.seal_key_file,
                                            .allow_unlocked_memory = config_.allow_unlocked_memory},
                                           *roster_)
                       .value();
    EXPECT_TRUE(process->await_ready());
    return process;
  }
  static void open(PartitionProcess& process) {
    ASSERT_TRUE(process.send(MessageType::kCreateDomain, {}));
    ASSERT_TRUE(process.receive());
  }
  // post writes a request where the front end would, whatever it says.
  static void post(PartitionProcess& process, std::uint32_t lane, RequestHeader header, ByteView body) {
    partition::RingWriter ring = process.memory()->request_writer(lane);
    ASSERT_EQ(ring.write(header, partition::Parts(&body, 1)), partition::WriteResult::kWritten);
    ring.publish();
    for (std::uint32_t i = 0; i < kShape.threads(); ++i) process.memory()->doorbell(i).ring();
  }

  static constexpr partition::ChannelShape kShape{.links = 1, .workers = 1};
  std::unique_ptr<partition::Roster> roster_ = partition::Roster::create(2, kShape).value();
};

constexpr std::uint32_t kWorkerLane = 0, kShortLane = 1, kLongLane = 2;

TEST_F(MalformedMessage, EndsThePartitionAndNoOther) {
  const Bytes random{8, 0, 0, 0};
  const Bytes rsa = partition::encode(rsa_key(2048)), ec = partition::encode(ec_key());
  const struct {
    const char* name;
    std::uint32_t lane;
    MessageType type;
    Bytes body;
  } cases[] = {
      {"unknown type", kWorkerLane, static_cast<MessageType>(99), random},
      {"body cut short", kWorkerLane, MessageType::kRandom, {8, 0}},
      {"body too long", kWorkerLane, MessageType::kRandom, {8, 0, 0, 0, 0}},
      {"operation without body", kWorkerLane, MessageType::kPerform, {}},
      {"operation of noise", kWorkerLane, MessageType::kPerform, Bytes(200, 0xEE)},
      {"random of 4 GiB", kWorkerLane, MessageType::kRandom, {0xFF, 0xFF, 0xFF, 0xFF}},
      {"job on the workers' lane", kWorkerLane, MessageType::kSignCheckpoint, Bytes(10)},
      {"operation on the jobs' lane", kShortLane, MessageType::kRandom, random},
      {"RSA key on the short lane", kShortLane, MessageType::kGenerateKey, rsa},
      {"EC key on the long lane", kLongLane, MessageType::kGenerateRsaKey, ec},
      {"RSA key on the short lane by its own name", kShortLane, MessageType::kGenerateRsaKey, rsa},
      {"import of noise", kShortLane, MessageType::kImportKey, Bytes(64, 0xEE)},
      {"change without key", kShortLane, MessageType::kChangeOperations, {}},
      {"export of a million certificates", kShortLane, MessageType::kExportDomain, {2, 0, 0, 0, 0x40, 0x42, 0x0F, 0}},
      {"checkpoint too long", kShortLane, MessageType::kSignCheckpoint, Bytes(partition::kCheckpointBytesMax + 1)},
      {"audit key with a body", kShortLane, MessageType::kAuditPublicKey, {1}},
      {"backup too long", kShortLane, MessageType::kSealBackup, Bytes(core::kBackupPartBytesMax + 1)},
      {"sealed backup too long", kShortLane, MessageType::kOpenBackup, Bytes(partition::kBackupJweBytesMax + 1)},
      {"backup on the workers' lane", kWorkerLane, MessageType::kSealBackup, Bytes(10)},
      {"transfer of noise", kShortLane, MessageType::kImportTransfer, Bytes(64, 0xEE)},
      {"release of noise", kShortLane, MessageType::kRelease, Bytes(64, 0xEE)},
      {"release on the workers' lane", kWorkerLane, MessageType::kRelease, Bytes(64)},
      {"change of policy without one", kShortLane, MessageType::kChangeReleasePolicy, {1}},
      {"attestation of noise", kShortLane, MessageType::kAttestKey, Bytes(64, 0xEE)},
      {"attestation on the workers' lane", kWorkerLane, MessageType::kAttestKey,
       partition::encode_attest({{}, Bytes(80)}, "/keys/a/b")},
      {"attestation of a name with a line break", kShortLane, MessageType::kAttestKey,
       partition::encode_attest({{}, Bytes(80)}, "/keys/a\n")},
      {"fetch without an issuer", kShortLane, MessageType::kBeginAuthorityFetch, {}},
      {"issuer too long", kShortLane, MessageType::kBeginAuthorityFetch, Bytes(partition::kIssuerBytesMax + 1, 'a')},
      {"authority's bytes of nothing", kShortLane, MessageType::kCarryAuthorityBytes, Bytes(8)},
      {"authority's bytes too long", kShortLane, MessageType::kCarryAuthorityBytes,
       Bytes(9 + partition::kAuthorityReceivedBytesMax + 1)},
      {"secure wrap of noise", kShortLane, MessageType::kSecureWrap, Bytes(64, 0xEE)},
      {"secure wrap on the workers' lane", kWorkerLane, MessageType::kSecureWrap, Bytes(64)},
      {"secure unwrap of noise", kShortLane, MessageType::kSecureUnwrap, Bytes(64, 0xEE)},
      {"secure unwrap on the workers' lane", kWorkerLane, MessageType::kSecureUnwrap, Bytes(64)},
      {"a second domain", kShortLane, MessageType::kCreateDomain, {}},
  };
  const auto witness = spawn();
  for (const auto& test : cases) {
    const auto process = spawn();
    open(*process);
    post(*process, test.lane, {.type = test.type}, test.body);
    EXPECT_EQ(process->reap(), "exited with status 3") << test.name;
  }
  EXPECT_NO_FATAL_FAILURE(open(*witness));
}

TEST_F(MalformedMessage, EndsItAtTheLevelOfFramesToo) {
  const struct {
    const char* name;
    std::function<void(PartitionProcess&)> harm;
  } cases[] = {
      {"padding", [](auto& p) { post(p, 0, {.type = MessageType::kRandom, .zero = {1, 0, 0}}, Bytes{8, 0, 0, 0}); }},
      {"no room for the reply",
       [](PartitionProcess& process) {
         partition::RingWriter ring = process.memory()->request_writer(0);
         const Bytes body{0, 16, 0, 0};  // 4,096 random bytes, three slots
         const ByteView part = body;
         for (std::size_t i = 0; i < partition::kRingSlots; ++i) {
           ring.write(RequestHeader{.type = MessageType::kRandom}, partition::Parts(&part, 1));
         }
         ring.publish();
         process.memory()->doorbell(0).ring();
       }},
  };
  for (const auto& test : cases) {
    const auto process = spawn();
    open(*process);
    test.harm(*process);
    EXPECT_EQ(process->reap(), "exited with status 3") << test.name;
  }
}

TEST_F(MalformedMessage, NothingIsDoneInTheLockedPhaseButOpening) {
  for (const std::uint32_t lane : {kWorkerLane, kShortLane, kLongLane}) {
    const auto process = spawn();
    post(*process, lane, {.type = MessageType::kRandom}, Bytes{8, 0, 0, 0});
    EXPECT_EQ(process->reap(), "exited with status 3");
  }
}

TEST_F(MalformedMessage, ControlMessagesAreHeldToTheSame) {
  const struct {
    const char* name;
    bool opened;
    MessageType type;
    Bytes body;
  } cases[] = {
      {"opened twice", true, MessageType::kCreateDomain, {}},
      {"opened again", true, MessageType::kOpenDomain, Bytes(90)},
      {"unknown type", false, static_cast<MessageType>(99), {}},
      {"create with a body", false, MessageType::kCreateDomain, {1}},
      {"sealed domain too long", false, MessageType::kOpenDomain, Bytes(partition::kSealedDomainBytesMax + 1)},
      {"operation, locked", false, MessageType::kRandom, {8, 0, 0, 0}},
      {"operation, open", true, MessageType::kRandom, {8, 0, 0, 0}},
      {"too long", false, MessageType::kOpenDomain, Bytes(partition::kControlBytesMax)},
  };
  for (const auto& test : cases) {
    const auto process = spawn();
    if (test.opened) open(*process);
    ASSERT_TRUE(process->send(test.type, test.body)) << test.name;
    EXPECT_EQ(process->reap(), "exited with status 3") << test.name;
  }
}

TEST_F(MalformedMessage, ASealThatDoesNotFitIsNoneOfThem) {
  const auto process = spawn();
  ASSERT_TRUE(process->send(MessageType::kOpenDomain, Bytes(90)));
  EXPECT_EQ(process->receive().error().code, Errc::kBadCiphertext);
  EXPECT_NO_FATAL_FAILURE(open(*process));
}

TEST_F(MalformedMessage, TheSupervisorsEndOfFileEndsItInPeace) {
  const auto process = spawn();
  process->close_control();
  EXPECT_EQ(process->reap(), "exited with status 0");
}

}  // namespace
}  // namespace hsm
