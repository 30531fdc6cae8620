// Serves one fixed answer of 430 bytes over HTTPS: what is left is the cost of http/ itself. The certificate is made on
// the spot. Repeat the figure of src/http/README.md with:
//
//   taskset -c 0 build/release/bin/http_noop 8443 1 &
//   taskset -c 1 wrk -t1 -c64 -d5 -s bench/http_noop.lua https://127.0.0.1:8443/
//   sum of the first fields of /proc/PID/task/*/schedstat (ns of CPU), before and after, by the requests wrk reports;
//   and `openssl speed -seconds 1 rsa2048` in the same minute, since machines and minutes differ.
#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "http/server.h"
#include "tests/http/self_signed.h"

namespace {

constexpr std::size_t kAnswerBytes = 430;

class Noop final : public hsm::http::Application {
 public:
  void on_request(hsm::http::Exchange exchange) override {
    exchange.answer({.status = 200,
                     .head = "Cache-Control: no-cache\r\nContent-Type: application/json; charset=utf-8\r\n"
                             "X-Content-Type-Options: nosniff\r\n",
                     .body = body_});
  }

 private:
  const std::string body_ = R"({"value":")" + std::string(kAnswerBytes - 12, 'a') + R"("})";
};

template <class T>
T number(int argc, char** argv, int index, T otherwise) {
  if (index >= argc) return otherwise;
  T value = otherwise;
  std::from_chars(argv[index], argv[index] + std::strlen(argv[index]), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hsm::http;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const hsm::http::testing::TempFolder folder;
  ServerConfig config;
  config.listeners = {{.address = "127.0.0.1", .port = number<std::uint16_t>(argc, argv, 1, 8443)}};
  config.tls = hsm::http::testing::write_self_signed(folder.path(), "localhost");
  config.loops = number(argc, argv, 2, 1u);
  auto server = Server::start(std::move(config), [](Loop&) { return std::make_unique<Noop>(); });
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().message);
    return EXIT_FAILURE;
  }
  fmt::print("listening on port {}\n", (*server)->port(0));
  int signal = 0;
  sigwait(&ends, &signal);
  return EXIT_SUCCESS;
}
