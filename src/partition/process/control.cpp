#include "partition/process/control.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "partition/channel/domain_codec.h"
#include "partition/channel/engine_info_codec.h"
#include "partition/channel/launch.h"
#include "partition/channel/secret_writer.h"
#include "partition/domain/sealed_domain.h"
#include "partition/process/end_process.h"

namespace hsm::partition {
namespace {

// request_in checks a datagram and returns its header.
RequestHeader request_in(ByteView datagram, Phase phase) {
  RequestHeader header;
  if (datagram.size() < sizeof header) end_process("malformed control message");
  std::memcpy(&header, datagram.data(), sizeof header);
  const MessageRow* row = find_row(header.type);
  if (header.body_bytes != datagram.size() - sizeof header || header.zero != decltype(header.zero){} ||
      row == nullptr) {
    end_process("malformed control message");
  }
  if (row->phase != phase) end_process("message of another phase");
  if (row->lane != Lane::kControl) end_process("message on another lane");
  return header;
}

}  // namespace

void Control::run() {
  std::array<std::uint8_t, kControlBytesMax> buffer;
  for (;;) {
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_TRUNC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    if (static_cast<std::size_t>(got) > buffer.size()) end_process("control message is too long");
    const ByteView datagram(buffer.data(), static_cast<std::size_t>(got));
    const RequestHeader header = request_in(datagram, domain_.phase());
    const ByteView body = datagram.subspan(sizeof header);
    answer(header.id, header.type == MessageType::kCreateDomain ? create_domain(body) : open_domain(body));
  }
}

void Control::say_ready(const core::EngineInfo& engine) {
  answer(0, SecretBytes::copy(encode(engine)));
}

void Control::say_failed(const Error& error) {
  say(error.message);
  answer(0, std::unexpected(error));
}

void Control::answer(std::uint64_t id, const Result<SecretBytes>& reply) {
  const ByteView body = reply ? ByteView(reply->reveal()) : bytes_of(reply.error().message);
  const ByteView cut = body.first(std::min(body.size(), reply ? body.size() : kErrorMessageBytesMax));
  const ReplyHeader header{
      .body_bytes = static_cast<std::uint32_t>(cut.size()),
      .error = reply ? std::uint8_t{0} : static_cast<std::uint8_t>(static_cast<unsigned>(reply.error().code) + 1),
      .id = id};
  SecretWriter datagram(sizeof header + cut.size());
  datagram.put_raw({reinterpret_cast<const std::uint8_t*>(&header), sizeof header});
  datagram.put_raw(cut);
  const SecretBytes bytes = datagram.take();
  ::send(socket_, bytes.reveal().data(), bytes.size(), MSG_NOSIGNAL);
}

Result<SecretBytes> Control::create_domain(ByteView body) {
  if (!body.empty()) end_process("malformed control message");
  MasterSecret master = MasterSecret::create(random_);
  NewDomain domain;
  HSM_TRY(domain.sealed, seal_domain(master, seal_key_, random_));
  domain.keys = {.id = master.domain_id(), .record_key = master.record_key()};
  domain_.open(std::move(master));
  seal_key_ = SecretBytes();
  return encode(domain);
}

Result<SecretBytes> Control::open_domain(ByteView body) {
  if (body.size() > kSealedDomainBytesMax) end_process("malformed control message");
  HSM_TRY(MasterSecret master, open_sealed_domain(body, seal_key_));
  const DomainKeys keys{.id = master.domain_id(), .record_key = master.record_key()};
  domain_.open(std::move(master));
  seal_key_ = SecretBytes();
  return encode(keys);
}

}  // namespace hsm::partition
