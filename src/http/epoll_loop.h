#pragma once
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/fd.h"
#include "http/acceptor.h"
#include "http/connection.h"
#include "http/deadlines.h"
#include "http/event_sink.h"
#include "http/server.h"
#include "http/tls.h"

namespace hsm::http {

// What the loops of one server have in common.
struct ServerState {
  Limits limits;
  std::unique_ptr<TlsSettings> tls;  // none without a TLS listener
  std::atomic<std::size_t> connections = 0;
};

// EpollLoop is one thread of the server. turn() is the order that http::Application documents.
class EpollLoop final : public Loop, private EventSink {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static Result<std::unique_ptr<EpollLoop>> create(unsigned index, ServerState& state);
  ~EpollLoop() override;

  void post(std::move_only_function<void()> work) override;
  unsigned index() const override { return index_; }

  // Before run().
  void add_listener(Fd listener, std::size_t index, bool tls);
  void set_application(std::unique_ptr<Application> application);
  // run is the thread's whole life; it returns after stop().
  void run();
  // stop closes what is idle at once and the rest after its answer, or when `grace` is over. From any thread.
  void stop(std::chrono::milliseconds grace);

  // For Acceptor and Connection, on the loop's thread.
  void watch(int fd, std::uint32_t events, EventSink& sink);
  void change_watch(int fd, std::uint32_t events, EventSink& sink);
  void admit(Fd client, Connection::Peer peer, bool tls);
  bool close_longest_idle();  // false: none is idle
  void forget(Connection& connection);
  void deliver(Connection& connection);
  void queue_answer(std::shared_ptr<Connection> connection) { answers_.push_back(std::move(connection)); }
  void queue_resume(Connection& connection) { resumes_.push_back(share(connection)); }
  void queue_handshake(Connection& connection) { handshakes_.push_back(share(connection)); }
  std::unique_ptr<RequestReader> lend_reader();
  void return_reader(std::unique_ptr<RequestReader> reader);
  std::shared_ptr<Connection> share(const Connection& connection) const { return connections_[connection.slot]; }
  Deadlines& deadlines() { return deadlines_; }
  Time now() const { return now_; }  // of this turn
  bool draining() const { return draining_; }
  std::string& scratch();  // empty; for one answer at a time

 private:
  // WatchedFd is a descriptor of the application's.
  struct WatchedFd final : EventSink {
    explicit WatchedFd(Application::Watch w) : watch(std::move(w)) {}
    void on_ready(std::uint32_t) override { watch.on_readable(); }
    Application::Watch watch;
  };

  EpollLoop(unsigned index, ServerState& state, Fd epoll, Fd wake);
  void on_ready(std::uint32_t events) override;  // there is posted work
  void turn();
  int timeout_ms() const;
  void resume_connections();
  void expire();
  void send_answers();
  void advance_handshakes();
  void drain(Time until);
  bool finished() const { return draining_ && (connections_.empty() || now_ >= drain_until_); }
  void close_all();

  static constexpr std::size_t kEventsPerTurn = 256;

  const unsigned index_;
  ServerState& state_;
  Fd epoll_;
  Fd wake_;  // an eventfd
  std::unique_ptr<Application> application_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<WatchedFd>> watched_;
  std::array<epoll_event, kEventsPerTurn> events_{};
  Time now_;
  Deadlines deadlines_;
  std::vector<std::unique_ptr<RequestReader>> readers_;  // spare ones; the last used is the warmest
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> closed_;  // in this turn: events for them may follow
  std::vector<std::shared_ptr<Connection>> answers_;
  std::vector<std::shared_ptr<Connection>> resumes_;
  std::vector<std::shared_ptr<Connection>> resuming_;
  std::deque<std::shared_ptr<Connection>> handshakes_;
  std::string scratch_;
  bool draining_ = false;
  Time drain_until_ = Time::max();

  std::mutex posted_mutex_;
  std::vector<std::move_only_function<void()>> posted_;  // guarded by posted_mutex_
  std::vector<std::move_only_function<void()>> running_;
};

}  // namespace hsm::http
