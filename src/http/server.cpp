#include "http/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "base/log.h"
#include "http/epoll_loop.h"
#include "http/listener.h"
#include "http/tls.h"

namespace hsm::http {
namespace {

constexpr std::size_t kOtherFilesMax = 512;  // what the process needs besides clients: stores, logs, partitions
constexpr std::size_t kConnectionsMin = 64;

// connections_possible raises the soft limit of open files (usually 1,024) as far as it may and returns how many of the
// `wanted` connections fit under it. Beyond that the longest idle client makes room for a new one; without this bound
// the stores and logs would be the first to find no descriptor.
std::size_t connections_possible(std::size_t wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const rlim_t needed = wanted + kOtherFilesMax;
  if (files.rlim_cur < needed) {
    files.rlim_cur = std::min(needed, files.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur >= needed) return wanted;
  const std::size_t possible = std::max(kConnectionsMin, files.rlim_cur - std::min(files.rlim_cur, kOtherFilesMax));
  log::info("{} connections at most, for {} files may be open (ulimit -Hn, LimitNOFILE=)", possible, files.rlim_cur);
  return std::min(wanted, possible);
}

class EpollServer final : public Server {
 public:
  ~EpollServer() override { stop(std::chrono::milliseconds::zero()); }

  Status open(const ServerConfig& config);
  void run(const ApplicationFactory& factory);

  void stop(std::chrono::milliseconds grace) override;
  std::uint16_t port(std::size_t listener) const override { return ports_.at(listener); }
  Status reload_certificate(const TlsConfig& tls) override;
  std::size_t connections() const override { return state_.connections; }

 private:
  Status listen(const ListenerConfig& listener, std::size_t index);

  ServerState state_;
  std::vector<std::unique_ptr<EpollLoop>> loops_;
  std::vector<std::thread> threads_;
  std::vector<std::uint16_t> ports_;
};

Status EpollServer::open(const ServerConfig& config) {
  state_.limits = config.limits;
  state_.limits.connections_max = connections_possible(config.limits.connections_max);
  if (std::ranges::any_of(config.listeners, &ListenerConfig::tls)) {
    HSM_TRY(SslContext context, load_tls(config.tls));
    state_.tls = std::make_unique<TlsSettings>(std::move(context));
  }
  const unsigned loops = config.loops != 0 ? config.loops : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < loops; ++i) {
    HSM_TRY(auto loop, EpollLoop::create(i, state_));
    loops_.push_back(std::move(loop));
  }
  for (const ListenerConfig& listener : config.listeners) HSM_CHECK(check_unused(listener));
  for (std::size_t i = 0; i < config.listeners.size(); ++i) HSM_CHECK(listen(config.listeners[i], i));
  return {};
}

Status EpollServer::listen(const ListenerConfig& listener, std::size_t index) {
  ListenerConfig same_port = listener;  // if the kernel picks the port, it does so once
  for (const auto& loop : loops_) {
    HSM_TRY(Fd fd, open_listener(same_port));
    same_port.port = bound_port(fd);
    loop->add_listener(std::move(fd), index, listener.tls);
  }
  ports_.push_back(same_port.port);
  return {};
}

void EpollServer::run(const ApplicationFactory& factory) {
  for (const auto& loop : loops_) loop->set_application(factory(*loop));
  for (const auto& loop : loops_) threads_.emplace_back(&EpollLoop::run, loop.get());
}

void EpollServer::stop(std::chrono::milliseconds grace) {
  for (const auto& loop : loops_) loop->stop(grace);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Status EpollServer::reload_certificate(const TlsConfig& tls) {
  if (!state_.tls) return {};  // no listener needs it
  HSM_TRY(SslContext context, load_tls(tls));
  state_.tls->replace(std::move(context));
  return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerConfig config, ApplicationFactory factory) {
  auto server = std::make_unique<EpollServer>();
  HSM_CHECK(server->open(config));
  server->run(factory);
  return server;
}

}  // namespace hsm::http
