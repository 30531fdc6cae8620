#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "partition/channel/channel_memory.h"

namespace hsm::partition {

// How the supervisor starts strongroom-partition: which descriptors it inherits, and its command line. Once it is in
// its sandbox, a partition says so by one datagram on the control socket, a ReplyHeader of id 0 with an engine info
// (engine_info_codec.h); one that can't start sends an error with its message instead, and ends.
inline constexpr int kControlFd = 3;    // SOCK_SEQPACKET; its end of file ends the partition
inline constexpr int kMemoryFd = 4;     // the sealed memfd of channel_memory.h
inline constexpr int kFirstBellFd = 5;  // one eventfd a link
inline constexpr std::size_t kControlBytesMax = 4096;

// AttestationAuthority is one whose tokens may release keys (docs/configuration.md, [[release.authority]]).
struct AttestationAuthority {
  std::string issuer;
  std::string keys_file;  // its key set; empty: the keys are not pinned
  std::string ca_file;    // PEM; whom to trust when fetching the keys, empty: the system's
  friend bool operator==(const AttestationAuthority&, const AttestationAuthority&) = default;
};

struct LaunchOptions {
  ChannelShape shape;
  std::string seal_key_file;
  bool allow_unlocked_memory = false;
  std::vector<AttestationAuthority> authorities{};
  std::string fips_module;  // OpenSSL's FIPS provider; empty: none
  bool fips = false;        // FIPS mode
};
std::vector<std::string> to_arguments(const LaunchOptions& options);
// kBadParameter: not the arguments that to_arguments makes.
Result<LaunchOptions> parse_arguments(const std::vector<std::string_view>& arguments);

}  // namespace hsm::partition
