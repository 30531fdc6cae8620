#pragma once
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// The bodies of the messages by which a partition learns the keys of an attestation authority, in the encoding of
// key_codec.h. The front end carries bytes that it can neither read nor forge: TLS ends inside the partition
// (partition/authority).
//
//   begin authority fetch = the issuer itself, as kAuthorityKeysMissing named it
//   carry authority bytes = session (u64) | ended (u8: 0 or 1) | received (the rest)
//   reply of both         = session (u64) | what next (u8) | host (bytes) | port (u16) | send (bytes)
inline constexpr std::size_t kIssuerBytesMax = 2048;
inline constexpr std::size_t kAuthorityHostBytesMax = 253;
inline constexpr std::size_t kAuthorityReceivedBytesMax = 32 * 1024;  // of one message
inline constexpr std::size_t kAuthoritySentBytesMax = 16 * 1024;      // a client hello and a short request

enum class CarryNext : std::uint8_t {
  kConnect,  // close the connection, open one to host and port, send, bring what is received
  kCarry,    // send, bring what is received next
  kDone,     // close the connection; the keys are known
};

struct CarryBytes {
  std::uint64_t session = 0;
  bool ended = false;  // the peer has closed the connection, or could not be reached
  ByteView received;
};
Bytes encode(const CarryBytes& request);
Result<CarryBytes> decode_carry_bytes(ByteView body);  // `received` looks into the body

struct CarryStep {
  std::uint64_t session = 0;
  CarryNext next = CarryNext::kCarry;
  std::string host;  // kConnect: a name or an address
  std::uint16_t port = 0;
  Bytes send;
};
Bytes encode(const CarryStep& step);
Result<CarryStep> decode_carry_step(ByteView body);

}  // namespace hsm::partition
