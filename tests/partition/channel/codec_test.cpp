#include "partition/channel/attestation_codec.h"
#include "partition/channel/domain_codec.h"
#include "partition/channel/engine_info_codec.h"
#include "partition/channel/key_codec.h"

#include <gtest/gtest.h>

#include <functional>

#include "partition/channel/authority_codec.h"
#include "partition/channel/perform_codec.h"
#include "partition/channel/release_codec.h"
#include "partition/channel/secure_wrap_codec.h"

namespace hsm::partition {
namespace {

constexpr core::KeyId kId{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

Bytes joined(Parts parts) {
  Bytes all;
  for (const ByteView part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

core::KeyPolicy rsa_policy() {
  return {.spec = {core::KeyType::kRsa, core::Curve::kNone, 2048},
          .operations = {core::KeyOperation::kSign, core::KeyOperation::kVerify},
          .exportable = true,
          .local = false,
          .release_policy_digest = {7, 7, 7}};
}

core::CryptoRequest perform_request() {
  core::CryptoRequest request;
  request.key = std::make_shared<core::KeyReference>(core::KeyReference{kId, Bytes(70, 0x11)});
  request.operation = core::KeyOperation::kDecrypt;
  request.algorithm = core::Algorithm::kA256Gcm;
  request.input = bytes_of("input");
  request.iv = bytes_of("twelve bytes");
  request.aad = bytes_of("aad");
  request.tag = bytes_of("tag");
  return request;
}

Bytes encoded(std::span<const core::CryptoRequest> requests, bool with_wrapped = true) {
  return joined(PerformEncoder().encode(requests, with_wrapped));
}
Bytes encoded(const core::CryptoRequest& request, bool with_wrapped = true) {
  return encoded({&request, 1}, with_wrapped);
}

bool decodes_perform(ByteView body) {
  PerformRequest request;
  return decode_perform(body, request).has_value();
}

Bytes encoded_reply(const std::vector<Result<core::CryptoReply>>& results) {
  PerformReplyEncoder encoder;
  for (const auto& result : results) encoder.add(result);
  return joined(encoder.parts());
}
Bytes encoded_reply(const Result<core::CryptoReply>& result) {
  PerformReplyEncoder encoder;
  encoder.add(result);
  return joined(encoder.parts());
}

bool decodes_reply(ByteView body, std::size_t count) {
  std::vector<Result<core::CryptoResult>> results;
  return decode_perform_reply(body, count, results).has_value();
}

std::vector<Result<core::CryptoReply>> replies() {
  std::vector<Result<core::CryptoReply>> replies;
  replies.reserve(3);
  core::CryptoReply& first = *replies.emplace_back();
  first.output = SecretBytes::copy(bytes_of("output"));
  first.iv = Bytes(12, 1);
  first.tag = Bytes(16, 2);
  first.verified = true;
  replies.push_back(fail(Errc::kBadCiphertext, "it does not open"));
  replies.emplace_back()->output = SecretBytes::copy(bytes_of("more"));
  return replies;
}

core::ImportRequest import_request() {
  core::ImportRequest request{.policy = rsa_policy(), .key = {}};
  request.key.public_key = {.modulus = Bytes(256, 1), .exponent = {1, 0, 1}, .x = {}, .y = {}};
  request.key.d = SecretBytes::copy(Bytes(256, 2));
  request.key.p = SecretBytes::copy(Bytes(128, 3));
  request.key.qi = SecretBytes::copy(Bytes(128, 4));
  return request;
}

core::WrappedKey wrapped_key() {
  return {.id = kId,
          .blob = Bytes(100, 5),
          .public_key = {.modulus = {}, .exponent = {}, .x = Bytes(32, 6), .y = Bytes(32, 7)}};
}

core::TransferRequest transfer_request() {
  core::TransferRequest request{
      .exchange_key = {kId, Bytes(100, 9)}, .policy = rsa_policy(), .wrapped = Bytes(1'488, 8)};
  request.policy.spec.bits = 0;
  return request;
}

TEST(TransferCodec, RoundTrip) {
  const core::TransferRequest request = transfer_request();
  const auto decoded = decode_transfer(encode(request)).value();
  EXPECT_EQ(decoded.policy, request.policy);
  EXPECT_EQ(decoded.exchange_key.wrapped, request.exchange_key.wrapped);
  EXPECT_EQ(decoded.wrapped, request.wrapped);
  const core::TransferredKey key{.key = wrapped_key(), .spec = {core::KeyType::kRsa, core::Curve::kNone, 3072}};
  const auto reply = decode_transferred_key(encode(key)).value();
  EXPECT_EQ(reply.spec.bits, 3072);
  EXPECT_EQ(reply.key.blob, key.key.blob);
}

TEST(TransferCodec, KnowsNoSizeYetAndHasLimits) {
  core::TransferRequest request = transfer_request();
  request.policy.spec.bits = 2048;
  EXPECT_EQ(check(request).error().code, Errc::kBadParameter);
  EXPECT_FALSE(decode_transfer(encode(request)));
  request = transfer_request();
  request.policy.spec = {core::KeyType::kEc, core::Curve::kNone, 0};
  EXPECT_FALSE(decode_transfer(encode(request)));
  request = transfer_request();
  request.wrapped.resize(kTransferBytesMax + 1);
  EXPECT_EQ(check(request).error().code, Errc::kBadParameter);
  EXPECT_FALSE(decode_transfer(encode(request)));
}

core::ReleaseRequest release_request() {
  return {.key = {kId, Bytes(100, 9)},
          .policy = "{}",
          .token = "a.b.c",
          .encryption = core::ReleaseEncryption::kRsaAesKeyWrap384};
}

TEST(ReleaseCodec, RoundTrip) {
  const core::ReleaseRequest request = release_request();
  const auto decoded = decode_release(encode(request)).value();
  EXPECT_EQ(decoded.key.id, request.key.id);
  EXPECT_EQ(decoded.key.wrapped, request.key.wrapped);
  EXPECT_EQ(decoded.policy, request.policy);
  EXPECT_EQ(decoded.token, request.token);
  EXPECT_EQ(decoded.encryption, request.encryption);
  const core::ReleasedKey key{.encryption_key_id = "kid", .ciphertext = Bytes(300, 1)};
  const auto released = decode_released_key(encode(key)).value();
  EXPECT_EQ(released.encryption_key_id, "kid");
  EXPECT_EQ(released.ciphertext, key.ciphertext);
  const auto change =
      decode_change_release_policy(encode({.key = request.key, .policy = "{}", .immutable = true})).value();
  EXPECT_EQ(change.key.wrapped, request.key.wrapped);
  EXPECT_EQ(change.policy, "{}");
  EXPECT_TRUE(change.immutable);
}

TEST(ReleaseCodec, HasLimitsThatTheLongestMessageKeeps) {
  core::ReleaseRequest request = release_request();
  request.key.wrapped.resize(kWrappedBytesMax);
  request.policy.resize(core::kReleasePolicyBytesMax);
  request.token.resize(core::kAttestationTokenBytesMax);
  EXPECT_TRUE(check(request));
  EXPECT_LE(encode(request).size(), kBodyBytesMax);
  const auto refused = [](core::ReleaseRequest changed) { return !check(changed) && !decode_release(encode(changed)); };
  core::ReleaseRequest longer = release_request();
  longer.token.resize(core::kAttestationTokenBytesMax + 1);
  EXPECT_TRUE(refused(longer));
  longer = release_request();
  longer.policy.resize(core::kReleasePolicyBytesMax + 1);
  EXPECT_TRUE(refused(longer));
  longer = release_request();
  longer.encryption = static_cast<core::ReleaseEncryption>(4);
  EXPECT_TRUE(refused(longer));
}

core::SecureUnwrapRequest secure_unwrap_request() {
  return {.key = {kId, Bytes(100, 9)},
          .algorithm = core::SecureWrapAlgorithm::kA192KwPad,
          .value = Bytes(40, 7),
          .policy = "{}",
          .token = "a.b.c",
          .issuer = "https://attest.example"};
}

TEST(SecureWrapCodec, RoundTrip) {
  const core::SecureWrapRequest wrap{.key = {kId, Bytes(100, 9)}, .algorithm = core::SecureWrapAlgorithm::kAesKeyWrap};
  const auto wrap_decoded = decode_secure_wrap(encode(wrap)).value();
  EXPECT_EQ(wrap_decoded.key.id, kId);
  EXPECT_EQ(wrap_decoded.key.wrapped, wrap.key.wrapped);
  EXPECT_EQ(wrap_decoded.algorithm, wrap.algorithm);
  const core::SecureUnwrapRequest unwrap = secure_unwrap_request();
  const auto decoded = decode_secure_unwrap(encode(unwrap)).value();
  EXPECT_EQ(decoded.key.id, kId);
  EXPECT_EQ(decoded.key.wrapped, unwrap.key.wrapped);
  EXPECT_EQ(decoded.algorithm, unwrap.algorithm);
  EXPECT_EQ(decoded.value, unwrap.value);
  EXPECT_EQ(decoded.policy, unwrap.policy);
  EXPECT_EQ(decoded.token, unwrap.token);
  EXPECT_EQ(decoded.issuer, unwrap.issuer);
}

TEST(SecureWrapCodec, HasLimitsThatTheLongestMessageKeeps) {
  core::SecureUnwrapRequest longest = secure_unwrap_request();
  longest.key.wrapped.resize(kWrappedBytesMax);
  longest.value.resize(core::kSecureWrappedBytesMax);
  longest.policy.resize(core::kReleasePolicyBytesMax);
  longest.token.resize(core::kAttestationTokenBytesMax);
  longest.issuer.resize(core::kTrustedIssuerBytesMax);
  EXPECT_TRUE(check(longest));
  EXPECT_LE(encode(longest).size(), kBodyBytesMax);
  EXPECT_TRUE(decode_secure_unwrap(encode(longest)));
  const auto refused = [](auto change) {
    core::SecureUnwrapRequest changed = secure_unwrap_request();
    change(changed);
    return !check(changed) && !decode_secure_unwrap(encode(changed));
  };
  using Request = core::SecureUnwrapRequest;
  EXPECT_TRUE(refused([](Request& request) { request.key.wrapped.resize(kWrappedBytesMax + 1); }));
  EXPECT_TRUE(refused([](Request& request) { request.value.resize(core::kSecureWrappedBytesMax + 1); }));
  EXPECT_TRUE(refused([](Request& request) { request.policy.resize(core::kReleasePolicyBytesMax + 1); }));
  EXPECT_TRUE(refused([](Request& request) { request.token.resize(core::kAttestationTokenBytesMax + 1); }));
  EXPECT_TRUE(refused([](Request& request) { request.issuer.resize(core::kTrustedIssuerBytesMax + 1); }));
  EXPECT_TRUE(refused([](Request& request) { request.algorithm = static_cast<core::SecureWrapAlgorithm>(10); }));
  const core::SecureWrapRequest none{.key = {kId, {}}, .algorithm = static_cast<core::SecureWrapAlgorithm>(0)};
  EXPECT_FALSE(decode_secure_wrap(encode(none)));
}

TEST(KeyCodec, AnExportableKeyHasAPolicyAndNothingElseIsImmutable) {
  core::GenerateRequest request{.policy = rsa_policy()};
  request.policy.release_policy_immutable = true;
  EXPECT_EQ(decode_generate(encode(request)).value().policy, request.policy);
  const auto refused = [&request](auto change) {
    core::GenerateRequest changed = request;
    change(changed.policy);
    return !check(changed) && !decode_generate(encode(changed));
  };
  EXPECT_TRUE(refused([](core::KeyPolicy& policy) { policy.release_policy_digest = {}; }));
  EXPECT_TRUE(refused([](core::KeyPolicy& policy) {
    policy.exportable = false;
    policy.release_policy_digest = {};
  }));
  request.policy.exportable = false;
  EXPECT_EQ(decode_generate(encode(request)).value().policy, request.policy);
}

TEST(PerformCodec, RoundTrip) {
  const core::CryptoRequest request = perform_request();
  const Bytes body = encoded(request);
  PerformRequest decoded;
  ASSERT_TRUE(decode_perform(body, decoded));
  EXPECT_EQ(decoded.key, kId);
  EXPECT_EQ(copy_of(decoded.wrapped), request.key->wrapped);
  ASSERT_EQ(decoded.operations.size(), 1U);
  const PerformOperation& operation = decoded.operations.front();
  EXPECT_EQ(operation.operation, core::KeyOperation::kDecrypt);
  EXPECT_EQ(operation.algorithm->algorithm, core::Algorithm::kA256Gcm);
  EXPECT_EQ(text_of(operation.input), "input");
  EXPECT_EQ(text_of(operation.iv), "twelve bytes");
  EXPECT_EQ(text_of(operation.aad), "aad");
  EXPECT_EQ(text_of(operation.tag), "tag");
  EXPECT_TRUE(operation.signature.empty());
}

TEST(PerformCodec, AMessageHoldsSeveralOperationsOfOneKeyInTheirOrder) {
  std::vector<core::CryptoRequest> requests(kOperationsMax, perform_request());
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i].input = ByteView(requests[0].key->wrapped).first(i);
  const Bytes body = encoded(requests);
  PerformRequest decoded;
  ASSERT_TRUE(decode_perform(body, decoded));
  ASSERT_EQ(decoded.operations.size(), kOperationsMax);
  for (std::size_t i = 0; i < kOperationsMax; ++i) EXPECT_EQ(decoded.operations[i].input.size(), i);
}

TEST(PerformCodec, AMessageHoldsAtLeastOneOperationAndNoMoreThanTheLimit) {
  std::vector<core::CryptoRequest> requests(kOperationsMax, perform_request());
  Bytes body = encoded(requests);
  const Bytes one_more = encoded(perform_request());
  body.insert(body.end(), one_more.begin() + sizeof(PerformFixed) + 70, one_more.end());
  body[16] = kOperationsMax + 1;
  EXPECT_FALSE(decodes_perform(body));
  body.assign(sizeof(PerformFixed), 0);
  EXPECT_FALSE(decodes_perform(body)) << "none at all";
}

TEST(PerformCodec, LeavesTheWrappedKeyOutWhenThePartitionHasIt) {
  PerformRequest decoded;
  const Bytes body = encoded(perform_request(), false);
  ASSERT_TRUE(decode_perform(body, decoded));
  EXPECT_TRUE(decoded.wrapped.empty());
}

TEST(PerformCodec, RefusesNumbersThatMeanNothing) {
  const Bytes good = encoded(perform_request());
  const std::size_t operation = sizeof(PerformFixed) + 70;  // behind the wrapped key
  const struct {
    const char* name;
    std::size_t at;
    std::uint8_t value;
  } cases[] = {
      {"no operations", 16, 0},
      {"more operations than there are", 16, 2},
      {"padding", 18, 1},
      {"length of the wrapped key", 20, 71},
      {"no operation", operation, 99},
      {"export is not done with a key", operation, 7},
      {"secure wrap goes another way", operation, 9},
      {"so does secure unwrap, which never opens in the clear", operation, 10},
      {"algorithm 0", operation + 1, 0},
      {"algorithm unknown", operation + 1, 200},
      {"padding of the operation", operation + 2, 1},
      {"length", operation + 4, 71},
  };
  for (const auto& test : cases) {
    Bytes body = good;
    body[test.at] = test.value;
    EXPECT_FALSE(decodes_perform(body)) << test.name;
  }
}

TEST(PerformCodec, RefusesLengthsBeyondTheirLimit) {
  const struct {
    const char* name;
    ByteView core::CryptoRequest::* field;
    std::size_t max;
  } cases[] = {
      {"input", &core::CryptoRequest::input, core::kOperationInputBytesMax},
      {"signature", &core::CryptoRequest::signature, kSignatureBytesMax},
      {"iv", &core::CryptoRequest::iv, core::kAesBlockBytes},
      {"aad", &core::CryptoRequest::aad, core::kAadBytesMax},
      {"tag", &core::CryptoRequest::tag, core::kGcmTagBytes},
  };
  for (const auto& test : cases) {
    const Bytes bytes(test.max + 1);
    core::CryptoRequest request = perform_request();
    request.*test.field = ByteView(bytes).first(test.max);
    EXPECT_TRUE(check_lengths(request)) << test.name;
    EXPECT_TRUE(decodes_perform(encoded(request))) << test.name;
    request.*test.field = bytes;
    EXPECT_EQ(check_lengths(request).error().code, Errc::kBadParameter) << test.name;
    EXPECT_FALSE(decodes_perform(encoded(request))) << test.name;
  }
}

// What comes with a signature is the context of ML-DSA, so that both fit a message with the largest input.
TEST(PerformCodec, ASignatureLeavesRoomForAContextOnly) {
  const Bytes signature(kSignatureBytesMax), aad(core::kMlDsaContextBytesMax + 1);
  core::CryptoRequest request = perform_request();
  request.aad = aad;
  EXPECT_TRUE(check_lengths(request));
  request.signature = signature;
  EXPECT_EQ(check_lengths(request).error().code, Errc::kBadParameter);
  EXPECT_FALSE(decodes_perform(encoded(request)));
  request.aad = ByteView(aad).first(core::kMlDsaContextBytesMax);
  EXPECT_TRUE(decodes_perform(encoded(request)));
}

TEST(PerformCodec, OnlyMlDsaReservesRoomForALongReply) {
  core::CryptoRequest request = perform_request();
  EXPECT_LT(result_bytes_max(request), 1024U);
  request.algorithm = core::Algorithm::kMlDsa87;
  EXPECT_GE(result_bytes_max(request), sizeof(ResultFixed) + 4627);
}

TEST(EngineInfoCodec, RoundTripAndNothingElse) {
  const core::EngineInfo info{.fips = true, .provider = "OpenSSL FIPS Provider", .provider_version = "3.5.7"};
  const Bytes body = encode(info);
  EXPECT_EQ(decode_engine_info(body).value(), info);
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(decode_engine_info(ByteView(body).first(size)));
  Bytes changed = body;
  changed[0] = 2;
  EXPECT_FALSE(decode_engine_info(changed));
  changed = body;
  changed.push_back(0);
  EXPECT_FALSE(decode_engine_info(changed));
  EXPECT_FALSE(decode_engine_info(encode({.provider = std::string(core::kEngineNameBytesMax + 1, 'a')})));
  EXPECT_FALSE(decode_engine_info(encode({.provider = "two\nlines"})));
}

TEST(PerformCodec, EveryOperationHasAResultOfItsOwn) {
  const Bytes body = encoded_reply(replies());
  std::vector<Result<core::CryptoResult>> results;
  ASSERT_TRUE(decode_perform_reply(body, 3, results));
  EXPECT_EQ(text_of(results[0]->output), "output");
  EXPECT_EQ(copy_of(results[0]->iv), Bytes(12, 1));
  EXPECT_EQ(copy_of(results[0]->tag), Bytes(16, 2));
  EXPECT_TRUE(results[0]->verified);
  EXPECT_EQ(results[1].error().code, Errc::kBadCiphertext);
  EXPECT_EQ(results[1].error().message, "it does not open");
  EXPECT_EQ(text_of(results[2]->output), "more");
  EXPECT_FALSE(results[2]->verified);
}

TEST(PerformCodec, AReplyHasAsManyResultsAsWereAskedFor) {
  const Bytes body = encoded_reply(replies());
  EXPECT_FALSE(decodes_reply(body, 2));
  EXPECT_FALSE(decodes_reply(body, 4));
}

TEST(PerformCodec, RefusesResultsThatMeanNothing) {
  const Bytes good = encoded_reply(fail(Errc::kBadCiphertext));
  const Bytes value = encoded_reply(core::CryptoReply{});
  ASSERT_TRUE(decodes_reply(good, 1) && decodes_reply(value, 1));
  const struct {
    const char* name;
    const Bytes& of;
    std::size_t at;
    std::uint8_t value;
  } cases[] = {
      {"no such error", good, 0, static_cast<std::uint8_t>(Errc::kCount_) + 1},
      {"an error that is verified", good, 1, 1},
      {"verified twice", value, 1, 2},
      {"padding", value, 2, 1},
      {"a length", value, 4, 1},
  };
  for (const auto& test : cases) {
    Bytes body = test.of;
    body[test.at] = test.value;
    EXPECT_FALSE(decodes_reply(body, 1)) << test.name;
  }
}

TEST(PerformCodec, AnErrorsMessageIsCutToItsLimit) {
  const Bytes body = encoded_reply(fail(Errc::kInternal, std::string(kErrorMessageBytesMax + 1, 'a')));
  std::vector<Result<core::CryptoResult>> results;
  ASSERT_TRUE(decode_perform_reply(body, 1, results));
  EXPECT_EQ(results[0].error().message, std::string(kErrorMessageBytesMax, 'a'));
}

TEST(KeyCodec, GenerateRoundTrip) {
  const core::GenerateRequest request{.policy = rsa_policy(), .public_exponent = 3};
  const auto decoded = decode_generate(encode(request)).value();
  EXPECT_EQ(decoded.policy, request.policy);
  EXPECT_EQ(decoded.public_exponent, 3u);
}

TEST(KeyCodec, RefusesAPolicyThatNoKeyCanHave) {
  core::GenerateRequest request{.policy = rsa_policy()};
  request.policy.spec.bits = 2049;
  EXPECT_EQ(check(request).error().code, Errc::kBadParameter);
  EXPECT_FALSE(decode_generate(encode(request)));
  request.policy = {.spec = {core::KeyType::kEc, core::Curve::kP256, 0}, .operations = {core::KeyOperation::kEncrypt}};
  EXPECT_EQ(check(request).error().code, Errc::kBadParameter);
  EXPECT_FALSE(decode_generate(encode(request)));
}

TEST(KeyCodec, ImportRoundTrip) {
  const core::ImportRequest request = import_request();
  const auto decoded = decode_import(encode(request).reveal()).value();
  EXPECT_EQ(decoded.policy, request.policy);
  EXPECT_EQ(decoded.key.public_key, request.key.public_key);
  EXPECT_EQ(decoded.key.d, request.key.d);
  EXPECT_EQ(decoded.key.p, request.key.p);
  EXPECT_TRUE(decoded.key.q.empty());
  EXPECT_EQ(decoded.key.qi, request.key.qi);
}

TEST(KeyCodec, ImportRefusesAMemberThatIsTooLong) {
  core::ImportRequest request = import_request();
  request.key.k = SecretBytes(kKeyMemberBytesMax + 1);
  EXPECT_EQ(check(request).error().code, Errc::kBadParameter);
}

TEST(KeyCodec, APublicHalfOfMlDsaHasItsOwnLimit) {
  core::WrappedKey key = wrapped_key();
  key.public_key = {.pub = Bytes(core::kMlDsaPublicBytesMax, 1)};
  EXPECT_EQ(decode_wrapped_key(encode(key)).value().public_key, key.public_key);
  key.public_key.pub.push_back(1);
  EXPECT_FALSE(decode_wrapped_key(encode(key)));
  key.public_key = {.x = Bytes(kKeyMemberBytesMax + 1, 1)};
  EXPECT_FALSE(decode_wrapped_key(encode(key)));
  core::ImportRequest request = import_request();
  request.key.public_key.pub.resize(core::kMlDsaPublicBytesMax + 1);
  EXPECT_EQ(check(request).error().code, Errc::kBadParameter);
}

TEST(KeyCodec, KeysRoundTrip) {
  const core::WrappedKey key = decode_wrapped_key(encode(wrapped_key())).value();
  EXPECT_EQ(key.id, kId);
  EXPECT_EQ(key.blob, wrapped_key().blob);
  EXPECT_EQ(key.public_key, wrapped_key().public_key);

  const core::KeyReference reference{kId, Bytes(80, 1)};
  EXPECT_EQ(decode_key_reference(encode(reference)).value().wrapped, reference.wrapped);
  const auto change = decode_change_operations(encode(reference, {core::KeyOperation::kSign})).value();
  EXPECT_EQ(change.key.id, kId);
  EXPECT_EQ(change.key.wrapped, reference.wrapped);
  EXPECT_EQ(change.operations, core::KeyOperations{core::KeyOperation::kSign});
}

// Where a key came from is the partition's to know: no message has room for a claim.
TEST(KeyCodec, CannotClaimThatAKeyIsLocal) {
  core::GenerateRequest request{.policy = rsa_policy()};
  const Bytes body = encode(request);
  request.policy.local = true;
  EXPECT_EQ(encode(request), body);
  Bytes claim = body;
  claim[6] = 4;  // the flag of wrapped keys
  EXPECT_FALSE(decode_generate(claim));
}

TEST(AttestationCodec, RoundTrip) {
  const core::KeyReference key{kId, Bytes(80, 1)};
  const AttestKey request = decode_attest(encode_attest(key, "/keys/a/b")).value();
  EXPECT_EQ(request.key.id, kId);
  EXPECT_EQ(request.key.wrapped, key.wrapped);
  EXPECT_EQ(request.id, "/keys/a/b");
  const core::KeyAttestation reply{.certificates = "chain", .private_key = Bytes(400, 2), .public_key = Bytes(300, 3)};
  const core::KeyAttestation decoded = decode_attestation(encode(reply)).value();
  EXPECT_EQ(decoded.certificates, reply.certificates);
  EXPECT_EQ(decoded.private_key, reply.private_key);
  EXPECT_EQ(decoded.public_key, reply.public_key);
}

TEST(AttestationCodec, AttestsPrintableIdsOfBoundedLength) {
  const core::KeyReference key{kId, Bytes(80, 1)};
  EXPECT_TRUE(check_attest(key, std::string(kAttestedIdBytesMax, 'a')));
  for (const std::string& id : {std::string(), std::string(kAttestedIdBytesMax + 1, 'a'), std::string("a\nb"),
                                std::string("\0", 1), std::string("\x7f"), std::string("\xc3\xa4")}) {
    EXPECT_EQ(check_attest(key, id).error().code, Errc::kBadParameter);
    EXPECT_FALSE(decode_attest(encode_attest(key, id)));
  }
  EXPECT_FALSE(check_attest({kId, Bytes(kWrappedBytesMax + 1)}, "a"));
}

TEST(DomainCodec, RoundTrip) {
  const auto request = decode_export_domain(encode_export_domain({Bytes(900, 1), Bytes(800, 2)}, 2)).value();
  EXPECT_EQ(request.quorum, 2u);
  EXPECT_EQ(request.certificates, (std::vector<Bytes>{Bytes(900, 1), Bytes(800, 2)}));

  const core::DomainFile file{.data = {{"a.b.c.d.e", "tag"}}, .shares = {{"key1", "x1"}, {"key2", "x2"}}};
  const auto decoded = decode_domain_file(encode(file)).value();
  EXPECT_EQ(decoded.data.at(0).tag, "tag");
  EXPECT_EQ(decoded.shares.at(1).x5t_256, "x2");

  const NewDomain domain{.sealed = Bytes(90, 3), .keys = {.id = kId, .record_key = SecretBytes(kRecordKeyBytes)}};
  const auto opened = decode_new_domain(encode(domain).reveal()).value();
  EXPECT_EQ(opened.sealed, domain.sealed);
  EXPECT_EQ(opened.keys.id, kId);
  EXPECT_EQ(opened.keys.record_key, domain.keys.record_key);
}

TEST(DomainCodec, ExportRefusesTooMuch) {
  EXPECT_FALSE(check_export(std::vector<Bytes>(kCertificatesMax + 1)));
  EXPECT_FALSE(check_export({Bytes(kCertificateBytesMax + 1)}));
  EXPECT_FALSE(decode_export_domain(encode_export_domain(std::vector<Bytes>(kCertificatesMax + 1), 2)));
}

// Every decoder takes a whole message and neither less nor more.
TEST(Codecs, EveryTruncationAndEveryExtensionIsRefused) {
  const core::KeyReference reference{kId, Bytes(80, 1)};
  const core::CryptoRequest perform = perform_request();
  const NewDomain domain{.sealed = Bytes(90, 3), .keys = {.id = kId, .record_key = SecretBytes(kRecordKeyBytes)}};
  const struct {
    const char* name;
    Bytes body;
    std::function<bool(ByteView)> decodes;
  } cases[] = {
      {"perform", encoded(perform), decodes_perform},
      {"reply", encoded_reply(replies()), [](ByteView b) { return decodes_reply(b, 3); }},
      {"random", Bytes{8, 0, 0, 0}, [](ByteView b) { return decode_random(b).has_value(); }},
      {"generate", encode(core::GenerateRequest{.policy = rsa_policy()}),
       [](ByteView b) { return decode_generate(b).has_value(); }},
      {"import", copy_of(encode(import_request()).reveal()), [](ByteView b) { return decode_import(b).has_value(); }},
      {"key", encode(wrapped_key()), [](ByteView b) { return decode_wrapped_key(b).has_value(); }},
      {"reference", encode(reference), [](ByteView b) { return decode_key_reference(b).has_value(); }},
      {"change", encode(reference, {}), [](ByteView b) { return decode_change_operations(b).has_value(); }},
      {"export", encode_export_domain({Bytes(9, 1)}, 2),
       [](ByteView b) { return decode_export_domain(b).has_value(); }},
      {"file", encode(core::DomainFile{.data = {{"a", "b"}}, .shares = {{"c", "d"}}}),
       [](ByteView b) { return decode_domain_file(b).has_value(); }},
      {"new domain", copy_of(encode(domain).reveal()), [](ByteView b) { return decode_new_domain(b).has_value(); }},
      {"attest", encode_attest(reference, "/keys/a/b"), [](ByteView b) { return decode_attest(b).has_value(); }},
      {"attestation", encode(core::KeyAttestation{.certificates = "c", .private_key = {1}, .public_key = {}}),
       [](ByteView b) { return decode_attestation(b).has_value(); }},
      {"domain keys", copy_of(encode(domain.keys).reveal()),
       [](ByteView b) { return decode_domain_keys(b).has_value(); }},
  };
  for (const auto& test : cases) {
    EXPECT_TRUE(test.decodes(test.body)) << test.name;
    for (std::size_t size = 0; size < test.body.size(); ++size) {
      EXPECT_FALSE(test.decodes(ByteView(test.body).first(size))) << test.name << " cut to " << size;
    }
    Bytes longer = test.body;
    longer.push_back(0);
    EXPECT_FALSE(test.decodes(longer)) << test.name;
  }
}

TEST(AuthorityCodec, BytesAndStepsPass) {
  const Bytes received(kAuthorityReceivedBytesMax, 3);
  const Bytes body = encode(CarryBytes{.session = 7, .ended = true, .received = received});
  const auto carried = decode_carry_bytes(body).value();
  EXPECT_EQ(carried.session, 7u);
  EXPECT_TRUE(carried.ended);
  EXPECT_EQ(copy_of(carried.received), received);
  const auto step = decode_carry_step(encode(CarryStep{.session = 8,
                                                       .next = CarryNext::kConnect,
                                                       .host = "a.example",
                                                       .port = 443,
                                                       .send = Bytes(kAuthoritySentBytesMax, 4)}))
                        .value();
  EXPECT_EQ(step.session, 8u);
  EXPECT_EQ(step.next, CarryNext::kConnect);
  EXPECT_EQ(step.host, "a.example");
  EXPECT_EQ(step.port, 443);
  EXPECT_EQ(step.send.size(), kAuthoritySentBytesMax);
}

TEST(AuthorityCodec, OnlyAConnectingStepNamesAHost) {
  EXPECT_TRUE(decode_carry_step(encode(CarryStep{.next = CarryNext::kDone})));
  EXPECT_FALSE(decode_carry_step(encode(CarryStep{.next = CarryNext::kConnect, .port = 443})));
  EXPECT_FALSE(decode_carry_step(encode(CarryStep{.next = CarryNext::kConnect, .host = "a"})));
  EXPECT_FALSE(decode_carry_step(encode(CarryStep{.next = CarryNext::kCarry, .host = "a", .port = 443})));
  EXPECT_FALSE(decode_carry_step(encode(CarryStep{.next = static_cast<CarryNext>(3)})));
  EXPECT_FALSE(
      decode_carry_step(encode(CarryStep{.next = CarryNext::kConnect, .host = std::string("a\0b", 3), .port = 1})));
  EXPECT_FALSE(decode_carry_step(encode(CarryStep{.send = Bytes(kAuthoritySentBytesMax + 1)})));
  EXPECT_FALSE(decode_carry_bytes(Bytes(8)));
  EXPECT_FALSE(decode_carry_bytes(Bytes(9, 2))) << "ended is 0 or 1";
  EXPECT_FALSE(decode_carry_bytes(encode(CarryBytes{.received = Bytes(kAuthorityReceivedBytesMax + 1)})));
}

}  // namespace
}  // namespace hsm::partition
