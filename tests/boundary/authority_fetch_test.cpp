// A real partition, in its sandbox, fetches an attestation authority's keys over TLS that ends inside of it.
#include <poll.h>

#include "control/supervisor_process.h"
#include "partition/channel/authority_codec.h"
#include "partition/client/authority_carrier.h"
#include "partition/client/link.h"
#include "tests/boundary/instance_fixture.h"
#include "tests/partition/authority/fake_authority.h"

namespace hsm {
namespace {

using namespace hsm::partition;

constexpr const char* kIssuer = "https://authority.example";

// The partition takes the time from its own clock, so the certificates are of today.
TimePoint today() {
  return SystemClock().now();
}

class AuthorityFetch : public Instance {
 protected:
  AuthorityFetch() { ca_file_ = write("ca.pem", ca_.certificate.pem()); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  void spawn(std::vector<AttestationAuthority> authorities) {
    process_ = control::PartitionProcess::spawn(config_.executable,
                                                {.shape = kShape,
                                                 .seal_key_file = config_.seal_key_file,
                                                 .allow_unlocked_memory = config_.allow_unlocked_memory,
                                                 .authorities = std::move(authorities)},
                                                *roster_)
                   .value();
  }
  void open() {
    ASSERT_TRUE(process_->await_ready());
    ASSERT_TRUE(process_->send(MessageType::kCreateDomain, {}));
    ASSERT_TRUE(process_->receive());
    roster_->open(0, process_->memory());
  }

  // ask sends one message on the short lane and waits for the reply. The last answer is kept.
  Result<SecretBytes> ask(MessageType type, ByteView body) {
    std::optional<Result<SecretBytes>> answer;
    const auto take = [&answer](const partition::Request&, Result<ByteView> reply) {
      answer = reply ? Result<SecretBytes>(SecretBytes::copy(*reply)) : std::unexpected(reply.error());
      return true;
    };
    EXPECT_TRUE(link_.submit({.type = type, .body = body}));
    for (int turns = 0; !answer && turns < 1000; ++turns) {  // ten seconds
      link_.drain(take);
      link_.publish();
      pollfd ready{.fd = link_.event_fd(), .events = POLLIN, .revents = 0};
      if (!answer) ::poll(&ready, 1, 10);
    }
    if (!answer) return fail(Errc::kInternal, "the partition has ended");
    last_ = *answer ? Status() : std::unexpected(answer->error());
    return *std::move(answer);
  }
  void fetch() {
    const auto ask_for_step = [this](MessageType type, ByteView body) {
      auto reply = ask(type, body);
      if (reply) last_step_ = decode_carry_step(reply->reveal()).value().next;
      return reply;
    };
    carry_authority_keys(kIssuer, ask_for_step, world_);
  }

  static constexpr ChannelShape kShape{.links = 1, .workers = 1};
  TestCa ca_{today()};
  std::string ca_file_;
  FakeServer server_{ca_, "authority.example", today() + std::chrono::hours(1)};
  FakeWorld world_;
  std::unique_ptr<Roster> roster_ = Roster::create(1, kShape).value();
  std::unique_ptr<control::PartitionProcess> process_;
  Link link_{*roster_, 0};
  Status last_;
  CarryNext last_step_ = CarryNext::kCarry;
};

TEST_F(AuthorityFetch, WorksInsideTheSandbox) {
  world_.add("authority.example", server_);
  server_.put_document("/.well-known/openid-configuration", R"({"jwks_uri":"https://authority.example/keys"})");
  server_.put_document("/keys", key_set_text("k1"));
  spawn({{.issuer = kIssuer, .keys_file = "", .ca_file = ca_file_}});
  open();
  fetch();
  ASSERT_TRUE(last_) << last_.error().message;
  EXPECT_EQ(last_step_, CarryNext::kDone);
  EXPECT_EQ(server_.requests().size(), 2u);
}

TEST_F(AuthorityFetch, AForgedAuthorityIsRefusedAndThePartitionLivesOn) {
  TestCa other(today());
  FakeServer forged(other, "authority.example", today() + std::chrono::hours(1));
  world_.add("authority.example", forged);
  spawn({{.issuer = kIssuer, .keys_file = "", .ca_file = ca_file_}});
  open();
  for (int i = 0; i < 3; ++i) {
    fetch();
    ASSERT_FALSE(last_);
    EXPECT_TRUE(last_.error().message.contains("not trusted")) << last_.error().message;
  }
  EXPECT_TRUE(forged.requests().empty());
  EXPECT_TRUE(ask(MessageType::kAuditPublicKey, {}));
}

TEST_F(AuthorityFetch, TheSystemsCasAreReadBeforeTheSandbox) {
  if (!std::filesystem::exists("/etc/ssl/certs/ca-certificates.crt")) GTEST_SKIP() << "this machine has none";
  world_.add("authority.example", server_);
  spawn({{.issuer = kIssuer, .keys_file = "", .ca_file = ""}});
  open();
  fetch();
  ASSERT_FALSE(last_);
  EXPECT_TRUE(last_.error().message.contains("not trusted")) << "the test's CA is none of the system's";
}

TEST_F(AuthorityFetch, OnlyConfiguredAuthoritiesAreAsked) {
  spawn({});
  open();
  fetch();
  EXPECT_EQ(last_.error().code, Errc::kForbidden);
  EXPECT_TRUE(world_.dialled.empty());
}

TEST_F(AuthorityFetch, APartitionDoesNotStartWithoutWhatItIsToTrust) {
  for (const std::string& ca_file : {std::string("/nonexistent.pem"), write("empty.pem", "")}) {
    spawn({{.issuer = kIssuer, .keys_file = "", .ca_file = ca_file}});
    const auto ready = process_->await_ready();
    ASSERT_FALSE(ready);
    EXPECT_TRUE(ready.error().message.contains(ca_file)) << ready.error().message;
  }
}

}  // namespace
}  // namespace hsm
