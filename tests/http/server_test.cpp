#include "http/server.h"

#include <gtest/gtest.h>

#include "tests/http/test_server.h"

namespace hsm::http::testing {
namespace {

TEST(Server, KeepsTheConnectionForMoreRequests) {
  const TestServer server;
  Client client = server.client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(post("/keys?a=b", "body")));
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "/keys?a=b body");
    EXPECT_EQ(answer.head.find("Connection:"), std::string::npos);
  }
  EXPECT_EQ(server.server->connections(), 1u);
}

TEST(Server, EndsTheConnectionWhenTheClientAsks) {
  const TestServer server;
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    ASSERT_TRUE(client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.head.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.ended());
  }
}

TEST(Server, EndsTheConnectionOfAnHttp10Client) {
  const TestServer server;
  Client client = server.plain_client();
  ASSERT_TRUE(client.send("GET /a HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.ended());
}

TEST(Server, EndsTheConnectionWhenTheApplicationAsks) {
  const TestServer server([](Loop&, Exchange exchange) { exchange.answer({.status = 403, .close = true}); });
  Client client = server.client();
  ASSERT_TRUE(client.send(get("/")));
  EXPECT_EQ(client.receive().status, 403);
  EXPECT_TRUE(client.ended());
}

TEST(Server, TakesChunkedBodies) {
  const TestServer server;
  Client client = server.client();
  ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
  ASSERT_TRUE(client.send("2\r\nde\r\n0\r\n\r\n"));
  EXPECT_EQ(client.receive().body, "/a? abcde");
}

TEST(Server, ReadsARequestCutAnywhere) {
  const TestServer server;
  Client client = server.client();  // each send is a TLS record of its own
  const std::string request = post("/cut?here", "some body");
  for (std::size_t at = 1; at < request.size(); ++at) {
    ASSERT_TRUE(client.send(std::string_view(request).substr(0, at)));
    ASSERT_TRUE(client.send(std::string_view(request).substr(at)));
    ASSERT_EQ(client.receive().body, "/cut?here some body") << "cut at " << at;
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  const TestServer server;
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += post("/" + std::to_string(i), std::string(1000, 'x'));  // several records
    ASSERT_TRUE(client.send(requests));
    for (int i = 0; i < 100; ++i)
      ASSERT_EQ(client.receive().body.substr(0, 6), ("/" + std::to_string(i) + "? xxxxxx").substr(0, 6));
  }
}

TEST(Server, TakesBodiesAndGivesAnswersOfMegabytes) {
  const TestServer server;
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    const std::string body(2'000'000, 'x');
    ASSERT_TRUE(client.send(post("/", body)));
    EXPECT_TRUE(client.receive().body == "/? " + body);
    ASSERT_TRUE(client.send(get("/next")));
    EXPECT_EQ(client.receive().body, "/next? ");
  }
}

TEST(Server, TellsAWaitingClientToContinue) {
  const TestServer server;
  Client client = server.client();
  ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(client.receive().status, 100);
  ASSERT_TRUE(client.send("abc"));
  EXPECT_EQ(client.receive().body, "/a? abc");
}

TEST(Server, RefusesATooLargeBodyBeforeItIsSent) {
  const TestServer server;
  Client client = server.client();
  ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\n"));
  EXPECT_EQ(client.receive().status, 413);
  EXPECT_TRUE(client.ended());
}

TEST(Server, AnswersHeadWithoutBody) {
  const TestServer server([](Loop&, Exchange exchange) { exchange.answer({.status = 200, .body = "four"}); });
  Client client = server.client();
  ASSERT_TRUE(client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + get("/")));
  const Answer head = client.receive(true);
  EXPECT_NE(head.head.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(client.receive().body, "four");
}

TEST(Server, SaysWhoAsksAndHow) {
  const TestServer server([](Loop&, Exchange exchange) {
    const Request& request = exchange.request();
    exchange.answer({.status = 200,
                     .body = std::string(request.peer_address) + (request.peer_is_ipv6 ? " v6 " : " v4 ") +
                             std::string(request.tls_version) + " " + std::to_string(exchange.listener())});
  });
  Client secure = server.client();
  ASSERT_TRUE(secure.send(get("/")));
  EXPECT_EQ(secure.receive().body, "127.0.0.1 v4 TLSv1.3 0");
  Client plain = server.plain_client();
  ASSERT_TRUE(plain.send(get("/")));
  EXPECT_EQ(plain.receive().body, "127.0.0.1 v4  1");
}

TEST(Server, ServesFromSeveralLoops) {
  ServerConfig config;
  config.listeners = {{.address = "127.0.0.1", .port = 0, .tls = false}};
  config.loops = 3;
  auto server = Server::start(std::move(config), [](Loop& loop) {
    return std::make_unique<FunctionApplication>(
        loop, [](Loop& l, Exchange exchange) { exchange.answer({.status = 200, .body = std::to_string(l.index())}); });
  });
  ASSERT_TRUE(server);
  std::vector<Client> clients;
  std::string seen;
  for (int i = 0; i < 64; ++i) {
    Client& client = clients.emplace_back((*server)->port(0), ClientOptions{.tls = false});
    ASSERT_TRUE(client.send(get("/")));
    seen += client.receive().body;
  }
  for (const char loop : {'0', '1', '2'}) EXPECT_NE(seen.find(loop), std::string::npos);
  EXPECT_EQ((*server)->connections(), 64u);
}

TEST(Server, AnswersAClientThatHasClosedItsSide) {
  const TestServer server;
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    ASSERT_TRUE(client.send(get("/a")));
    client.half_close();
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_TRUE(client.ended());
  }
  EXPECT_TRUE(eventually([&server] { return server.server->connections() == 0; }));
}

}  // namespace
}  // namespace hsm::http::testing
