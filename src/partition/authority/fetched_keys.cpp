#include "partition/authority/fetched_keys.h"

#include <algorithm>
#include <utility>

#include "release/issuer.h"

namespace hsm::partition {
namespace {

// A clock that was set back makes everything look old, not young.
bool within(TimePoint now, TimePoint since, std::chrono::seconds limit) {
  return now >= since && now - since < limit;
}

}  // namespace

void FetchedKeys::add(std::string issuer, TlsTrust trust) {
  authorities_.push_back({.issuer = std::move(issuer), .trust = std::move(trust)});
}

std::size_t FetchedKeys::find(std::string_view issuer) const {
  const auto found = std::ranges::find_if(
      authorities_, [issuer](const Authority& authority) { return release::same_issuer(authority.issuer, issuer); });
  return static_cast<std::size_t>(found - authorities_.begin());
}

Result<std::shared_ptr<const jose::JwkSet>> FetchedKeys::keys_of(std::string_view issuer, std::string_view kid) {
  const std::lock_guard lock(mutex_);
  const std::size_t index = find(issuer);
  if (index == authorities_.size()) return others_->keys_of(issuer, kid);
  const Authority& authority = authorities_[index];
  const TimePoint now = clock_.now();
  const bool fresh = authority.keys && within(now, authority.fetched, kAuthorityKeysLife);
  const bool failed = within(now, authority.failed, fresh ? kUnknownKeyPause : kFailedFetchPause);
  const bool renewed = within(now, authority.renewed, kUnknownKeyPause);
  if (fresh && (failed || renewed || !authority.keys->find(kid).empty())) return authority.keys;
  if (failed) return fail(Errc::kForbidden, "The attestation authority's keys are not to be had: " + authority.failure);
  return fail(Errc::kAuthorityKeysMissing, authority.issuer);
}

Result<FetchedKeys::Step> FetchedKeys::begin(std::string_view issuer) {
  const std::lock_guard lock(mutex_);
  const std::size_t index = find(issuer);
  if (index == authorities_.size()) return fail(Errc::kForbidden, "not an attestation authority of this HSM");
  const Authority& authority = authorities_[index];
  HSM_TRY(AuthoritySession fetch, AuthoritySession::start(authority.issuer, authority.trust, clock_.now()));
  if (sessions_.size() == kFetchSessionsMax) sessions_.pop_front();
  sessions_.push_back({.number = ++last_session_, .authority = index, .fetch = std::move(fetch)});
  return Step{.session = last_session_, .what = sessions_.back().fetch.first_step()};
}

Result<FetchedKeys::Step> FetchedKeys::carry(std::uint64_t session, ByteView received, bool ended) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(sessions_, session, &Session::number);
  if (found == sessions_.end()) return fail(Errc::kNotFound, "the fetch has ended");
  Authority& authority = authorities_[found->authority];
  const TimePoint now = clock_.now();
  auto step = found->fetch.step(received, ended, now);
  if (!step) {
    authority.failed = now;
    authority.failure = step.error().message;
  } else if (step->kind == FetchStep::Kind::kDone) {
    if (authority.keys && within(now, authority.fetched, kAuthorityKeysLife)) authority.renewed = now;
    authority.keys = std::make_shared<const jose::JwkSet>(found->fetch.take_keys());
    authority.fetched = now;
  }
  if (!step || step->kind == FetchStep::Kind::kDone) sessions_.erase(found);
  if (!step) return std::unexpected(std::move(step).error());
  return Step{.session = session, .what = *std::move(step)};
}

}  // namespace hsm::partition
