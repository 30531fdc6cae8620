#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "partition/authority/authority_session.h"
#include "release/authority_keys.h"

namespace hsm::partition {

inline constexpr std::size_t kFetchSessionsMax = 4;              // at once; one more ends the oldest
inline constexpr std::chrono::seconds kAuthorityKeysLife{3600};  // not used any longer without a new fetch
// A token may name a key that was published since; a flood of such tokens causes one more fetch in this time.
inline constexpr std::chrono::seconds kUnknownKeyPause{60};
inline constexpr std::chrono::seconds kFailedFetchPause{5};

// FetchedKeys are the keys of the authorities that are not pinned, fetched when they are needed. A partition can't
// connect to anyone, so it says what it lacks (Errc::kAuthorityKeysMissing), and the front end carries the bytes of a
// session. Thread-safe.
class FetchedKeys final : public release::AuthorityKeys {
 public:
  // `others` answers for all authorities that are not added here.
  FetchedKeys(const Clock& clock, std::unique_ptr<release::AuthorityKeys> others)
      : clock_(clock), others_(std::move(others)) {}

  void add(std::string issuer, TlsTrust trust);

  // keys_of also fails with kAuthorityKeysMissing: fetch the keys of the issuer that the message names, and ask again.
  // kForbidden: they were asked for a moment ago, in vain; the message says why (unconfirmed).
  Result<std::shared_ptr<const jose::JwkSet>> keys_of(std::string_view issuer, std::string_view kid) override;

  struct Step {
    std::uint64_t session = 0;
    FetchStep what;
  };
  // begin starts a session. kForbidden: not an authority that was added.
  Result<Step> begin(std::string_view issuer);
  // carry goes on with one. kNotFound: there is none of that number, any more. kUnavailable: the fetch has failed.
  Result<Step> carry(std::uint64_t session, ByteView received, bool ended);

 private:
  struct Authority {
    std::string issuer;
    TlsTrust trust;
    std::shared_ptr<const jose::JwkSet> keys;
    TimePoint fetched{};
    TimePoint renewed{};  // fetched although they were young
    TimePoint failed{};
    std::string failure;
  };
  struct Session {
    std::uint64_t number;
    std::size_t authority;
    AuthoritySession fetch;
  };
  // Index into authorities_, or its size.
  std::size_t find(std::string_view issuer) const;

  const Clock& clock_;
  const std::unique_ptr<release::AuthorityKeys> others_;
  std::mutex mutex_;
  std::vector<Authority> authorities_;
  std::deque<Session> sessions_;  // oldest first
  std::uint64_t last_session_ = 0;
};

}  // namespace hsm::partition
