#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "base/secret_bytes.h"
#include "core/ports/dialer.h"
#include "partition/channel/message.h"

namespace hsm::partition {

inline constexpr std::chrono::seconds kAuthorityFetchLimit{10};  // for all connections together

// AskPartition sends one message to the partition that lacks the keys, and waits for its reply.
using AskPartition = std::function<Result<SecretBytes>(MessageType type, ByteView body)>;

// carry_authority_keys lets a partition fetch an attestation authority's keys: it connects where the partition says,
// and carries what it and the authority say to each other, which it can't read. Whether that went well is for the
// partition to know; what went wrong on the way is logged.
void carry_authority_keys(const std::string& issuer, const AskPartition& ask, core::Dialer& dialer);

}  // namespace hsm::partition
