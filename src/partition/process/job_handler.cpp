#include "partition/process/job_handler.h"

#include <algorithm>
#include <array>

#include "partition/channel/attestation_codec.h"
#include "partition/channel/authority_codec.h"
#include "partition/channel/domain_codec.h"
#include "partition/channel/key_codec.h"
#include "partition/domain/backup_jwe.h"
#include "partition/domain/export_domain.h"
#include "partition/process/end_process.h"
#include "partition/process/well_formed.h"

namespace hsm::partition {
namespace {

struct JobRow {
  MessageType type;
  Result<Bytes> (JobHandler::*job)(ByteView body);
};
constexpr auto kJobs = std::to_array<JobRow>({
    {MessageType::kGenerateKey, &JobHandler::generate},
    {MessageType::kGenerateRsaKey, &JobHandler::generate_rsa},
    {MessageType::kImportKey, &JobHandler::import},
    {MessageType::kImportTransfer, &JobHandler::import_transfer},
    {MessageType::kChangeOperations, &JobHandler::change_operations},
    {MessageType::kExportDomain, &JobHandler::export_domain},
    {MessageType::kSignCheckpoint, &JobHandler::sign_checkpoint},
    {MessageType::kAuditPublicKey, &JobHandler::audit_public_key},
    {MessageType::kSealBackup, &JobHandler::seal_backup},
    {MessageType::kOpenBackup, &JobHandler::open_backup},
    {MessageType::kRelease, &JobHandler::release},
    {MessageType::kChangeReleasePolicy, &JobHandler::change_release_policy},
    {MessageType::kAttestKey, &JobHandler::attest_key},
    {MessageType::kBeginAuthorityFetch, &JobHandler::begin_authority_fetch},
    {MessageType::kCarryAuthorityBytes, &JobHandler::carry_authority_bytes},
    {MessageType::kSecureWrap, &JobHandler::secure_wrap},
    {MessageType::kSecureUnwrap, &JobHandler::secure_unwrap},
});

constexpr bool every_job_has_a_row() {
  return std::ranges::all_of(kMessages, [](const MessageRow& row) {
    const bool is_job = row.lane == Lane::kShort || row.lane == Lane::kLong;
    return is_job == (std::ranges::find(kJobs, row.type, &JobRow::type) != kJobs.end());
  });
}
static_assert(every_job_has_a_row());

void require(bool condition, const char* reason) {
  if (!condition) end_process(reason);
}

Result<Bytes> encode_step(FetchedKeys::Step step) {
  static_assert(static_cast<int>(FetchStep::Kind::kConnect) == static_cast<int>(CarryNext::kConnect) &&
                static_cast<int>(FetchStep::Kind::kCarry) == static_cast<int>(CarryNext::kCarry) &&
                static_cast<int>(FetchStep::Kind::kDone) == static_cast<int>(CarryNext::kDone));
  if (step.what.send.size() > kAuthoritySentBytesMax) return fail(Errc::kUnavailable, "too much to send");
  const bool connects = step.what.kind == FetchStep::Kind::kConnect;
  return encode(CarryStep{.session = step.session,
                          .next = static_cast<CarryNext>(step.what.kind),
                          .host = std::move(step.what.endpoint.host),
                          .port = connects ? step.what.endpoint.port : std::uint16_t{0},
                          .send = std::move(step.what.send)});
}

}  // namespace

void JobHandler::handle(std::span<const Incoming> batch, LaneServer& replies) {
  for (const Incoming& request : batch) {
    const auto row = std::ranges::find(kJobs, request.header.type, &JobRow::type);
    require(row != kJobs.end(), "message on another lane");
    Result<Bytes> body = (this->*row->job)(request.body);
    if (body && body->size() > find_row(row->type)->reply_bytes_max) {
      body = fail(Errc::kInternal, "the reply is too long");
    }
    if (body) {
      const ByteView part = *body;
      replies.reply(request, Parts(&part, 1));
    } else {
      replies.reply(request, body.error());
    }
  }
}

Result<Bytes> JobHandler::generate(ByteView body) {
  return generate(body, false);
}

Result<Bytes> JobHandler::generate_rsa(ByteView body) {
  return generate(body, true);
}

Result<Bytes> JobHandler::generate(ByteView body, bool rsa) {
  auto request = well_formed(decode_generate(body));
  require((request.policy.spec.type == core::KeyType::kRsa) == rsa, "key type on another lane");
  HSM_TRY(const GeneratedKey key, engine_.generate(request.policy.spec, request.public_exponent));
  request.policy.local = true;  // here and nowhere else: no message can claim it
  return encode(wrapped(request.policy, key));
}

Result<Bytes> JobHandler::import(ByteView body) {
  const auto request = well_formed(decode_import(body));
  HSM_TRY(const GeneratedKey key, engine_.import(request.policy.spec, request.key));
  return encode(wrapped(request.policy, key));
}

// Whatever else an exchange key may do, it could do to the keys that are wrapped for it, so it may do nothing else.
Result<Bytes> JobHandler::import_transfer(ByteView body) {
  auto request = well_formed(decode_transfer(body));
  HSM_TRY(const UnwrappedKey exchange, unwrapped(request.exchange_key));
  if (exchange.policy.operations != core::KeyOperations{core::KeyOperation::kImport}) {
    return fail(Errc::kForbidden, "the key is not a key-exchange key: its one operation must be import");
  }
  HSM_TRY(TransferredMaterial transferred, engine_.import_transfer(exchange.policy.spec, exchange.material,
                                                                   request.policy.spec, request.wrapped, random_));
  request.policy.spec = transferred.spec;
  return encode(core::TransferredKey{.key = wrapped(request.policy, transferred.key), .spec = transferred.spec});
}

core::WrappedKey JobHandler::wrapped(const core::KeyPolicy& policy, const GeneratedKey& key) {
  const OpenDomain& domain = domain_.get();
  Bytes blob = wrap(domain.key_wrapping_key, domain.master.domain_id(), policy, key.material, random_);
  const core::KeyId id = key_id(blob);
  return core::WrappedKey{.id = id, .blob = std::move(blob), .public_key = key.public_key};
}

Result<UnwrappedKey> JobHandler::unwrapped(const core::KeyReference& key) {
  const OpenDomain& domain = domain_.get();
  return unwrap(domain.key_wrapping_key, domain.master.domain_id(), key.wrapped);
}

core::KeyReference JobHandler::wrapped_again(const UnwrappedKey& key) {
  const OpenDomain& domain = domain_.get();
  Bytes blob = wrap(domain.key_wrapping_key, domain.master.domain_id(), key.policy, key.material, random_);
  const core::KeyId id = key_id(blob);
  return core::KeyReference{.id = id, .wrapped = std::move(blob)};
}

Result<Bytes> JobHandler::change_operations(ByteView body) {
  const auto request = well_formed(decode_change_operations(body));
  HSM_TRY(UnwrappedKey key, unwrapped(request.key));
  if (!request.operations.within(core::possible_operations(key.policy.spec))) {
    return fail(Errc::kBadParameter, "the key's type does not have these operations");
  }
  // A key that could decrypt yesterday is no exchange key, and an exchange key must never decrypt (unconfirmed).
  if (request.operations.has(core::KeyOperation::kImport) != key.policy.operations.has(core::KeyOperation::kImport)) {
    return fail(Errc::kBadParameter, "key_ops: import can be neither added nor taken away.");
  }
  if (core::evades_policy(key.policy, request.operations)) {
    return fail(Errc::kForbidden, "key_ops: what a release policy guards can't be opened in the clear.");
  }
  key.policy.operations = request.operations;
  return encode(wrapped_again(key));
}

Result<Bytes> JobHandler::export_domain(ByteView body) {
  const auto request = well_formed(decode_export_domain(body));
  HSM_TRY(const core::DomainFile file,
          partition::export_domain(domain_.get().master, request.certificates, request.quorum, random_));
  return encode(file);
}

Result<Bytes> JobHandler::sign_checkpoint(ByteView body) {
  require(body.size() <= kCheckpointBytesMax, "malformed checkpoint");
  return copy_of(domain_.get().audit_key.sign(body));
}

Result<Bytes> JobHandler::audit_public_key(ByteView body) {
  require(body.empty(), "malformed request for the audit key");
  return copy_of(domain_.get().audit_key.public_key());
}

Result<Bytes> JobHandler::seal_backup(ByteView body) {
  require(body.size() <= core::kBackupPartBytesMax, "malformed part of a backup");
  return copy_of(bytes_of(make_backup_jwe(domain_.get().master.backup_key(), body, random_)));
}

// What is inside is not secret: records as the front end stores them, their keys wrapped.
Result<Bytes> JobHandler::open_backup(ByteView body) {
  require(body.size() <= kBackupJweBytesMax, "malformed backup");
  HSM_TRY(const SecretBytes part, open_backup_jwe(domain_.get().master.backup_key(), text_of(body)));
  return copy_of(part.reveal());
}

// All but the id comes from the wrapped key itself: its policy, and what its material shows.
Result<Bytes> JobHandler::attest_key(ByteView body) {
  const auto request = well_formed(decode_attest(body));
  const OpenDomain& domain = domain_.get();
  HSM_TRY(const UnwrappedKey key, unwrap(domain.key_wrapping_key, domain.master.domain_id(), request.key.wrapped));
  HSM_TRY(MaterialFacts facts, engine_.facts(key.policy.spec, key.material));
  const core::EngineInfo engine = engine_.info();
  HSM_TRY(const core::KeyAttestation attestation,
          domain.attester.attest({.id = request.id,
                                  .policy = key.policy,
                                  .public_key = std::move(facts.public_key),
                                  .check_value = std::move(facts.check_value),
                                  .wrapped_key_id = key_id(request.key.wrapped),
                                  .domain = domain.master.domain_id(),
                                  .engine = engine.provider + " " + engine.provider_version,
                                  .fips = engine.fips}));
  return encode(attestation);
}

Result<Bytes> JobHandler::begin_authority_fetch(ByteView body) {
  require(!body.empty() && body.size() <= kIssuerBytesMax, "malformed issuer");
  HSM_TRY(FetchedKeys::Step step, authorities_.begin(text_of(body)));
  return encode_step(std::move(step));
}

Result<Bytes> JobHandler::carry_authority_bytes(ByteView body) {
  const auto request = well_formed(decode_carry_bytes(body));
  HSM_TRY(FetchedKeys::Step step, authorities_.carry(request.session, request.received, request.ended));
  return encode_step(std::move(step));
}

}  // namespace hsm::partition
