#include "release/attestation_token.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "core/release.h"
#include "crypto/public_key.h"

namespace hsm::release {
namespace {

namespace json = boost::json;
using core::Algorithm;

constexpr auto kAlgorithms = std::to_array<Algorithm>({Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512,
                                                       Algorithm::kPs256, Algorithm::kPs384, Algorithm::kPs512,
                                                       Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512});
constexpr std::size_t kRuntimeKeysMax = 64;

bool is_text(const json::object& object, std::string_view name, std::string_view text) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() && std::string_view(value->get_string()) == text;
}

bool is_for_encryption(const json::object& jwk) {
  if (is_text(jwk, "use", "enc") || is_text(jwk, "key_use", "enc")) return true;
  const json::value* operations = jwk.if_contains("key_ops");
  const json::array* list = operations == nullptr ? nullptr : operations->if_array();
  return list != nullptr && std::ranges::any_of(*list, [](const json::value& operation) {
           return operation.is_string() && std::string_view(operation.get_string()) == "encrypt";
         });
}

const json::array* runtime_keys(const json::object& claims) {
  const json::value* runtime = claims.if_contains("x-ms-runtime");
  const json::object* object = runtime == nullptr ? nullptr : runtime->if_object();
  const json::value* keys = object == nullptr ? nullptr : object->if_contains("keys");
  return keys == nullptr ? nullptr : keys->if_array();
}

}  // namespace

std::unexpected<Error> not_verified(std::string_view why) {
  return fail(Errc::kForbidden,
              std::string("Target environment attestation statement cannot be verified. ").append(why));
}

Result<AttestationToken> AttestationToken::parse(std::string_view token) {
  const auto refuse = [](std::string why) {
    return fail(Errc::kBadParameter, "'target' is not an attestation token: " + std::move(why));
  };
  if (token.size() > core::kAttestationTokenBytesMax) return refuse("it is too long");
  auto jws = jose::parse_jws(token);
  if (!jws) return refuse(jws.error().message);
  auto claims = jose::Claims::parse(jws->payload);
  if (!claims) return refuse(claims.error().message);
  if (claims->text("iss").empty()) return refuse("it names no issuer");
  return AttestationToken(*std::move(jws), *std::move(claims));
}

Status AttestationToken::verify(const jose::JwkSet& keys, TimePoint now) const {
  if (const Status verified = jose::verify(jws_, keys, kAlgorithms); !verified) {
    return not_verified(verified.error().message);
  }
  if (const Status in_time = claims_.check_times(now, kTokenLeeway); !in_time) {
    return not_verified(in_time.error().message);
  }
  return {};
}

Result<EncryptionKey> AttestationToken::encryption_key() const {
  const json::array* keys = runtime_keys(claims());
  if (keys == nullptr || keys->size() > kRuntimeKeysMax) return not_verified("It has no list x-ms-runtime.keys.");
  const auto found = std::ranges::find_if(*keys, [](const json::value& key) {
    const json::object* object = key.if_object();
    return object != nullptr && is_text(*object, "kty", "RSA") && is_for_encryption(*object);
  });
  if (found == keys->end()) return not_verified("It has no RSA key for encryption in x-ms-runtime.keys.");
  const auto jwk = jose::parse_jwk(found->get_object());  // refuses less than 2048 bits
  if (!jwk) return not_verified("The key in x-ms-runtime.keys can't be used. " + jwk.error().message);
  if (jwk->kid.empty() || jwk->kid.size() > kEncryptionKeyIdBytesMax) {
    return not_verified("The key in x-ms-runtime.keys has no kid, or a too long one.");
  }
  HSM_TRY(core::PublicKey members, crypto::public_members(jwk->key.get()));
  return EncryptionKey{.id = jwk->kid, .key = std::move(members)};
}

}  // namespace hsm::release
