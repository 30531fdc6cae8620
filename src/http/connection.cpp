#include "http/connection.h"

#include <sys/epoll.h>

#include "base/log.h"
#include "base/secret_bytes.h"
#include "http/epoll_loop.h"
#include "http/response_writer.h"

namespace hsm::http {
namespace {

// How many reads one connection gets in a turn, so that a large upload does not hold up the others.
constexpr int kReadsPerTurn = 4;

constexpr std::size_t kStatusAndLengthBytes = 256;  // what the server adds to an answer is shorter

void wipe_text(std::string& text) {
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

Connection::Connection(EpollLoop& loop, Stream stream, Peer peer)
    : loop_(loop),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      phase_(stream_.tls() ? Phase::kHandshake : Phase::kReceiving),
      deadline_(loop.deadlines().add(*this)) {
  wait_for(stream_.tls() ? Wait::kHandshake : Wait::kWarm);
  // One-shot during the handshake: the loop decides when the next step is taken, and must not be told again until then.
  interest_ = stream_.tls() ? EPOLLIN | EPOLLONESHOT : EPOLLIN;
  loop_.watch(stream_.fd(), interest_, *this);
}

Connection::~Connection() {
  wipe_text(response_.body);
}

void Connection::on_ready(std::uint32_t events) {
  const bool broken = (events & (EPOLLHUP | EPOLLERR)) != 0;
  switch (phase_) {
    case Phase::kHandshake:
      return loop_.queue_handshake(*this);
    case Phase::kReceiving:
      return receive();
    case Phase::kInFlight:
    case Phase::kAnswered:
      // Pipelined bytes or a FIN wait (the client may have closed its side alone); a broken connection does not.
      return broken ? close() : set_interest(0);
    case Phase::kSending:
      return broken ? close() : send_pending();
    case Phase::kLingering:
      if (!stream_.discard()) close();
      return;
    case Phase::kClosed:
      return;
  }
}

void Connection::resume() {
  if (phase_ != Phase::kReceiving) return;
  if (reader_) take(reader_->received(0));
  if (phase_ == Phase::kReceiving && stream_.pending()) receive();
}

void Connection::receive() {
  set_interest(EPOLLIN);
  if (!reader_) reader_ = loop_.lend_reader();
  bool more = true;
  for (int reads = 0; more && reads < kReadsPerTurn && phase_ == Phase::kReceiving; ++reads) {
    const auto [bytes, outcome] = stream_.read(reader_->space());
    if (outcome == Stream::Outcome::kEnded) return close();
    if (outcome == Stream::Outcome::kWantWrite) set_interest(EPOLLOUT);  // TLS 1.3 answers a key update
    if (bytes > 0) take(reader_->received(bytes));
    more = outcome == Stream::Outcome::kDone && stream_.pending();
  }
  if (phase_ != Phase::kReceiving) return;
  if (more) loop_.queue_resume(*this);
  if (reader_->empty()) return return_reader();
  if (wait_ != Wait::kRequest) wait_for(Wait::kRequest);
}

void Connection::take(RequestReader::Progress progress) {
  switch (progress) {
    case RequestReader::Progress::kComplete:
      return deliver();
    case RequestReader::Progress::kRefused:
      return refuse(reader_->refusal());
    case RequestReader::Progress::kIncomplete:
      if (reader_->take_continue()) send_continue();
  }
}

void Connection::deliver() {
  Request& request = reader_->request();
  request.peer_address = peer_.address;
  request.peer_is_ipv6 = peer_.is_ipv6;
  request.tls_version = tls_version_;
  request.received = loop_.now();
  close_after_answer_ = !reader_->keep_alive();
  phase_ = Phase::kInFlight;
  wait_for(Wait::kNone);
  loop_.deliver(*this);
}

void Connection::send_continue() {
  // Twenty-five bytes that the socket won't take mean a client that reads nothing.
  if (stream_.write(kContinue).bytes != kContinue.size()) close();
}

void Connection::refuse(Refusal refusal) {
  phase_ = Phase::kInFlight;
  wait_for(Wait::kNone);
  answer(loop_.share(*this), refusal_response(refusal));
}

void Connection::answer(std::shared_ptr<Connection> connection, Response response) {
  Connection& self = *connection;
  if (self.phase_ != Phase::kInFlight) return wipe_text(response.body);  // the client has gone
  self.response_ = std::move(response);
  self.phase_ = Phase::kAnswered;
  self.loop_.queue_answer(std::move(connection));
}

void Connection::drop() {
  if (phase_ == Phase::kInFlight) close();
}

void Connection::send_answer() {
  if (phase_ != Phase::kAnswered) return;  // the connection broke in the same turn
  close_after_answer_ = close_after_answer_ || response_.close || loop_.draining();
  std::string& out = loop_.scratch();
  out.reserve(response_.head.size() + response_.body.size() + kStatusAndLengthBytes);  // growing would leave a copy
  append_response(out, response_, reader_->request().method, close_after_answer_);
  wipe_text(response_.body);
  response_ = {};
  phase_ = Phase::kSending;
  send(out);
  wipe_text(out);
  out.clear();
}

// send writes what the socket takes and keeps the rest.
void Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto [written, outcome] = stream_.write(bytes);
    if (outcome == Stream::Outcome::kEnded) return close();
    bytes.remove_prefix(written);
    if (outcome == Stream::Outcome::kDone) continue;
    unsent_ = bytes;
    unsent_from_ = 0;
    wait_for(Wait::kWrite);
    return set_interest(EPOLLOUT);
  }
  answered();
}

void Connection::send_pending() {
  while (unsent_from_ < unsent_.size()) {
    const auto [written, outcome] = stream_.write(std::string_view(unsent_).substr(unsent_from_));
    if (outcome == Stream::Outcome::kEnded) return close();
    unsent_from_ += written;
    if (outcome != Stream::Outcome::kDone) return;
  }
  wipe_text(unsent_);
  unsent_ = {};
  answered();
}

void Connection::answered() {
  close_after_answer_ ? linger() : next_request();
}

void Connection::next_request() {
  phase_ = Phase::kReceiving;
  set_interest(EPOLLIN);
  reader_->finish();
  const bool pipelined = !reader_->empty();
  if (!pipelined) return_reader();
  wait_for(pipelined ? Wait::kRequest : Wait::kWarm);
  if (pipelined || stream_.pending()) loop_.queue_resume(*this);
}

// linger ends our side and hears the client out for a while: closing a socket with unread bytes would reset it, and the
// client could lose the answer (RFC 9112 §9.6).
void Connection::linger() {
  return_reader();
  phase_ = Phase::kLingering;
  stream_.finish_writing();
  wait_for(Wait::kLinger);
  set_interest(EPOLLIN);
}

void Connection::advance_handshake() {
  if (phase_ != Phase::kHandshake) return;
  if (!first_bytes_seen_ && stream_.starts_like_http()) return refuse_plain_http();
  first_bytes_seen_ = true;
  const Stream::Outcome outcome = stream_.handshake();
  if (outcome == Stream::Outcome::kEnded) return close();
  if (outcome != Stream::Outcome::kDone)
    return set_interest((outcome == Stream::Outcome::kWantRead ? EPOLLIN : EPOLLOUT) | EPOLLONESHOT);
  tls_version_ = stream_.tls_version();
  phase_ = Phase::kReceiving;
  wait_for(Wait::kWarm);
  set_interest(EPOLLIN);
  if (stream_.pending()) loop_.queue_resume(*this);
}

void Connection::refuse_plain_http() {
  std::string answer;
  append_response(answer, refusal_response(Refusal::kPlainHttp), Method::kGet, true);
  stream_.write_in_clear(answer);
  linger();
}

void Connection::on_deadline(Wait wait) {
  wait_ = Wait::kNone;
  if (wait == Wait::kRequest) return refuse(Refusal::kTooSlow);
  if (wait == Wait::kWarm) {
    stream_.free_buffers();
    return wait_for(Wait::kIdle);
  }
  if (wait == Wait::kIdle) stream_.finish_writing();
  close();
}

void Connection::drain() {
  if (phase_ == Phase::kReceiving && !reader_) stream_.finish_writing();
  if (phase_ == Phase::kHandshake || (phase_ == Phase::kReceiving && !reader_)) close();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  const bool exchange_is_out = phase_ == Phase::kInFlight;
  phase_ = Phase::kClosed;
  if (!exchange_is_out) return_reader();
  wipe_text(unsent_);
  unsent_ = {};
  loop_.deadlines().remove(deadline_);
  stream_.close();
  loop_.forget(*this);
}

void Connection::return_reader() {
  if (reader_) loop_.return_reader(std::move(reader_));
}

void Connection::wait_for(Wait wait) {
  if (wait == Wait::kNone && wait_ == Wait::kNone) return;
  wait_ = wait;
  loop_.deadlines().arm(deadline_, wait, loop_.now());
}

void Connection::set_interest(std::uint32_t events) {
  if (events == interest_ && (events & EPOLLONESHOT) == 0) return;
  interest_ = events;
  loop_.change_watch(stream_.fd(), events, *this);
}

Exchange::Exchange(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
Exchange::Exchange(Exchange&&) noexcept = default;

Exchange& Exchange::operator=(Exchange&& other) noexcept {
  if (this == &other) return *this;
  if (connection_) connection_->drop();
  connection_ = std::move(other.connection_);
  return *this;
}

Exchange::~Exchange() {
  if (connection_) connection_->drop();
}

const Request& Exchange::request() const {
  return connection_->request();
}
std::size_t Exchange::listener() const {
  return connection_->listener();
}

void Exchange::answer(Response response) {
  Connection::answer(std::move(connection_), std::move(response));
}

}  // namespace hsm::http
