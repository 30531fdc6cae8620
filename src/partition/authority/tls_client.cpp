#include "partition/authority/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hsm::partition {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // RFC 8446 §5.1

std::unexpected<Error> no_tls(Errc code, std::string what) {
  return crypto::openssl_failed(code, std::move(what));
}

Result<std::size_t> add_anchors(X509_STORE* store, std::string_view pem) {
  const crypto::BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::size_t count = 0;
  for (; bio && count < kTrustAnchorsMax; ++count) {
    const crypto::X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) return no_tls(Errc::kBadParameter, "a CA can't be used");
  }
  const bool at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (count == 0 || count == kTrustAnchorsMax || !at_the_end) {
    return no_tls(Errc::kBadParameter, "not a PEM text of CA certificates");
  }
  crypto::openssl_error();
  return count;
}

bool set_protocol(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1;
}

// expect says whose certificate it must be, and when it must be valid.
bool expect(SSL* ssl, const std::string& host, TimePoint now) {
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(unix_seconds(now)));
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return true;
  crypto::openssl_error();
  return X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

}  // namespace

Result<TlsTrust> make_tls_trust(std::string_view ca_pem) {
  ERR_clear_error();
  TlsTrust trust(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!trust || !set_protocol(trust.get())) return no_tls(Errc::kUnavailable, "TLS can't be set up");
  HSM_CHECK(add_anchors(SSL_CTX_get_cert_store(trust.get()), ca_pem));
  return trust;
}

Result<TlsClient> TlsClient::start(const TlsTrust& trust, const std::string& host, std::string words, TimePoint now) {
  ERR_clear_error();
  SslPtr ssl(SSL_new(trust.get()));
  crypto::BioPtr in(BIO_new(BIO_s_mem()));
  crypto::BioPtr out(BIO_new(BIO_s_mem()));
  if (!ssl || !in || !out || !expect(ssl.get(), host, now)) return no_tls(Errc::kUnavailable, "TLS can't be set up");
  BIO_set_mem_eof_return(in.get(), -1);  // empty means "later", not "ended"
  SSL_set_bio(ssl.get(), in.release(), out.release());
  SSL_set_connect_state(ssl.get());
  TlsClient client(std::move(ssl), std::move(words));
  HSM_CHECK(client.advance(0));
  return client;
}

Status TlsClient::receive(ByteView bytes, std::size_t heard_bytes_max) {
  ERR_clear_error();
  const int size = static_cast<int>(bytes.size());
  if (size != 0 && BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), size) != size) return broken();
  return advance(heard_bytes_max);
}

Bytes TlsClient::take_output() {
  BIO* const out = SSL_get_wbio(ssl_.get());
  Bytes bytes(BIO_ctrl_pending(out));
  if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

Status TlsClient::advance(std::size_t heard_bytes_max) {
  if (!SSL_is_init_finished(ssl_.get())) {
    HSM_CHECK(handshake());
    if (!SSL_is_init_finished(ssl_.get())) return {};
  }
  if (!words_.empty()) {
    const std::string words = std::exchange(words_, {});
    const int size = static_cast<int>(words.size());
    if (SSL_write(ssl_.get(), words.data(), size) != size) return broken();  // memory takes it all
  }
  return read(heard_bytes_max);
}

Status TlsClient::handshake() {
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1 || SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return {};
  return broken();
}

Status TlsClient::read(std::size_t heard_bytes_max) {
  std::array<char, kRecordBytes> buffer;
  while (!closed_) {
    const int count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (count > 0) {
      const auto size = static_cast<std::size_t>(count);
      if (size > heard_bytes_max - std::min(heard_bytes_max, heard_.size())) {
        return fail(Errc::kUnavailable, "the attestation authority's answer is too long");
      }
      heard_.append(buffer.data(), size);
      continue;
    }
    const int reason = SSL_get_error(ssl_.get(), count);
    if (reason == SSL_ERROR_WANT_READ) return {};
    if (reason != SSL_ERROR_ZERO_RETURN) return broken();
    closed_ = true;
  }
  return {};
}

std::unexpected<Error> TlsClient::broken() const {
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (verdict == X509_V_OK) return no_tls(Errc::kUnavailable, "TLS with the attestation authority has failed");
  auto error = no_tls(Errc::kUnavailable, "the attestation authority's certificate is not trusted");
  error.error().message += std::string(": ") + X509_verify_cert_error_string(verdict);
  return error;
}

}  // namespace hsm::partition
