#include "http/epoll_loop.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

#include "base/assert.h"
#include "base/log.h"

namespace hsm::http {
namespace {

constexpr std::size_t kSpareReadersMax = 256;
constexpr std::size_t kSpareReaderBytesMax = 32 * 1024;  // larger ones are not kept
constexpr std::size_t kScratchBytesKept = 256 * 1024;

// A full handshake costs about 1 ms, its second half 0.1 ms (reference/measurements.md §2). At least one step is taken
// a turn; when this time is over the rest wait, so that those who are connected do not.
constexpr std::chrono::microseconds kHandshakeTimePerTurn{200};

// The application's bugs are not the server's end: its connection closes, since the exchange is dropped on the way.
template <class Call>
void guarded(const char* what, Call call) {
  try {
    call();
  } catch (const std::exception& e) {
    log::error("{} failed: {}", what, e.what());
  }
}

}  // namespace

Result<std::unique_ptr<EpollLoop>> EpollLoop::create(unsigned index, ServerState& state) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  Fd wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!epoll.valid() || !wake.valid())
    return fail(Errc::kUnavailable, std::string("no event loop: ") + std::strerror(errno));
  return std::unique_ptr<EpollLoop>(new EpollLoop(index, state, std::move(epoll), std::move(wake)));
}

EpollLoop::EpollLoop(unsigned index, ServerState& state, Fd epoll, Fd wake)
    : index_(index),
      state_(state),
      epoll_(std::move(epoll)),
      wake_(std::move(wake)),
      now_(std::chrono::steady_clock::now()),
      deadlines_(state.limits) {
  watch(wake_.get(), EPOLLIN, *this);
}

EpollLoop::~EpollLoop() {
  close_all();
}

void EpollLoop::add_listener(Fd listener, std::size_t index, bool tls) {
  acceptors_.push_back(std::make_unique<Acceptor>(*this, std::move(listener), index, tls));
}

void EpollLoop::set_application(std::unique_ptr<Application> application) {
  application_ = std::move(application);
}

void EpollLoop::run() {
  ::pthread_setname_np(::pthread_self(), fmt::format("http-{}", index_).c_str());
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (auto& wanted : application_->watches()) {
    watched_.push_back(std::make_unique<WatchedFd>(std::move(wanted)));
    watch(watched_.back()->watch.fd, EPOLLIN, *watched_.back());
  }
  while (!finished()) turn();
  close_all();
  application_.reset();
}

void EpollLoop::turn() {
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout_ms());
  now_ = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    static_cast<EventSink*>(event.data.ptr)->on_ready(event.events);
  }
  resume_connections();
  expire();
  guarded("the end of a turn", [this] { application_->on_turn_end(); });
  send_answers();
  advance_handshakes();
  closed_.clear();
}

int EpollLoop::timeout_ms() const {
  if (!resumes_.empty() || !handshakes_.empty()) return 0;
  const Time next = std::min(deadlines_.next().value_or(Time::max()), drain_until_);
  if (next == Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void EpollLoop::resume_connections() {
  resuming_.swap(resumes_);
  for (const auto& connection : resuming_) connection->resume();
  resuming_.clear();
}

void EpollLoop::expire() {
  Wait wait = Wait::kNone;
  while (Connection* const connection = deadlines_.expired(now_, wait)) connection->on_deadline(wait);
}

void EpollLoop::send_answers() {
  for (const auto& connection : answers_) connection->send_answer();
  answers_.clear();
}

void EpollLoop::advance_handshakes() {
  while (!handshakes_.empty()) {
    const auto connection = std::move(handshakes_.front());
    handshakes_.pop_front();
    connection->advance_handshake();
    if (std::chrono::steady_clock::now() - now_ > kHandshakeTimePerTurn) return;
  }
}

void EpollLoop::post(std::move_only_function<void()> work) {
  bool sleeping = false;
  {
    const std::lock_guard lock(posted_mutex_);
    sleeping = posted_.empty();
    posted_.push_back(std::move(work));
  }
  const std::uint64_t one = 1;
  if (sleeping) HSM_ASSERT(::write(wake_.get(), &one, sizeof one) == sizeof one);
}

void EpollLoop::on_ready(std::uint32_t) {
  std::uint64_t times = 0;
  [[maybe_unused]] const ssize_t size = ::read(wake_.get(), &times, sizeof times);
  {
    const std::lock_guard lock(posted_mutex_);
    running_.swap(posted_);
  }
  for (auto& work : running_) guarded("posted work", [&work] { work(); });
  running_.clear();
}

void EpollLoop::stop(std::chrono::milliseconds grace) {
  const Time until = std::chrono::steady_clock::now() + grace;
  post([this, until] { drain(until); });
}

void EpollLoop::drain(Time until) {
  draining_ = true;
  drain_until_ = std::min(drain_until_, until);
  for (const auto& acceptor : acceptors_) acceptor->close();
  // From the back: closing one puts the last in its place.
  for (std::size_t i = connections_.size(); i-- > 0;) share(*connections_[i])->drain();
}

void EpollLoop::watch(int fd, std::uint32_t events, EventSink& sink) {
  epoll_event event{.events = events, .data = {.ptr = &sink}};
  HSM_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
}

void EpollLoop::change_watch(int fd, std::uint32_t events, EventSink& sink) {
  epoll_event event{.events = events, .data = {.ptr = &sink}};
  HSM_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void EpollLoop::admit(Fd client, Connection::Peer peer, bool tls) {
  if (state_.connections >= state_.limits.connections_max && !close_longest_idle()) return;  // refused: it is closed
  Ssl ssl = tls ? state_.tls->new_session() : nullptr;
  if (tls && !ssl) return log::error("no TLS session: {}", take_tls_error());
  auto connection = std::make_shared<Connection>(*this, Stream(std::move(client), std::move(ssl)), std::move(peer));
  connection->slot = connections_.size();
  connections_.push_back(std::move(connection));
  ++state_.connections;
}

bool EpollLoop::close_longest_idle() {
  Connection* connection = deadlines_.longest(Wait::kIdle);
  if (!connection) connection = deadlines_.longest(Wait::kWarm);
  if (connection) connection->on_deadline(Wait::kIdle);
  return connection != nullptr;
}

void EpollLoop::forget(Connection& connection) {
  const std::size_t slot = connection.slot;
  closed_.push_back(std::move(connections_[slot]));
  if (slot + 1 < connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
  --state_.connections;
}

void EpollLoop::deliver(Connection& connection) {
  guarded("a request", [this, &connection] { application_->on_request(Exchange(share(connection))); });
}

void EpollLoop::close_all() {
  while (!connections_.empty()) share(*connections_.back())->close();
  answers_.clear();
  resumes_.clear();
  handshakes_.clear();
  closed_.clear();
}

std::unique_ptr<RequestReader> EpollLoop::lend_reader() {
  if (readers_.empty()) return std::make_unique<RequestReader>(state_.limits);
  auto reader = std::move(readers_.back());
  readers_.pop_back();
  return reader;
}

void EpollLoop::return_reader(std::unique_ptr<RequestReader> reader) {
  if (readers_.size() >= kSpareReadersMax || reader->capacity() > kSpareReaderBytesMax) return;
  reader->clear();
  readers_.push_back(std::move(reader));
}

std::string& EpollLoop::scratch() {
  if (scratch_.capacity() > kScratchBytesKept) scratch_ = {};
  return scratch_;
}

}  // namespace hsm::http
