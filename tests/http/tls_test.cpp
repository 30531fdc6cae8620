#include <gtest/gtest.h>

#include <fstream>

#include "tests/http/test_server.h"

namespace hsm::http::testing {
namespace {

using namespace std::string_view_literals;

TEST(Tls, SpeaksVersions12And13Only) {
  const TestServer server;
  EXPECT_EQ(server.client().tls_version(), "TLSv1.3");
  const Client old = server.client({.version_max = TLS1_2_VERSION});
  EXPECT_TRUE(old.connected());
  EXPECT_EQ(old.tls_version(), "TLSv1.2");
  EXPECT_FALSE(server.client({.version_max = TLS1_1_VERSION}).connected());
}

TEST(Tls, OffersHttp11AndNothingElse) {
  const TestServer server;
  EXPECT_EQ(server.client({.alpn = "\x02h2\x08http/1.1"}).alpn(), "http/1.1");
  EXPECT_EQ(server.client().alpn(), "");
  EXPECT_FALSE(server.client({.alpn = "\x02h2"}).connected());
}

TEST(Tls, ResumesASession) {
  const TestServer server;
  Client first = server.client();
  ASSERT_TRUE(first.send(get("/")));
  ASSERT_EQ(first.receive().status, 200);  // the ticket comes with the first answer
  SSL_SESSION* const session = first.session();
  EXPECT_TRUE(server.client({.resume = session}).resumed());
  SSL_SESSION_free(session);
}

TEST(Tls, SurvivesGarbage) {
  const TestServer server;
  for (const std::string_view garbage : {"\x00\x00\x00\x00\x00\x00\x00\x00"sv, "\x16\x03\x01\xff\xff\xff\xff\xff"sv,
                                         "\x16\x03\x01\x00\x05hello"sv, "\x80\x2e\x01\x00\x02"sv}) {
    Client client(server.server->port(0), {.tls = false});
    ASSERT_TRUE(client.send(garbage));
    client.half_close();
    EXPECT_TRUE(eventually([&server] { return server.server->connections() == 0; }));
  }
  EXPECT_TRUE(server.client().connected());
}

TEST(Tls, SurvivesGarbageAfterTheHandshake) {
  const TestServer server;
  Client client = server.client();
  ASSERT_TRUE(client.send(std::string(1000, '\0')));
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(client.ended());
}

TEST(Tls, TellsAPlainHttpClientWhatIsWrong) {
  const TestServer server;
  Client client(server.server->port(0), {.tls = false});
  ASSERT_TRUE(client.send(get("/")));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(answer.body.contains("HTTPS")) << answer.body;
  EXPECT_TRUE(client.ended());
}

TEST(Tls, ManyHandshakesAtOnceAllSucceed) {
  const TestServer server;
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&server, &answered] {
      for (int n = 0; n < 10; ++n) {
        Client client = server.client();
        if (client.send(get("/")) && client.receive().status == 200) ++answered;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 80);
}

TEST(Tls, NewConnectionsGetAReloadedCertificate) {
  const TempFolder folder;
  const TestServer server;
  Client before = server.client();
  EXPECT_EQ(before.server_name(), "first");
  ASSERT_TRUE(server.server->reload_certificate(write_self_signed(folder.path(), "second")));
  EXPECT_EQ(server.client().server_name(), "second");
  ASSERT_TRUE(before.send(get("/")));
  EXPECT_EQ(before.receive().status, 200);
}

TEST(Tls, ABadCertificateIsNotTaken) {
  const TempFolder folder;
  const TestServer server;
  const TlsConfig other = write_self_signed(folder.path(), "other");
  const TlsConfig mismatched{test_certificate().certificate_chain_file, other.private_key_file};
  const auto mismatch = server.server->reload_certificate(mismatched);
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().code, Errc::kUnavailable);
  const auto missing = server.server->reload_certificate({folder.path() / "none", folder.path() / "none"});
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().message.contains("none")) << missing.error().message;
  EXPECT_EQ(server.client().server_name(), "first");
}

}  // namespace
}  // namespace hsm::http::testing
