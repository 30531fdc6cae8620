#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "crypto/jose/jwt.h"
#include "identity/key_source.h"

namespace hsm::identity {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min() / 2;

// While there are no keys at all, nobody can be let in, so attempts are made more often.
constexpr std::chrono::seconds kFirstRetry{5};

std::int64_t seconds_of(TimePoint time) {
  return unix_seconds(time);
}

class DiscoveredKeys final : public KeySource {
 public:
  DiscoveredKeys(DiscoveryConfig config, std::shared_ptr<HttpsGet> https)
      : config_(std::move(config)), https_(std::move(https)) {}

  std::shared_ptr<const jose::JwkSet> keys() const override { return keys_.load(std::memory_order_acquire); }
  std::uint64_t generation() const override { return generation_.load(std::memory_order_acquire); }

  bool wants_fetch(std::string_view kid, TimePoint now) override {
    const auto known = keys();
    if (!known) return true;  // nothing can be decided without; fetch itself holds back attempts
    return (stale(now) || known->find(kid).empty()) && take_turn(now);
  }

  void fetch(std::string_view kid, TimePoint now) override {
    // Whoever finds a fetch going on doesn't wait for it: a slow issuer must not fill the slow lane with waiters.
    const std::unique_lock lock(fetching_, std::try_to_lock);
    if (!lock) return;
    const auto known = keys();
    if (known && !known->find(kid).empty() && !stale(now)) return;  // another caller was faster
    const auto pause = known ? config_.retry_after : std::min(config_.retry_after, kFirstRetry);
    if (seconds_of(now) - attempted_at_ < pause.count()) return;
    attempted_at_ = seconds_of(now);
    turn_at_.store(attempted_at_);
    auto fresh = download();
    if (!fresh) {
      log::warn("issuer keys: {}", fresh.error().message);
      return;
    }
    fetched_at_.store(attempted_at_);
    keys_.store(std::move(*fresh), std::memory_order_release);
    generation_.fetch_add(1, std::memory_order_acq_rel);
  }

 private:
  bool stale(TimePoint now) const { return seconds_of(now) - fetched_at_.load() >= config_.refresh_after.count(); }

  // take_turn lets one caller pass in each retry_after. The caller may be refused by a full slow lane and never come to
  // fetch, so this only spaces the callers; what limits the requests to the issuer is attempted_at_.
  bool take_turn(TimePoint now) {
    std::int64_t last = turn_at_.load();
    return seconds_of(now) - last >= config_.retry_after.count() &&
           turn_at_.compare_exchange_strong(last, seconds_of(now));
  }

  Result<std::shared_ptr<const jose::JwkSet>> download() {
    std::string jwks_url = config_.jwks_url;
    if (jwks_url.empty()) {
      HSM_TRY(jwks_url, discover());
    }
    HSM_TRY(const std::string jwks, https_->get(jwks_url));
    return key_set(jwks);
  }

  Result<std::string> discover() {
    HSM_TRY(const std::string text, https_->get(config_.discovery_url));
    const auto document = jose::Claims::parse(bytes_of(text));
    if (!document) return fail(Errc::kUnavailable, config_.discovery_url + ": not a JSON object");
    const std::string issuer(document->text("issuer"));
    if (std::ranges::find(config_.issuers, issuer) == config_.issuers.end()) {
      return fail(Errc::kUnavailable, config_.discovery_url + ": it is of another issuer, " + issuer);
    }
    std::string jwks_url(document->text("jwks_uri"));
    if (jwks_url.empty()) return fail(Errc::kUnavailable, config_.discovery_url + ": no jwks_uri");
    return jwks_url;
  }

  const DiscoveryConfig config_;
  const std::shared_ptr<HttpsGet> https_;
  std::atomic<std::shared_ptr<const jose::JwkSet>> keys_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::int64_t> fetched_at_{kNever};  // unix seconds, like the two below
  std::atomic<std::int64_t> turn_at_{kNever};
  std::mutex fetching_;
  std::int64_t attempted_at_ = kNever;  // under fetching_
};

}  // namespace

std::shared_ptr<KeySource> discovered_keys(DiscoveryConfig config, std::shared_ptr<HttpsGet> https) {
  return std::make_shared<DiscoveredKeys>(std::move(config), std::move(https));
}

}  // namespace hsm::identity
