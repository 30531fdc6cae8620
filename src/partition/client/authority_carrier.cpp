#include "partition/client/authority_carrier.h"

#include "base/log.h"
#include "partition/channel/authority_codec.h"

namespace hsm::partition {
namespace {

// Way is the connection that is open at the moment.
class Way {
 public:
  explicit Way(core::Dialer& dialer) : dialer_(dialer) {}

  // exchange does what a step says, and returns what was received; nothing if the other end has closed.
  Result<Bytes> exchange(const CarryStep& step) {
    if (step.next == CarryNext::kConnect) {
      connection_.reset();
      HSM_TRY(connection_, dialer_.connect(step.host, step.port, deadline_));
    }
    if (!connection_) return fail(Errc::kInternal, "there is no connection");
    if (!step.send.empty()) HSM_CHECK(connection_->send(step.send));
    return connection_->receive(kAuthorityReceivedBytesMax);
  }

 private:
  core::Dialer& dialer_;
  const core::Dialer::Deadline deadline_ = std::chrono::steady_clock::now() + kAuthorityFetchLimit;
  std::unique_ptr<core::Connection> connection_;
};

Result<CarryStep> ask_for_step(const AskPartition& ask, MessageType type, ByteView body) {
  HSM_TRY(const SecretBytes reply, ask(type, body));
  return decode_carry_step(reply.reveal());
}

}  // namespace

// The partition bounds the session, and ends it when the other end has closed: so this ends too.
void carry_authority_keys(const std::string& issuer, const AskPartition& ask, core::Dialer& dialer) {
  Way way(dialer);
  auto step = ask_for_step(ask, MessageType::kBeginAuthorityFetch, bytes_of(issuer));
  while (step && step->next != CarryNext::kDone) {
    const auto received = way.exchange(*step);
    if (!received) log::warn("attestation authority {}: {}", issuer, received.error().message);
    CarryBytes carried{.session = step->session, .ended = !received || received->empty()};
    if (received) carried.received = *received;
    step = ask_for_step(ask, MessageType::kCarryAuthorityBytes, encode(carried));
  }
  if (!step) log::warn("attestation authority {}: {}", issuer, step.error().message);
}

}  // namespace hsm::partition
