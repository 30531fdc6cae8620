#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/algorithm.h"
#include "core/key_material.h"
#include "core/release.h"
#include "core/secure_wrap.h"

namespace hsm::core {

// KeyReference is a wrapped key and its id; shared by everyone who uses the key at the moment.
struct KeyReference {
  KeyId id{};
  Bytes wrapped;
};

// CryptoRequest is one cryptographic operation on one key. Views must live until the reply has come.
struct CryptoRequest {
  std::shared_ptr<const KeyReference> key;
  KeyOperation operation = KeyOperation::kSign;
  Algorithm algorithm = Algorithm::kRs256;
  ByteView input;      // plaintext, ciphertext, key to wrap, digest or message
  ByteView signature;  // verify only
  ByteView iv;         // CBC; GCM decrypt
  ByteView aad;        // GCM; ML-DSA: the context
  ByteView tag;        // GCM decrypt
};

// CryptoReply: `output` is the ciphertext, plaintext or signature; `iv` and `tag` are what GCM encryption made.
struct CryptoReply {
  SecretBytes output;
  Bytes iv;
  Bytes tag;
  bool verified = false;  // verify only
};

// CryptoResult is the same where the bytes are somebody else's, who wipes them. Who keeps them keeps them as
// SecretBytes.
struct CryptoResult {
  ByteView output;
  ByteView iv;
  ByteView tag;
  bool verified = false;
};

struct GenerateRequest {
  KeyPolicy policy;
  std::uint32_t public_exponent = kRsaExponentDefault;  // RSA only
};

// PrivateKey is key material on its way in: JWK members, big-endian (oct: k; AKP: priv).
struct PrivateKey {
  PublicKey public_key;
  SecretBytes d, p, q, dp, dq, qi;
  SecretBytes k;
  SecretBytes priv;  // AKP: the seed
};

struct ImportRequest {
  KeyPolicy policy;
  PrivateKey key;
};

// TransferRequest is a key on its way from another HSM (BYOK), encrypted to one of ours.
struct TransferRequest {
  KeyReference exchange_key;  // RSA, whose one operation is import
  KeyPolicy policy;           // spec.bits is 0: the size of an RSA or oct key shows only when it is unwrapped
  Bytes wrapped;              // CKM_RSA_AES_KEY_WRAP (reference/byok-release-attestation.md §2.3)
};
struct TransferredKey {
  WrappedKey key;
  KeySpec spec;  // complete
};

// ReleaseRequest asks for an exportable key on behalf of an attested environment.
struct ReleaseRequest {
  KeyReference key;
  std::string policy;  // canonical text; the partition takes no other than the one that is bound to the key
  std::string token;   // the environment's attestation token, a compact JWS
  ReleaseEncryption encryption = kReleaseEncryptionDefault;
};
struct ReleasedKey {
  std::string encryption_key_id;  // kid of the environment's key, from the token
  Bytes ciphertext;
};

// SecureWrapRequest asks for a fresh key, wrapped by ours; SecureUnwrapRequest for what ours has wrapped, on behalf of
// an attested environment (core/secure_wrap.h).
struct SecureWrapRequest {
  KeyReference key;
  SecureWrapAlgorithm algorithm = SecureWrapAlgorithm::kRsaOaep256;
};
struct SecureUnwrapRequest {
  KeyReference key;
  SecureWrapAlgorithm algorithm = SecureWrapAlgorithm::kRsaOaep256;
  Bytes value;         // the wrapped key
  std::string policy;  // canonical text of the key's release policy; empty if it has none
  std::string token;   // the environment's attestation token, a compact JWS
  std::string issuer;  // whom the caller wants the token to be from; empty: whoever the policy names
};

// KeyAttestation is what a partition says of a key, signed (attestation/blob.h), and the chain of whose key signed it.
struct KeyAttestation {
  std::string certificates;  // PEM: the attester's, then the root
  Bytes private_key;         // blob of the private or secret key
  Bytes public_key;          // blob of the public key; empty for symmetric keys
};
// Its `version` in the API: a label of our own, for the chain is ours and the blobs are not Marvell's ("MRVL-1").
inline constexpr std::string_view kKeyAttestationLabel = "STRONGROOM-1";

// DomainShare and DomainFile are the parts of the security-domain file (reference/security-domain.md §4.3).
struct DomainShare {
  std::string enc_key;  // compact JWE
  std::string x5t_256;
};
struct DomainData {
  std::string compact_jwe;
  std::string tag;
};
struct DomainFile {
  std::vector<DomainData> data;
  std::vector<DomainShare> shares;
};

// Partitions is the HSM boundary of one open instance as the service sees it: any open partition serves any call, and a
// call whose partition dies moves to another one. Thread-safe; calls block (slow lane). The fast lane sends the same
// CryptoRequests through partition/client/fast_link.h without blocking.
// Errors: kUnavailable when no partition is open; kThrottled when too many long jobs wait; those of each call.
class Partitions {
 public:
  virtual ~Partitions() = default;

  // generate makes a key and returns it wrapped. RSA generation takes seconds and has its own queue.
  virtual Result<WrappedKey> generate(const GenerateRequest& request) = 0;
  // import wraps material from outside. kBadParameter: the members do not make a valid key of policy.spec.
  virtual Result<WrappedKey> import(const ImportRequest& request) = 0;
  // import_transfer unwraps a key inside of the partition. kBadCiphertext: not encrypted to that exchange key, or
  // changed. kForbidden: its operations are not import alone. kBadParameter: what was in it is no key of policy.spec.
  virtual Result<TransferredKey> import_transfer(const TransferRequest& request) = 0;
  // change_operations wraps the same material under a policy with other operations. kBadParameter, kForbidden: not from
  // these to those.
  virtual Result<KeyReference> change_operations(const KeyReference& key, KeyOperations operations) = 0;
  // change_release_policy wraps the same material under a policy with another release policy; of it text and immutable
  // count. kForbidden: the key is neither exportable nor for secure wrap, or its policy is immutable. kBadParameter:
  // not a canonical policy.
  virtual Result<KeyReference> change_release_policy(const KeyReference& key, const ReleasePolicy& policy) = 0;
  // release encrypts a key's material to the environment that the token attests. kForbidden: not exportable, another
  // policy than the key's, a token that can't be verified or does not fulfil the policy. kBadParameter: no token at
  // all. kUnavailable: the authority's keys are not to be had.
  virtual Result<ReleasedKey> release(const ReleaseRequest& request) = 0;
  // secure_wrap makes an AES key of kSecureWrapKeyBytes and gives it wrapped. kForbidden: the key's operations.
  // kBadParameter: the algorithm does not suit the key.
  virtual Result<Bytes> secure_wrap(const SecureWrapRequest& request) = 0;
  // secure_unwrap gives what the key opens, encrypted to the environment that the token attests as release does it with
  // kSecureUnwrapEncryption. Errors: those of secure_wrap and release; kBadCiphertext: it does not open.
  virtual Result<Bytes> secure_unwrap(const SecureUnwrapRequest& request) = 0;
  // perform runs one cryptographic operation. kForbidden: the key's operations do not hold it. kBadParameter: the
  // algorithm does not suit the key, or a length is wrong. kBadCiphertext: decryption, unwrap or tag check failed.
  virtual Result<CryptoReply> perform(const CryptoRequest& request) = 0;
  virtual Result<SecretBytes> random(std::size_t n) = 0;

  // seal_backup encrypts a part of a key's backup (core/key_backup.h) under the security domain's backup key: the text
  // of a compact JWE. open_backup is the inverse. kBadCiphertext: changed, or made under another security domain.
  virtual Result<std::string> seal_backup(ByteView part) = 0;
  virtual Result<Bytes> open_backup(std::string_view jwe) = 0;

  // attest signs what a partition knows of a key, and with it `id`, /keys/{name}/{version}, of which it knows nothing.
  // kNotSupported: keys of this type have no attestation.
  virtual Result<KeyAttestation> attest(const KeyReference& key, std::string_view id) = 0;

  // export_domain encrypts the master secret to certificates (DER, RSA >= 2048) so that any `quorum` of their holders
  // can recombine it.
  virtual Result<DomainFile> export_domain(const std::vector<Bytes>& certificates, unsigned quorum) = 0;

  // sign_checkpoint signs with the instance's audit key (Ed25519, 64 bytes); audit_public_key is its public half (32).
  virtual Result<Bytes> sign_checkpoint(ByteView message) = 0;
  virtual Result<Bytes> audit_public_key() = 0;
};

}  // namespace hsm::core
