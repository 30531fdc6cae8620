// What bad, slow and many clients can't do.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

#include "tests/http/test_server.h"

namespace hsm::http::testing {
namespace {

using std::chrono::milliseconds;

bool has_error(const Answer& answer, std::string_view code) {
  return answer.head.contains("Connection: close\r\n") &&
         answer.body.starts_with("{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":\"");
}

TEST(Limits, EndlessHeadersAreRefused) {
  const TestServer server;
  Client client = server.client();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: h\r\nX: "));
  const std::string more(10'000, 'x');
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(client.send(more));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 431);
  EXPECT_TRUE(has_error(answer, "RequestHeaderFieldsTooLarge"));
  EXPECT_TRUE(client.ended());
}

TEST(Limits, TooManyHeadersAreRefused) {
  const TestServer server;
  Client client = server.client();
  std::string request = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) request += "X: y\r\n";
  ASSERT_TRUE(client.send(request + "\r\n"));
  EXPECT_EQ(client.receive().status, 431);
}

TEST(Limits, AHundredHeadersOfTokenLengthPass) {
  const TestServer server;
  Client client = server.client();
  std::string request = "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + std::string(50'000, 't') + "\r\n";
  for (int i = 0; i < 98; ++i) request += "X: y\r\n";
  ASSERT_TRUE(client.send(request + "\r\n"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Limits, TooLargeBodyIsRefusedAndTheAnswerArrives) {
  Limits limits;
  limits.body_bytes_max = 1000;
  const TestServer server(echo, limits);
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    client.send(post("/", std::string(400'000, 'x')));  // the server stops reading; the answer must come all the same
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 413);
    EXPECT_TRUE(has_error(answer, "PayloadTooLarge"));
  }
}

TEST(Limits, SlowHeadersGetTimeout) {
  Limits limits;
  limits.request_timeout = milliseconds(50);
  const TestServer server(echo, limits);
  Client client = server.client();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHo"));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(has_error(answer, "RequestTimeout"));
  EXPECT_TRUE(client.ended());
}

TEST(Limits, TricklingDoesNotExtendTheTime) {
  Limits limits;
  limits.request_timeout = milliseconds(100);
  const TestServer server(echo, limits);
  Client client = server.plain_client();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: h\r\n"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server.server->connections() > 0 && std::chrono::steady_clock::now() < until) {
    if (!client.send("A: b\r\n")) break;
    std::this_thread::yield();
  }
  const Answer answer = client.receive();  // 408, or 431 for the fast trickler
  EXPECT_TRUE(answer.status == 408 || answer.status == 431) << answer.status;
}

TEST(Limits, SlowBodyGetsTimeout) {
  Limits limits;
  limits.request_timeout = milliseconds(50);
  const TestServer server(echo, limits);
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"));
    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.ended());
  }
}

TEST(Limits, SlowReaderIsClosed) {
  Limits limits;
  limits.write_timeout = milliseconds(50);
  const TestServer server(
      [](Loop&, Exchange exchange) { exchange.answer({.status = 200, .body = std::string(50'000'000, 'x')}); }, limits);
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    ASSERT_TRUE(client.send(get("/")));
    EXPECT_TRUE(eventually([&server] { return server.server->connections() == 0; }));
  }
}

TEST(Limits, IdleConnectionIsClosedWithoutAnAnswer) {
  Limits limits;
  limits.idle_timeout = milliseconds(50);
  const TestServer server(echo, limits);
  for (const bool tls : {true, false}) {
    Client fresh = server.client({.tls = tls});
    EXPECT_TRUE(fresh.ended());
    Client used = server.client({.tls = tls});
    ASSERT_TRUE(used.send(get("/")));
    EXPECT_EQ(used.receive().status, 200);
    EXPECT_TRUE(used.ended());
  }
}

TEST(Limits, AConnectionWorksOnAfterGivingItsBuffersBack) {
  Limits limits;
  limits.buffers_kept = milliseconds(0);  // at the end of every turn
  const TestServer server(echo, limits);
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    for (const std::size_t size : {1, 100'000, 10}) {
      ASSERT_TRUE(client.send(post("/", std::string(size, 'x'))));
      EXPECT_EQ(client.receive().body.size(), size + 3);
    }
  }
}

TEST(Limits, TimeIsCountedForTheClientNotForTheApplication) {
  Limits limits;
  limits.idle_timeout = limits.request_timeout = milliseconds(300);
  std::optional<Exchange> kept;
  std::promise<Loop*> arrived;
  const TestServer server(
      [&kept, &arrived](Loop& loop, Exchange exchange) {
        kept.emplace(std::move(exchange));
        arrived.set_value(&loop);
      },
      limits);
  Client slow = server.plain_client();  // no handshake: its request is there long before the time is over
  ASSERT_TRUE(slow.send(get("/slow")));
  Loop* const loop = arrived.get_future().get();
  Client idle = server.plain_client();
  EXPECT_TRUE(idle.ended());  // both times have passed when this one is closed
  loop->post([&kept] { kept->answer({.status = 202}); });
  EXPECT_EQ(slow.receive().status, 202);
}

TEST(Limits, UnfinishedHandshakeIsClosed) {
  Limits limits;
  limits.handshake_timeout = milliseconds(50);
  const TestServer server(echo, limits);
  Client silent(server.server->port(0), {.tls = false});
  EXPECT_TRUE(silent.ended());
  Client half(server.server->port(0), {.tls = false});
  ASSERT_TRUE(half.send("\x16\x03\x01"));
  EXPECT_TRUE(half.ended());
}

TEST(Limits, TheLongestIdleConnectionMakesRoom) {
  Limits limits;
  limits.connections_max = 3;
  const TestServer server(echo, limits);
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(clients.emplace_back(server.client()).send(get("/")));
    ASSERT_EQ(clients.back().receive().status, 200);
  }
  ASSERT_TRUE(clients[0].send(get("/")));  // so the second is the longest idle
  ASSERT_EQ(clients[0].receive().status, 200);
  Client one_more = server.client();
  ASSERT_TRUE(one_more.send(get("/")));
  EXPECT_EQ(one_more.receive().status, 200);
  EXPECT_TRUE(clients[1].ended());
  EXPECT_EQ(server.server->connections(), 3u);
  ASSERT_TRUE(clients[0].send(get("/")));
  EXPECT_EQ(clients[0].receive().status, 200);
}

TEST(Limits, ANewConnectionIsRefusedWhenAllAreBusy) {
  Limits limits;
  limits.connections_max = 2;
  std::vector<Exchange> kept;
  std::atomic<int> arrived = 0;
  const TestServer server(
      [&kept, &arrived](Loop&, Exchange exchange) {
        kept.push_back(std::move(exchange));
        ++arrived;
      },
      limits);
  Client a = server.client();
  Client b = server.client();
  ASSERT_TRUE(a.send(get("/")) && b.send(get("/")));
  ASSERT_TRUE(eventually([&arrived] { return arrived == 2; }));
  EXPECT_FALSE(server.client().connected());
  EXPECT_EQ(server.server->connections(), 2u);
}

TEST(Limits, TwoThousandIdleConnectionsDoNotHinderOne) {
  const TestServer server;
  std::vector<Client> idle;
  for (int i = 0; i < 2'000; ++i) ASSERT_TRUE(idle.emplace_back(server.plain_client()).connected());
  ASSERT_TRUE(eventually([&server] { return server.server->connections() == 2'000; }));
  Client client = server.client();
  ASSERT_TRUE(client.send(get("/")));
  EXPECT_EQ(client.receive().status, 200);
}

}  // namespace
}  // namespace hsm::http::testing
