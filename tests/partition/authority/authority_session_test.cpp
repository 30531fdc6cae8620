#include "partition/authority/authority_session.h"

#include <gtest/gtest.h>

#include "fake_authority.h"
#include "partition/authority/http_answer.h"

namespace hsm::partition {
namespace {

constexpr const char* kIssuer = "https://authority.example";
constexpr const char* kDiscovery = "/.well-known/openid-configuration";

// World is an authority, the CA that both sides know, and the carrier between the partition and the servers.
struct World {
  TestCa ca;
  TlsTrust trust = *make_tls_trust(ca.certificate.pem());
  FakeServer authority{ca, "authority.example"};
  std::map<std::string, FakeServer*> servers{{"authority.example", &authority}};
  std::size_t piece = 4096;  // how many bytes are carried at once
  bool cut = false;          // the carrier cuts each connection after the server's first words
  std::vector<Endpoint> connected;

  World() {
    authority.put_document(kDiscovery, R"({"jwks_uri":"https://authority.example/keys"})");
    authority.put_document("/keys", key_set_text("k1"));
  }

  // fetch returns the kids that were learned, or why there are none.
  Result<std::vector<std::string>> fetch(const std::string& issuer = kIssuer, TimePoint now = kNow) {
    HSM_TRY(AuthoritySession session, AuthoritySession::start(issuer, trust, now));
    FetchStep step = session.first_step();
    FakeServer* server = nullptr;
    Bytes waiting;
    while (step.kind != FetchStep::Kind::kDone) {
      if (step.kind == FetchStep::Kind::kConnect) {
        connected.push_back(step.endpoint);
        server = servers.at(step.endpoint.host);
        server->accept();
        waiting.clear();
      }
      const Bytes sent = server->exchange(step.send);
      waiting.insert(waiting.end(), sent.begin(), sent.end());
      const std::size_t size = std::min(piece, waiting.size());
      const bool ended = size == 0 || (cut && step.kind == FetchStep::Kind::kCarry);
      HSM_TRY(step, session.step(ByteView(waiting).first(size), ended, now));
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
    }
    std::vector<std::string> kids;
    const jose::JwkSet keys = session.take_keys();
    for (const auto& key : keys.keys()) kids.push_back(key.kid);
    return kids;
  }
  std::string failure(const std::string& issuer = kIssuer, TimePoint now = kNow) {
    const auto fetched = fetch(issuer, now);
    if (fetched) return "";
    EXPECT_EQ(fetched.error().code, Errc::kUnavailable);
    return fetched.error().message;
  }
};

const std::vector<std::string> kK1{"k1"};

TEST(AuthoritySession, FetchesKeysByDiscovery) {
  World world;
  EXPECT_EQ(world.fetch().value(), kK1);
  EXPECT_EQ(world.connected.size(), 2u) << "each document has a connection of its own";
  EXPECT_EQ(world.authority.server_name(), "authority.example");
  ASSERT_EQ(world.authority.requests().size(), 2u);
  EXPECT_TRUE(world.authority.requests()[0].starts_with(
      "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: authority.example\r\n"));
  EXPECT_TRUE(world.authority.requests()[1].starts_with("GET /keys HTTP/1.1\r\n"));
}

TEST(AuthoritySession, BytesMayComeOneByOne) {
  World world;
  world.piece = 1;
  EXPECT_EQ(world.fetch().value(), kK1);
}

TEST(AuthoritySession, SpeaksTls12AndNothingOlder) {
  World world;
  FakeServer tls12(world.ca, "authority.example", kFarOff, TLS1_2_VERSION);
  tls12.put_document(kDiscovery, R"({"jwks_uri":"https://authority.example/keys"})");
  tls12.put_document("/keys", key_set_text("k1"));
  world.servers["authority.example"] = &tls12;
  EXPECT_EQ(world.fetch().value(), kK1);
  FakeServer tls11(world.ca, "authority.example", kFarOff, TLS1_1_VERSION);
  world.servers["authority.example"] = &tls11;
  EXPECT_NE(world.failure(), "");
}

TEST(AuthoritySession, IssuerMayHaveAPathASlashAndAPort) {
  World world;
  world.authority.put_document(
      "/tenant/.well-known/openid-configuration",
      R"({"issuer":"https://Authority.example:8443/tenant","jwks_uri":"https://authority.example/keys"})");
  EXPECT_EQ(world.fetch("https://authority.example:8443/tenant/").value(), kK1);
  EXPECT_EQ(world.connected[0], (Endpoint{"authority.example", 8443}));
  EXPECT_EQ(world.connected[1], (Endpoint{"authority.example", 443}));
}

TEST(AuthoritySession, KeysMayLieOnAnotherHost) {
  World world;
  FakeServer keys(world.ca, "keys.example");
  keys.put_document("/keys", key_set_text("elsewhere"));
  world.servers["keys.example"] = &keys;
  world.authority.put_document(kDiscovery, R"({"jwks_uri":"https://keys.example/keys"})");
  EXPECT_EQ(world.fetch().value(), std::vector<std::string>{"elsewhere"});
}

TEST(AuthoritySession, AddressesAreCheckedAgainstTheCertificate) {
  World world;
  FakeServer local(world.ca, "127.0.0.1");
  local.put_document(kDiscovery, R"({"jwks_uri":"https://127.0.0.1:8443/keys"})");
  local.put_document("/keys", key_set_text("k1"));
  world.servers["127.0.0.1"] = &local;
  EXPECT_EQ(world.fetch("https://127.0.0.1:8443").value(), kK1);
  EXPECT_EQ(local.server_name(), "") << "RFC 6066 §3: an address is no server name";
  world.servers["127.0.0.2"] = &local;
  EXPECT_NE(world.failure("https://127.0.0.2:8443"), "");
}

TEST(AuthoritySession, ChunkedAnswersAreRead) {
  World world;
  world.authority.put(kDiscovery,
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"jwks_uri\":\"http\r\n"
                      "1c\r\ns://authority.example/keys\"}\r\n0\r\n\r\n");
  EXPECT_EQ(world.fetch().value(), kK1);
}

// What a taken-over front end can try: to be the authority.
TEST(AuthoritySession, AnotherCaIsNotBelieved) {
  World world;
  TestCa other;
  FakeServer forged(other, "authority.example");
  forged.put_document(kDiscovery, R"({"jwks_uri":"https://authority.example/keys"})");
  forged.put_document("/keys", key_set_text("forged"));
  world.servers["authority.example"] = &forged;
  EXPECT_TRUE(world.failure().contains("not trusted"));
  EXPECT_TRUE(forged.requests().empty()) << "nothing is said to whoever is not trusted";
}

TEST(AuthoritySession, AnotherHostsCertificateIsNotBelieved) {
  World world;
  FakeServer other(world.ca, "other.example");
  other.put_document(kDiscovery, R"({"jwks_uri":"https://authority.example/keys"})");
  world.servers["authority.example"] = &other;
  EXPECT_TRUE(world.failure().contains("not trusted"));
  EXPECT_TRUE(other.requests().empty());
}

TEST(AuthoritySession, TheKeysHostIsCheckedToo) {
  World world;
  TestCa other;
  FakeServer forged(other, "keys.example");
  forged.put_document("/keys", key_set_text("forged"));
  world.servers["keys.example"] = &forged;
  world.authority.put_document(kDiscovery, R"({"jwks_uri":"https://keys.example/keys"})");
  EXPECT_TRUE(world.failure().contains("not trusted"));
}

TEST(AuthoritySession, ExpiredCertificateIsNotBelieved) {
  World world;
  EXPECT_TRUE(world.failure(kIssuer, kFarOff + std::chrono::hours(1)).contains("not trusted"));
  EXPECT_TRUE(world.failure(kIssuer, kLongAgo - std::chrono::hours(1)).contains("not trusted"));
  FakeServer expired(world.ca, "authority.example", kNow - std::chrono::hours(1));
  world.servers["authority.example"] = &expired;
  EXPECT_TRUE(world.failure().contains("not trusted"));
}

TEST(AuthoritySession, KeysByPlainHttpAreRefused) {
  World world;
  for (const char* url : {"http://authority.example/keys", "", "/keys", "https://a@authority.example/keys"}) {
    world.authority.put_document(kDiscovery, std::string(R"({"jwks_uri":")") + url + "\"}");
    EXPECT_TRUE(world.failure().contains("by https")) << url;
  }
  world.authority.put_document(kDiscovery, R"({"jwks_uri":7})");
  EXPECT_FALSE(world.fetch());
}

TEST(AuthoritySession, DiscoveryOfAnotherIssuerIsRefused) {
  World world;
  world.authority.put_document(kDiscovery,
                               R"({"issuer":"https://other.example","jwks_uri":"https://authority.example/keys"})");
  EXPECT_TRUE(world.failure().contains("another one"));
}

TEST(AuthoritySession, RedirectsAreNotFollowed) {
  World world;
  world.authority.put(kDiscovery, "HTTP/1.1 302 Found\r\nLocation: https://keys.example/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(world.failure().contains("302"));
  EXPECT_EQ(world.connected.size(), 1u);
}

TEST(AuthoritySession, WhatIsNoKeySetIsRefused) {
  for (const char* document : {"", "[]", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AAAA","kid":"k1"}]})",
                               R"({"keys":[]} trailing)"}) {
    World world;
    world.authority.put_document("/keys", document);
    EXPECT_TRUE(world.failure().contains("no usable key")) << document;
  }
}

TEST(AuthoritySession, TooLongDocumentsAreRefused) {
  World world;
  world.authority.put_document("/keys", std::string(kDocumentBytesMax + 1, ' '));
  EXPECT_TRUE(world.failure().contains("too long"));
  world.authority.put("/keys", "HTTP/1.1 200 OK\r\n\r\n" + std::string(kAnswerBytesMax, ' '));
  EXPECT_TRUE(world.failure().contains("too long"));
}

TEST(AuthoritySession, TooManyBytesEndIt) {
  World world;
  auto session = AuthoritySession::start(kIssuer, world.trust, kNow).value();
  session.first_step();
  EXPECT_FALSE(session.step(Bytes(kSessionReceivedBytesMax + 1), false, kNow));
}

// A document without a length ends with TLS itself; whoever carries the bytes can cut them off, but not that.
TEST(AuthoritySession, CutOffAnswersAreRefused) {
  World world;
  world.authority.put("/keys", "HTTP/1.1 200 OK\r\n\r\n" + key_set_text("k1"));
  EXPECT_EQ(world.fetch().value(), kK1);
  world.authority.put("/keys", "HTTP/1.1 200 OK\r\n\r\n" + key_set_text("k1"), false);
  EXPECT_TRUE(world.failure().contains("too early"));
  world.authority.put("/keys", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + key_set_text("k1"));
  EXPECT_TRUE(world.failure().contains("cut off"));
  world.cut = true;
  world.piece = 50;
  EXPECT_NE(world.failure(), "");
}

TEST(AuthoritySession, AnAlteredByteEndsIt) {
  World world;
  auto session = AuthoritySession::start(kIssuer, world.trust, kNow).value();
  FetchStep step = session.first_step();
  world.authority.accept();
  step = session.step(world.authority.exchange(step.send), false, kNow).value();
  Bytes sent = world.authority.exchange(step.send);
  sent[sent.size() / 2] ^= 1;
  EXPECT_FALSE(session.step(sent, false, kNow));
}

TEST(AuthoritySession, GarbageInsteadOfTlsEndsIt) {
  World world;
  for (const char* garbage :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "\x16\x03\x01\xff\xff", "\x15\x03\x03\x00\x02\x02\x28"}) {
    auto session = AuthoritySession::start(kIssuer, world.trust, kNow).value();
    session.first_step();
    EXPECT_FALSE(session.step(bytes_of(garbage), true, kNow));
  }
}

TEST(AuthoritySession, IssuerMustBeHttps) {
  World world;
  EXPECT_FALSE(AuthoritySession::start("http://authority.example", world.trust, kNow));
  EXPECT_FALSE(AuthoritySession::start("", world.trust, kNow));
}

TEST(TlsTrust, NeedsCaCertificates) {
  EXPECT_FALSE(make_tls_trust(""));
  EXPECT_FALSE(make_tls_trust("not PEM"));
  EXPECT_FALSE(make_tls_trust("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  TestCa ca;
  EXPECT_FALSE(make_tls_trust(ca.certificate.pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  EXPECT_TRUE(make_tls_trust(ca.certificate.pem() + ca.certificate.pem()));
}

}  // namespace
}  // namespace hsm::partition
