#include "partition/authority/authority_session.h"

#include <utility>

#include "crypto/jose/strict_json.h"
#include "partition/authority/http_answer.h"
#include "release/issuer.h"

namespace hsm::partition {
namespace {

constexpr std::string_view kDiscoveryPath = "/.well-known/openid-configuration";  // OpenID Connect Discovery §4

std::unexpected<Error> no_keys(std::string why) {
  return fail(Errc::kUnavailable, "the attestation authority " + std::move(why));
}

std::string_view without_slashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

std::string get(const HttpsUrl& url) {
  return "GET " + url.target + " HTTP/1.1\r\nHost: " + url.authority +
         "\r\nAccept: application/json\r\nAccept-Encoding: identity\r\nUser-Agent: strongroom\r\nConnection: "
         "close\r\n\r\n";
}

}  // namespace

Result<AuthoritySession> AuthoritySession::start(std::string issuer, TlsTrust trust, TimePoint now) {
  AuthoritySession session(std::move(issuer), std::move(trust));
  HSM_CHECK(session.request(std::string(without_slashes(session.issuer_)).append(kDiscoveryPath), now));
  return session;
}

FetchStep AuthoritySession::first_step() {
  return {.kind = FetchStep::Kind::kConnect, .endpoint = endpoint_, .send = connection_->take_output()};
}

Result<FetchStep> AuthoritySession::step(ByteView received, bool ended, TimePoint now) {
  if (received.size() > kSessionReceivedBytesMax - received_bytes_) return no_keys("sends too much");
  received_bytes_ += received.size();
  HSM_CHECK(connection_->receive(received, kAnswerBytesMax));
  HSM_TRY(const auto document,
          read_answer(connection_->heard(), connection_->closed() ? AnswerEnd::kClosed : AnswerEnd::kOpen));
  if (document) return read_document(*document, now);
  if (ended) return no_keys("can't be reached, or has closed the connection too early");
  return FetchStep{.kind = FetchStep::Kind::kCarry, .endpoint = {}, .send = connection_->take_output()};
}

Status AuthoritySession::request(const std::string& url, TimePoint now) {
  HSM_TRY(const HttpsUrl parsed, parse_https_url(url));
  HSM_TRY(connection_, TlsClient::start(trust_, parsed.endpoint.host, get(parsed), now));
  endpoint_ = parsed.endpoint;
  return {};
}

Result<FetchStep> AuthoritySession::read_document(const std::string& document, TimePoint now) {
  if (!std::exchange(discovered_, true)) {
    HSM_TRY(const std::string keys_url, read_discovery(document));
    HSM_CHECK(request(keys_url, now));
    return first_step();
  }
  auto keys = jose::JwkSet::parse(document);
  if (!keys || keys->keys().empty()) return no_keys("publishes no usable key");
  keys_ = *std::move(keys);
  connection_.reset();
  return FetchStep{.kind = FetchStep::Kind::kDone, .endpoint = {}, .send = {}};
}

Result<std::string> AuthoritySession::read_discovery(const std::string& document) const {
  const auto discovery = jose::parse_object(document);
  if (!discovery) return no_keys("does not describe itself in JSON");
  HSM_TRY(const std::string_view issuer, jose::text_member(*discovery, "issuer"));
  // The SDK tests' authority states none (§3.8); one that is another's is refused (OpenID Connect Discovery §4.3).
  if (!issuer.empty() && !release::same_issuer(issuer, issuer_))
    return no_keys("is another one: " + std::string(issuer));
  HSM_TRY(const std::string_view keys_url, jose::text_member(*discovery, "jwks_uri"));
  if (!parse_https_url(keys_url)) return no_keys("does not say by https where its keys are");
  return std::string(keys_url);
}

}  // namespace hsm::partition
