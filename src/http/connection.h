#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "http/deadlines.h"
#include "http/event_sink.h"
#include "http/request_reader.h"
#include "http/stream.h"

namespace hsm::http {

class EpollLoop;

// Connection is one client, from accept to close; all on its loop's thread. One exchange at a time: while one is with
// the application nothing is read, and what the client has sent meanwhile waits.
//
//   kHandshake → kReceiving → kInFlight → kAnswered → (kSending) → kReceiving …          keep-alive
//                     └───── a refusal ──────┘            └──────→ kLingering → kClosed  Connection: close
//
// Any phase may end in kClosed. An Exchange can outlive that: it keeps the object and the request's bytes, nothing
// else.
class Connection final : public EventSink {
 public:
  struct Peer {
    std::string address;
    bool is_ipv6 = false;
    std::size_t listener = 0;  // index into ServerConfig::listeners
  };

  Connection(EpollLoop& loop, Stream stream, Peer peer);
  ~Connection() override;

  void on_ready(std::uint32_t events) override;
  // resume goes on with bytes that have arrived already; no event would tell of them.
  void resume();
  // advance_handshake takes one step; the loop calls it, for a step can cost 1 ms.
  void advance_handshake();
  void on_deadline(Wait wait);
  // send_answer is the end of the turn in which the answer was queued.
  void send_answer();
  // drain closes what waits for nothing; the rest ends with its next answer.
  void drain();
  void close();

  // For Exchange:
  const Request& request() const { return reader_->request(); }
  std::size_t listener() const { return peer_.listener; }
  static void answer(std::shared_ptr<Connection> connection, Response response);
  void drop();  // the exchange was given up

  // For EpollLoop: its place in the list of connections.
  std::size_t slot = 0;

 private:
  enum class Phase : std::uint8_t { kHandshake, kReceiving, kInFlight, kAnswered, kSending, kLingering, kClosed };

  void receive();
  void take(RequestReader::Progress progress);
  void deliver();
  void send_continue();
  void refuse(Refusal refusal);
  void refuse_plain_http();
  void send(std::string_view bytes);
  void send_pending();
  void answered();
  void next_request();
  void linger();
  void return_reader();
  void wait_for(Wait wait);
  void set_interest(std::uint32_t events);

  EpollLoop& loop_;  // not used after kClosed: an Exchange may live longer than the loop
  Stream stream_;
  Peer peer_;
  std::string_view tls_version_;
  Phase phase_;
  Wait wait_ = Wait::kNone;
  bool first_bytes_seen_ = false;
  bool close_after_answer_ = false;
  std::uint32_t interest_ = 0;
  Deadlines::Handle deadline_;
  std::unique_ptr<RequestReader> reader_;  // lent by the loop from a request's first byte to its answer
  Response response_;
  std::string unsent_;  // what the socket did not take
  std::size_t unsent_from_ = 0;
};

}  // namespace hsm::http
