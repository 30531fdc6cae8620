// One loaded key is used by all workers of a partition at once.
#include <atomic>
#include <thread>
#include <vector>

#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;

void use(const LoadedKey& key, const core::AlgorithmRow& row) {
  const Bytes input = bytes_of_size(row.input_bytes == 0 ? 32 : row.input_bytes);
  const Bytes cbc_iv = bytes_of_size(16);
  const bool is_cbc = row.scheme == core::Scheme::kAesCbc || row.scheme == core::Scheme::kAesCbcPad;
  if (row.operations.has(kSign)) {
    const auto signature = perform(key, kSign, row.algorithm, {.input = input});
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verifies(key, row.algorithm, input, signature->output.reveal()));
    return;
  }
  const auto in = row.operations.has(kEncrypt) ? kEncrypt : kWrapKey;
  const auto out = in == kEncrypt ? kDecrypt : kUnwrapKey;
  const auto sealed = perform(key, in, row.algorithm, {.input = input, .iv = is_cbc ? ByteView(cbc_iv) : ByteView()});
  ASSERT_TRUE(sealed);
  const auto opened = perform(
      key, out, row.algorithm,
      {.input = sealed->output.reveal(), .iv = is_cbc ? ByteView(cbc_iv) : ByteView(sealed->iv), .tag = sealed->tag});
  ASSERT_TRUE(opened);
  EXPECT_EQ(copy_of(opened->output.reveal()), input);
}

TEST(Threads, ShareFreshKeysOfEveryKind) {
  std::vector<core::KeySpec> specs{
      kRsa2048, ec(core::Curve::kP256),    ec(core::Curve::kP384), ec(core::Curve::kP256K), oct(128),
      oct(256), okp(core::Curve::kEd25519)};
  if (providers().ml_dsa) specs.push_back({core::KeyType::kAkp, core::Curve::kNone, 44});
  for (const core::KeySpec& spec : specs) {
    const KeyPtr key = key_for(spec);  // nothing is prepared yet: the threads race for it
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&key, &spec] {
        for (int round = 0; round < 2; ++round) {
          for (const auto& row : core::kAlgorithms) {
            const auto operation = row.operations.has(kSign)      ? kSign
                                   : row.operations.has(kEncrypt) ? kEncrypt
                                                                  : kWrapKey;
            if (core::suits(row, spec, operation)) use(*key, row);
          }
        }
      });
    }
  }
}

TEST(Threads, MayOutliveTheKeyTheyWereGiven) {
  KeyPtr key = key_for(oct(256));
  std::atomic<int> done = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([mine = key, &done] {
      use(*mine, core::row(core::Algorithm::kA256Gcm));
      ++done;
    });
  }
  key.reset();
  threads.clear();
  EXPECT_EQ(done, 4);
}

}  // namespace
}  // namespace hsm::partition
