#include "http/tls.h"

#include <openssl/err.h>

#include <array>
#include <string_view>

namespace hsm::http {
namespace {

constexpr unsigned char kAlpnHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};  // RFC 7301 §3.1, §6

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned offered_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kAlpnHttp11, sizeof kAlpnHttp11, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2: no protocol in common
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Without this OpenSSL would ask for the passphrase on the terminal and the server would hang.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::unexpected<Error> unusable(const std::string& what, const std::string& file) {
  return fail(Errc::kUnavailable, "can't use " + what + " " + file + ": " + take_tls_error());
}

bool set_protocol(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);  // bodies carry their length: a cut shows by itself
  // No SSL_MODE_RELEASE_BUFFERS: it gives the buffers back after each request, and costs 1 us of 11 by that.
  // Connections that have become idle give theirs back (Limits::buffers_kept).
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);                           // one read(2) a record instead of two
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets hold the state
  SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 && SSL_CTX_set_num_tickets(context, 1) == 1;
}

}  // namespace

Result<SslContext> load_tls(const TlsConfig& config) {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context || !set_protocol(context.get()))
    return fail(Errc::kUnavailable, "TLS can't be set up", take_tls_error());
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(), config.certificate_chain_file.c_str()) != 1)
    return unusable("the certificate file", config.certificate_chain_file);
  if (SSL_CTX_use_PrivateKey_file(context.get(), config.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("the private key file", config.private_key_file);
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return unusable("the certificate with the private key file", config.private_key_file);
  return context;
}

std::string take_tls_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

}  // namespace hsm::http
