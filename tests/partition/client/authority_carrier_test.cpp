#include "partition/client/authority_carrier.h"

#include <gtest/gtest.h>

#include <deque>

#include "partition/channel/authority_codec.h"

namespace hsm::partition {
namespace {

// EchoHost answers every send with the same bytes.
class EchoHost final : public core::Dialer {
 public:
  std::vector<std::string> dialled;
  std::string silent;  // the host that nobody answers at
  int open = 0;

  Result<std::unique_ptr<core::Connection>> connect(const std::string& host, std::uint16_t port, Deadline) override {
    dialled.push_back(host + ':' + std::to_string(port));
    if (host == silent) return fail(Errc::kUnavailable, "nobody answers");
    return std::make_unique<Echo>(open);
  }

 private:
  struct Echo final : core::Connection {
    explicit Echo(int& count) : open(count) { ++open; }
    ~Echo() override { --open; }
    Status send(ByteView bytes) override {
      sent = copy_of(bytes);
      return {};
    }
    Result<Bytes> receive(std::size_t) override { return std::exchange(sent, {}); }
    int& open;
    Bytes sent;
  };
};

// A partition that says what it was told to say, and notes what it was brought.
struct Script {
  std::deque<CarryStep> steps;
  std::vector<std::string> brought;

  AskPartition ask() {
    return [this](MessageType type, ByteView body) -> Result<SecretBytes> {
      if (type == MessageType::kBeginAuthorityFetch) {
        brought.push_back("begin " + std::string(text_of(body)));
      } else {
        const auto carried = decode_carry_bytes(body).value();
        brought.push_back(std::string(text_of(carried.received)) + (carried.ended ? "|" : ""));
      }
      if (steps.empty()) return fail(Errc::kUnavailable, "the fetch has failed");
      const CarryStep step = steps.front();
      steps.pop_front();
      return SecretBytes::copy(encode(step));
    };
  }
};

CarryStep connect(const std::string& host, const char* send) {
  return {.session = 1, .next = CarryNext::kConnect, .host = host, .port = 443, .send = copy_of(bytes_of(send))};
}
CarryStep carry(const char* send) {
  return {.session = 1, .next = CarryNext::kCarry, .host = {}, .port = 0, .send = copy_of(bytes_of(send))};
}
const CarryStep kDoneStep{.session = 1, .next = CarryNext::kDone, .host = {}, .port = 0, .send = {}};

using Texts = std::vector<std::string>;

TEST(AuthorityCarrier, CarriesUntilThePartitionIsContent) {
  EchoHost host;
  Script script{.steps = {connect("a", "one"), carry("two"), connect("b", "three"), kDoneStep}, .brought = {}};
  carry_authority_keys("https://a", script.ask(), host);
  EXPECT_EQ(script.brought, (Texts{"begin https://a", "one", "two", "three"}));
  EXPECT_EQ(host.dialled, (Texts{"a:443", "b:443"}));
  EXPECT_EQ(host.open, 0);
}

TEST(AuthorityCarrier, TellsThePartitionWhenTheOtherEndHasClosed) {
  EchoHost host;
  Script script{.steps = {connect("a", "one"), carry("")}, .brought = {}};
  carry_authority_keys("https://a", script.ask(), host);
  EXPECT_EQ(script.brought, (Texts{"begin https://a", "one", "|"}));
}

TEST(AuthorityCarrier, TellsThePartitionWhenNobodyAnswers) {
  EchoHost host;
  host.silent = "b";
  Script script{.steps = {connect("a", "one"), connect("b", "two")}, .brought = {}};
  carry_authority_keys("https://a", script.ask(), host);
  EXPECT_EQ(script.brought, (Texts{"begin https://a", "one", "|"}));
}

TEST(AuthorityCarrier, CarriesNothingWithoutAConnection) {
  EchoHost host;
  Script script{.steps = {carry("one")}, .brought = {}};
  carry_authority_keys("https://a", script.ask(), host);
  EXPECT_EQ(script.brought, (Texts{"begin https://a", "|"}));
  EXPECT_TRUE(host.dialled.empty());
}

TEST(AuthorityCarrier, APartitionThatRefusesIsNotAskedAgain) {
  EchoHost host;
  Script script;
  carry_authority_keys("https://a", script.ask(), host);
  EXPECT_EQ(script.brought, Texts{"begin https://a"});
}

}  // namespace
}  // namespace hsm::partition
