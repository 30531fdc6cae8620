#pragma once
#include <openssl/ssl.h>

#include <map>
#include <string>
#include <vector>

#include "base/base64url.h"
#include "base/random.h"
#include "core/ports/dialer.h"
#include "crypto/certificate_issuing.h"
#include "crypto/key_pair.h"
#include "partition/authority/https_url.h"

namespace hsm::partition {

inline const TimePoint kNow = from_unix_seconds(1'700'000'000);
inline const TimePoint kLongAgo = kNow - std::chrono::hours(48);
inline const TimePoint kFarOff = kNow + std::chrono::hours(48);

// TestCa issues server certificates, and was made at `now`.
struct TestCa {
  explicit TestCa(TimePoint now = kNow)
      : valid_from(now - std::chrono::hours(48)),
        certificate(*crypto::make_self_signed({.kind = crypto::CertificateKind::kAuthority,
                                               .common_name = "test CA",
                                               .not_before = valid_from,
                                               .not_after = now + std::chrono::hours(48)},
                                              key.get(), random)) {}
  crypto::Certificate issue(const std::string& host, EVP_PKEY* server_key, TimePoint not_after) {
    crypto::CertificateSpec spec{.common_name = "server", .not_before = valid_from, .not_after = not_after};
    const bool is_address = host.find_first_not_of("0123456789.:") == std::string::npos;
    (is_address ? spec.ip_addresses : spec.dns_names).push_back(host);
    return *crypto::issue_certificate(spec, server_key, certificate, key.get(), random);
  }

  SystemRandom random;
  TimePoint valid_from;
  crypto::PkeyPtr key = *crypto::generate_ec(core::Curve::kP256);
  crypto::Certificate certificate;
};

// FakeServer answers one TLS connection after the other in memory, with whatever text it was given for a path.
class FakeServer {
 public:
  FakeServer(TestCa& ca, const std::string& host, TimePoint not_after = kFarOff, int tls_version_max = TLS1_3_VERSION)
      : key_(*crypto::generate_ec(core::Curve::kP256)), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_.get(), ca.issue(host, key_.get(), not_after).get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    SSL_CTX_set_max_proto_version(context_.get(), tls_version_max);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_security_level(context_.get(), 0);
  }

  // `answer` is the whole answer, head and all. `close_notify`: TLS ends in order behind it.
  void put(const std::string& path, std::string answer, bool close_notify = true) {
    answers_[path] = {std::move(answer), close_notify};
  }
  void put_document(const std::string& path, const std::string& text) {
    put(path, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
  }

  void accept() {
    ssl_.reset(SSL_new(context_.get()));
    BIO* const in = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl_.get(), in, BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
    request_.clear();
  }
  // exchange takes what the client sent and returns what the server sends.
  Bytes exchange(ByteView sent) {
    if (!sent.empty()) BIO_write(SSL_get_rbio(ssl_.get()), sent.data(), static_cast<int>(sent.size()));
    char buffer[4096];
    int count = 0;
    while ((count = SSL_read(ssl_.get(), buffer, sizeof buffer)) > 0)
      request_.append(buffer, static_cast<std::size_t>(count));
    if (request_.ends_with("\r\n\r\n")) answer();
    Bytes out(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())));
    if (!out.empty()) BIO_read(SSL_get_wbio(ssl_.get()), out.data(), static_cast<int>(out.size()));
    crypto::openssl_error();
    return out;
  }
  const std::vector<std::string>& requests() const { return requests_; }
  std::string server_name() const { return server_name_; }

 private:
  struct Answer {
    std::string text;
    bool close_notify = true;
  };
  void answer() {
    requests_.push_back(std::exchange(request_, {}));
    const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    server_name_ = name == nullptr ? "" : name;
    const std::string path = requests_.back().substr(4, requests_.back().find(' ', 4) - 4);
    const Answer& answer = answers_[path];
    if (!answer.text.empty()) SSL_write(ssl_.get(), answer.text.data(), static_cast<int>(answer.text.size()));
    if (answer.close_notify) SSL_shutdown(ssl_.get());
  }

  crypto::PkeyPtr key_;
  crypto::Owned<SSL_CTX, SSL_CTX_free> context_;
  crypto::Owned<SSL, SSL_free> ssl_;
  std::map<std::string, Answer> answers_;
  std::string request_;
  std::vector<std::string> requests_;
  std::string server_name_;
};

// FakeWorld is all hosts that can be reached, as a dialer reaches them.
class FakeWorld final : public core::Dialer {
 public:
  void add(const std::string& host, FakeServer& server) { servers_[host] = &server; }
  std::vector<Endpoint> dialled;

  Result<std::unique_ptr<core::Connection>> connect(const std::string& host, std::uint16_t port, Deadline) override {
    dialled.push_back({host, port});
    const auto found = servers_.find(host);
    if (found == servers_.end()) return fail(Errc::kUnavailable, "nobody answers");
    found->second->accept();
    return std::make_unique<Call>(*found->second);
  }

 private:
  struct Call final : core::Connection {
    explicit Call(FakeServer& called) : server(called) {}
    Status send(ByteView bytes) override {
      const Bytes answer = server.exchange(bytes);
      waiting.insert(waiting.end(), answer.begin(), answer.end());
      return {};
    }
    Result<Bytes> receive(std::size_t bytes_max) override {
      const std::size_t size = std::min(bytes_max, waiting.size());
      Bytes out(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
      return out;
    }
    FakeServer& server;
    Bytes waiting;
  };
  std::map<std::string, FakeServer*> servers_;
};

// key_set_text is a JWKS of one key that stands in x5c alone, as MAA publishes its keys.
inline std::string key_set_text(const std::string& kid) {
  SystemRandom random;
  static const crypto::PkeyPtr key = *crypto::generate_rsa(2048);
  const auto certificate = *crypto::make_self_signed(
      {.kind = crypto::CertificateKind::kSignature, .common_name = "a", .not_before = kLongAgo, .not_after = kFarOff},
      key.get(), random);
  return R"({"keys":[{"kty":"RSA","kid":")" + kid + R"(","x5c":[")" + to_base64(certificate.der()) + R"("]}]})";
}

}  // namespace hsm::partition
