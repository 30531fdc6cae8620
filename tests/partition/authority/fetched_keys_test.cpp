#include "partition/authority/fetched_keys.h"

#include <gtest/gtest.h>

#include "fake_authority.h"

namespace hsm::partition {
namespace {

using std::chrono::seconds;

constexpr const char* kIssuer = "https://authority.example";

struct GivenClock final : Clock {
  TimePoint time = kNow;
  TimePoint now() const override { return time; }
};

// OneOther knows one authority of its own, without keys that matter.
class OneOther final : public release::AuthorityKeys {
  Result<std::shared_ptr<const jose::JwkSet>> keys_of(std::string_view issuer, std::string_view) override {
    if (issuer != "https://pinned.example") return fail(Errc::kForbidden, "unknown");
    return std::make_shared<const jose::JwkSet>();
  }
};

class FetchedKeysTest : public testing::Test {
 protected:
  FetchedKeysTest() {
    keys_.add(kIssuer, *make_tls_trust(ca_.certificate.pem()));
    world_.add("authority.example", server_);
    server_.put_document("/.well-known/openid-configuration", R"({"jwks_uri":"https://authority.example/keys"})");
    server_.put_document("/keys", key_set_text("k1"));
  }

  Errc error(std::string_view kid = "k1") {
    const auto keys = keys_.keys_of(kIssuer, kid);
    return keys ? Errc::kCount_ : keys.error().code;
  }
  bool missing(std::string_view kid = "k1") { return error(kid) == Errc::kAuthorityKeysMissing; }
  bool has(std::string_view kid) {
    const auto keys = keys_.keys_of(kIssuer, kid);
    return keys && !(*keys)->find(kid).empty();
  }

  // fetch does what the front end does.
  Status fetch() {
    HSM_TRY(FetchedKeys::Step step, keys_.begin(kIssuer));
    std::unique_ptr<core::Connection> connection;
    while (step.what.kind != FetchStep::Kind::kDone) {
      Bytes received;
      if (step.what.kind == FetchStep::Kind::kConnect) {
        auto connected = world_.connect(step.what.endpoint.host, step.what.endpoint.port, {});
        connection = connected ? *std::move(connected) : nullptr;
      }
      if (connection && connection->send(step.what.send)) received = *connection->receive(4096);
      HSM_TRY(step, keys_.carry(step.session, received, received.empty()));
    }
    return {};
  }
  void pass(seconds time) { clock_.time += time; }

  TestCa ca_;
  FakeServer server_{ca_, "authority.example"};
  FakeWorld world_;
  GivenClock clock_;
  FetchedKeys keys_{clock_, std::make_unique<OneOther>()};
};

TEST_F(FetchedKeysTest, AreMissingUntilTheyAreFetched) {
  ASSERT_TRUE(missing());
  EXPECT_EQ(keys_.keys_of("https://AUTHORITY.example/", "k1").error().message, kIssuer)
      << "it names the authority as it is configured";
  ASSERT_TRUE(fetch());
  EXPECT_TRUE(has("k1"));
}

TEST_F(FetchedKeysTest, OtherAuthoritiesAreNotTheirs) {
  EXPECT_TRUE(keys_.keys_of("https://pinned.example", "x"));
  EXPECT_EQ(keys_.keys_of("https://other.example", "x").error().code, Errc::kForbidden);
  EXPECT_EQ(keys_.begin("https://pinned.example").error().code, Errc::kForbidden);
  EXPECT_EQ(keys_.begin("https://other.example").error().code, Errc::kForbidden);
}

TEST_F(FetchedKeysTest, ServeAnHour) {
  ASSERT_TRUE(fetch());
  pass(kAuthorityKeysLife - seconds(1));
  EXPECT_TRUE(has("k1"));
  pass(seconds(1));
  EXPECT_TRUE(missing());
}

TEST_F(FetchedKeysTest, OldOnesAreNotUsedWhenNoNewOnesCome) {
  ASSERT_TRUE(fetch());
  pass(kAuthorityKeysLife);
  server_.put_document("/keys", "{}");
  ASSERT_FALSE(fetch());
  EXPECT_EQ(error(), Errc::kForbidden);
}

TEST_F(FetchedKeysTest, AnUnknownKeyMakesThemFetchOnceAMinute) {
  ASSERT_TRUE(fetch());
  EXPECT_TRUE(missing("k2")) << "it may have been published since";
  EXPECT_FALSE(missing("k1"));
  ASSERT_TRUE(fetch());
  EXPECT_FALSE(missing("k2")) << "nothing new within a minute";
  EXPECT_FALSE(has("k2"));
  pass(kUnknownKeyPause);
  EXPECT_TRUE(missing("k2"));
  server_.put_document("/keys", key_set_text("k2"));
  ASSERT_TRUE(fetch());
  EXPECT_TRUE(has("k2"));
  EXPECT_FALSE(has("k1")) << "what is published no longer counts no longer";
  EXPECT_FALSE(missing("k3"));
}

TEST_F(FetchedKeysTest, AFailedFetchIsNotRepeatedAtOnce) {
  server_.put_document("/keys", "{}");
  ASSERT_FALSE(fetch());
  EXPECT_EQ(error(), Errc::kForbidden);
  EXPECT_TRUE(keys_.keys_of(kIssuer, "k1").error().message.contains("publishes no usable key"));
  pass(kFailedFetchPause);
  EXPECT_TRUE(missing());
}

TEST_F(FetchedKeysTest, AFailedFetchDoesNotTakeFreshKeysAway) {
  ASSERT_TRUE(fetch());
  server_.put_document("/keys", "{}");
  ASSERT_FALSE(fetch());
  EXPECT_TRUE(has("k1"));
  EXPECT_FALSE(missing("k2")) << "not within a minute";
}

TEST_F(FetchedKeysTest, AClockSetBackMakesThemOld) {
  ASSERT_TRUE(fetch());
  pass(-kAuthorityKeysLife);
  EXPECT_TRUE(missing());
}

TEST_F(FetchedKeysTest, TheOldestOfTooManySessionsEnds) {
  const auto first = keys_.begin(kIssuer).value().session;
  const auto second = keys_.begin(kIssuer).value().session;
  for (std::size_t i = 1; i < kFetchSessionsMax; ++i) keys_.begin(kIssuer).value();
  EXPECT_EQ(keys_.carry(first, {}, false).error().code, Errc::kNotFound);
  EXPECT_TRUE(keys_.carry(second, {}, false));
  EXPECT_TRUE(missing()) << "nobody has failed yet";
}

TEST_F(FetchedKeysTest, ASessionThatHasFailedIsOver) {
  const auto session = keys_.begin(kIssuer).value().session;
  EXPECT_EQ(keys_.carry(session, {}, true).error().code, Errc::kUnavailable);
  EXPECT_EQ(keys_.carry(session, {}, false).error().code, Errc::kNotFound);
  EXPECT_EQ(keys_.carry(99, {}, false).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace hsm::partition
