#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/http/test_server.h"

namespace hsm::http::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Result<std::unique_ptr<Server>> start(std::vector<ListenerConfig> listeners, TlsConfig tls = {}) {
  ServerConfig config;
  config.listeners = std::move(listeners);
  config.tls = std::move(tls);
  config.loops = 2;
  return Server::start(std::move(config), [](Loop& loop) { return std::make_unique<FunctionApplication>(loop, echo); });
}

TEST(Listen, SaysThatAPortIsTaken) {
  const TestServer server;
  const std::uint16_t port = server.server->port(1);
  const auto second = start({{.address = "127.0.0.1", .port = port, .tls = false}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kUnavailable);
  EXPECT_TRUE(second.error().message.contains(std::to_string(port) + ": another program")) << second.error().message;
}

TEST(Listen, SaysThatAnAddressIsWrong) {
  const auto name = start({{.address = "localhost", .port = 0, .tls = false}});
  ASSERT_FALSE(name);
  EXPECT_TRUE(name.error().message.contains("'localhost' is not an IP address")) << name.error().message;
  const auto foreign = start({{.address = "192.0.2.1", .port = 0, .tls = false}});  // RFC 5737: nobody's
  ASSERT_FALSE(foreign);
  EXPECT_TRUE(foreign.error().message.contains("no such address")) << foreign.error().message;
}

TEST(Listen, SaysThatACertificateIsMissing) {
  const auto server = start({{.address = "127.0.0.1", .port = 0}}, {"/nowhere.crt", "/nowhere.key"});
  ASSERT_FALSE(server);
  EXPECT_TRUE(server.error().message.contains("/nowhere.crt")) << server.error().message;
}

TEST(Listen, TakesBothFamiliesOnOneSocket) {
  const auto server = start({{.address = "::", .port = 0, .tls = false}});
  if (!server) GTEST_SKIP() << server.error().message;  // a machine without IPv6
  Client client((*server)->port(0), {.tls = false});    // by IPv4
  ASSERT_TRUE(client.send(get("/")));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Stop, ClosesIdleConnectionsAtOnce) {
  const TestServer server;
  Client idle = server.client();
  Client plain = server.plain_client();
  ASSERT_TRUE(plain.send(get("/")));
  ASSERT_EQ(plain.receive().status, 200);
  server.server->stop(seconds(60));  // the test's time limit would show if it waited
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(plain.ended());
  EXPECT_EQ(server.server->connections(), 0u);
  EXPECT_FALSE(server.client().connected());
}

TEST(Stop, AnswersWhatIsInFlight) {
  std::optional<Exchange> kept;
  std::promise<Loop*> arrived;
  const TestServer server([&kept, &arrived](Loop& loop, Exchange exchange) {
    kept.emplace(std::move(exchange));
    arrived.set_value(&loop);
  });
  Client client = server.client();
  ASSERT_TRUE(client.send(get("/")));
  Loop* const loop = arrived.get_future().get();
  auto stopped = std::async(std::launch::async, [&server] { server.server->stop(seconds(60)); });
  // Once it refuses new clients it is stopping, and the one in flight is still there.
  ASSERT_TRUE(eventually([&server] { return !server.plain_client().connected(); }));
  ASSERT_TRUE(eventually([&server] { return server.server->connections() == 1; }));  // the clients that asked are gone
  loop->post([&kept] { kept->answer({.status = 200}); });
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.head.contains("Connection: close\r\n"));
  EXPECT_TRUE(client.ended());
  client.half_close();
  stopped.wait();
}

TEST(Stop, WaitsNoLongerThanTheGrace) {
  std::vector<Exchange> kept;
  std::promise<void> arrived;
  TestServer server([&kept, &arrived](Loop&, Exchange exchange) {
    kept.push_back(std::move(exchange));
    arrived.set_value();
  });
  Client client = server.client();
  ASSERT_TRUE(client.send(get("/")));
  arrived.get_future().wait();
  server.server->stop(milliseconds(20));
  EXPECT_TRUE(client.ended());
  kept[0].answer({.status = 200});  // too late, and harmless even when the server is gone
  server.server.reset();
  kept.clear();
}

TEST(Stop, MayBeCalledTwice) {
  const TestServer server;
  server.server->stop(milliseconds(0));
  server.server->stop(milliseconds(0));
}

TEST(Stop, EndsTheApplicationOnItsThread) {
  struct Ending final : Application {
    explicit Ending(std::thread::id* e) : ended(e) {}
    ~Ending() override { *ended = std::this_thread::get_id(); }
    void on_request(Exchange) override { served = std::this_thread::get_id(); }
    std::thread::id* ended;
    std::thread::id served;
  };
  std::thread::id ended;
  {
    const TestServer server([&ended](Loop&) { return std::make_unique<Ending>(&ended); }, {});
  }
  EXPECT_NE(ended, std::thread::id{});
  EXPECT_NE(ended, std::this_thread::get_id());
}

}  // namespace
}  // namespace hsm::http::testing
