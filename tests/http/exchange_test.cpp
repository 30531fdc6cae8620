// The application's side: when it is called, and when its answers leave.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>

#include "base/fd.h"
#include "tests/http/test_server.h"

namespace hsm::http::testing {
namespace {

// Keeper keeps exchanges until the test says otherwise.
struct Keeper {
  std::mutex mutex;
  std::vector<Exchange> kept;
  Loop* loop = nullptr;

  FunctionApplication::Handler handler() {
    return [this](Loop& l, Exchange exchange) {
      const std::lock_guard lock(mutex);
      loop = &l;
      kept.push_back(std::move(exchange));
    };
  }
  bool has(std::size_t n) {
    const std::lock_guard lock(mutex);
    return kept.size() == n;
  }
  // on_loop runs `work` on the loop's thread and waits for it.
  void on_loop(std::function<void(std::vector<Exchange>&)> work) {
    std::promise<void> done;
    loop->post([this, &work, &done] {
      work(kept);
      done.set_value();
    });
    done.get_future().wait();
  }
};

TEST(Exchange, CanBeAnsweredLaterThroughPost) {
  Keeper keeper;
  const TestServer server(keeper.handler());
  Client client = server.client();
  ASSERT_TRUE(client.send(post("/a", "body")));
  ASSERT_TRUE(eventually([&keeper] { return keeper.has(1); }));
  keeper.on_loop([](std::vector<Exchange>& kept) {
    EXPECT_EQ(text_of(kept[0].request().body), "body") << "the request stays until it is answered";
    kept[0].answer({.status = 202});
    kept.clear();
  });
  EXPECT_EQ(client.receive().status, 202);
}

TEST(Exchange, WaitsAloneOnItsConnection) {
  Keeper keeper;
  const TestServer server(keeper.handler());
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    ASSERT_TRUE(client.send(get("/1")));
    ASSERT_TRUE(eventually([&keeper] { return keeper.has(1); }));
    ASSERT_TRUE(client.send(get("/2")));  // while the first is out
    keeper.on_loop([](std::vector<Exchange>& kept) {
      ASSERT_EQ(kept.size(), 1u);
      EXPECT_EQ(kept[0].request().path, "/1");
      kept[0].answer({.status = 200});
      kept.clear();
    });
    EXPECT_EQ(client.receive().status, 200);
    ASSERT_TRUE(eventually([&keeper] { return keeper.has(1); }));
    keeper.on_loop([](std::vector<Exchange>& kept) {
      EXPECT_EQ(kept[0].request().path, "/2");
      kept[0].answer({.status = 201});
      kept.clear();
    });
    EXPECT_EQ(client.receive().status, 201);
  }
}

TEST(Exchange, ClosesTheConnectionWhenDropped) {
  const TestServer server([](Loop&, Exchange) {});
  Client client = server.client();
  ASSERT_TRUE(client.send(get("/")));
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(eventually([&server] { return server.server->connections() == 0; }));
}

TEST(Exchange, MayBeAnsweredAfterTheClientVanished) {
  Keeper keeper;
  const TestServer server(keeper.handler());
  for (const bool tls : {true, false}) {
    Client client = server.client({.tls = tls});
    ASSERT_TRUE(client.send(post("/a", "body")));
    ASSERT_TRUE(eventually([&keeper] { return keeper.has(1); }));
    client.vanish();
    ASSERT_TRUE(eventually([&server] { return server.server->connections() == 0; })) << "seen while in flight";
    keeper.on_loop([](std::vector<Exchange>& kept) {
      EXPECT_EQ(text_of(kept[0].request().body), "body");
      kept[0].answer({.status = 200});
      kept.clear();
    });
  }
  Client next = server.client();
  EXPECT_TRUE(next.connected());
}

TEST(Exchange, MayOutliveItsClientsFinUnanswered) {
  Keeper keeper;
  const TestServer server(keeper.handler());
  {
    Client client = server.client();
    ASSERT_TRUE(client.send(get("/")));
    ASSERT_TRUE(eventually([&keeper] { return keeper.has(1); }));
  }
  keeper.on_loop([](std::vector<Exchange>& kept) { kept.clear(); });
  EXPECT_TRUE(eventually([&server] { return server.server->connections() == 0; }));
}

TEST(Exchange, AnExceptionOfTheApplicationClosesOnlyItsConnection) {
  const TestServer server([](Loop& loop, Exchange exchange) {
    if (exchange.request().path == "/bug") throw std::logic_error("a bug");
    echo(loop, std::move(exchange));
  });
  Client good = server.client();
  Client bad = server.client();
  ASSERT_TRUE(bad.send(get("/bug")));
  EXPECT_TRUE(bad.ended());
  ASSERT_TRUE(good.send(get("/")));
  EXPECT_EQ(good.receive().status, 200);
}

// Gathers the requests of a turn and answers them at its end, as an application does that hands a turn's work over at
// once. With nothing else to wake the loop, an answer that did not leave in the same turn would never leave.
struct Gatherer final : Application {
  explicit Gatherer(std::string* l) : log(l) {}
  void on_request(Exchange exchange) override {
    *log += 'r';
    gathered.push_back(std::move(exchange));
  }
  void on_turn_end() override {
    if (gathered.empty()) return;
    *log += 'e';
    for (Exchange& exchange : gathered) exchange.answer({.status = 200});
    gathered.clear();
  }
  std::string* log;
  std::vector<Exchange> gathered;
};

TEST(Turn, AnswersGivenAtItsEndLeaveInIt) {
  std::string log;
  {
    const TestServer server([&log](Loop&) { return std::make_unique<Gatherer>(&log); }, {});
    Client client = server.client();
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(client.send(get("/")));
      ASSERT_EQ(client.receive().status, 200);
    }
  }
  EXPECT_EQ(log, "rerere");
}

TEST(Turn, TakesAllReadyRequestsBeforeItsEnd) {
  std::string log;
  {
    Loop* loop = nullptr;
    const TestServer server(
        [&log, &loop](Loop& l) {
          loop = &l;
          return std::make_unique<Gatherer>(&log);
        },
        {});
    Client a = server.plain_client();
    Client b = server.plain_client();
    ASSERT_TRUE(eventually([&server] { return server.server->connections() == 2; }));
    // The loop is held while both requests arrive, so that one turn finds them.
    std::promise<void> held;
    std::promise<void> sent;
    loop->post([&held, future = sent.get_future()] {
      held.set_value();
      future.wait();
    });
    held.get_future().wait();
    ASSERT_TRUE(a.send(get("/")) && b.send(get("/")));
    sent.set_value();
    EXPECT_EQ(a.receive().status, 200);
    EXPECT_EQ(b.receive().status, 200);
  }
  EXPECT_EQ(log, "rre");
}

TEST(Loop, RunsPostedWorkInOrderOnItsThread) {
  Loop* loop = nullptr;
  const TestServer server(
      [&loop](Loop& l) {
        loop = &l;
        return std::make_unique<FunctionApplication>(l, echo);
      },
      {});
  std::vector<int> order;
  std::thread::id thread;
  std::promise<void> done;
  for (int i = 0; i < 1000; ++i) loop->post([&order, i] { order.push_back(i); });
  loop->post([&thread, &done] {
    thread = std::this_thread::get_id();
    done.set_value();
  });
  done.get_future().wait();
  EXPECT_NE(thread, std::this_thread::get_id());
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

struct Watcher final : Application {
  explicit Watcher(int f) : fd(f) {}
  void on_request(Exchange exchange) override { waiting.push_back(std::move(exchange)); }
  std::vector<Watch> watches() override {
    return {{.fd = fd, .on_readable = [this] {
               std::uint64_t count = 0;
               ASSERT_EQ(::read(fd, &count, sizeof count), static_cast<ssize_t>(sizeof count));
               for (Exchange& exchange : waiting) exchange.answer({.status = 200, .body = std::to_string(count)});
               waiting.clear();
             }}};
  }
  int fd;
  std::vector<Exchange> waiting;
};

TEST(Loop, TellsTheApplicationOfItsOwnDescriptors) {
  const Fd event(::eventfd(0, EFD_NONBLOCK));
  const TestServer server([&event](Loop&) { return std::make_unique<Watcher>(event.get()); }, {});
  Client client = server.client();
  ASSERT_TRUE(client.send(get("/")));
  const std::uint64_t seven = 7;
  // Not before the request has come: the answer is for those who wait.
  std::atomic<bool> answered = false;
  std::thread poker([&event, &answered, seven] {
    while (!answered) {
      ASSERT_EQ(::write(event.get(), &seven, sizeof seven), static_cast<ssize_t>(sizeof seven));
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(client.receive().status, 200);
  answered = true;
  poker.join();
}

}  // namespace
}  // namespace hsm::http::testing
