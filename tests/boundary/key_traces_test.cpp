// What passes the channel leaves nothing behind in the front end's process: neither in the client's buffers nor in the
// memory shared with the partition.
#include <fcntl.h>

#include "tests/boundary/instance_fixture.h"

namespace hsm {
namespace {

// The pattern is computed byte by byte wherever it is needed, so that no second copy of it lies about; volatile keeps
// the compiler from making one.
constexpr std::size_t kPatternBytes = 32;
volatile std::uint8_t pattern_seed = 0xB7;
std::uint8_t pattern_byte(std::size_t i) {
  return static_cast<std::uint8_t>(pattern_seed ^ (i * 0x1D) ^ (i << 3));
}
void write_pattern(std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = pattern_byte(i);
}

std::size_t count_in(ByteView bytes) {
  std::size_t found = 0;
  const std::uint8_t first = pattern_byte(0);
  for (auto at = std::ranges::find(bytes, first); at != bytes.end(); at = std::find(at + 1, bytes.end(), first)) {
    const ByteView rest(at, bytes.end());
    std::size_t same = 1;
    while (same < std::min(kPatternBytes, rest.size()) && rest[same] == pattern_byte(same)) ++same;
    found += same == kPatternBytes ? 1 : 0;
  }
  return found;
}

// count_in_own_memory looks at every writable mapping of this process, shared ones included.
std::size_t count_in_own_memory() {
  const Fd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  std::ifstream maps("/proc/self/maps");
  std::size_t found = 0;
  for (std::string line; std::getline(maps, line);) {
    unsigned long from = 0, to = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, rights) != 3 || rights[1] != 'w') continue;
    Bytes bytes(to - from);
    const ssize_t got = ::pread(memory.get(), bytes.data(), bytes.size(), static_cast<off_t>(from));
    if (got > 0) found += count_in(ByteView(bytes).first(static_cast<std::size_t>(got)));
    wipe(bytes);
  }
  return found;
}

class KeyTraces : public Instance {
 protected:
  core::WrappedKey import_pattern() {
    core::ImportRequest request{.policy = aes_key().policy, .key = {}};
    request.key.k = SecretBytes(kPatternBytes);
    write_pattern(request.key.k.writable());
    EXPECT_GE(count_in_own_memory(), 1u) << "the search finds what is there";
    return partitions().import(request).value();
  }
};

TEST_F(KeyTraces, AnImportedKeyLeavesNone) {
  start_new();
  for (int i = 0; i < 3; ++i) import_pattern();
  EXPECT_EQ(count_in_own_memory(), 0u);
}

TEST_F(KeyTraces, AnUnwrappedKeyLeavesNone) {
  start_new();
  const core::WrappedKey key = partitions().generate(aes_key()).value();
  core::CryptoRequest request;
  request.key = reference(key);
  request.algorithm = core::Algorithm::kA256Kw;
  core::CryptoReply wrapped;
  {
    SecretBytes material(kPatternBytes);
    write_pattern(material.writable());
    request.operation = core::KeyOperation::kWrapKey;
    request.input = material.reveal();
    wrapped = partitions().perform(request).value();
  }
  EXPECT_EQ(count_in_own_memory(), 0u);
  {
    request.operation = core::KeyOperation::kUnwrapKey;
    request.input = wrapped.output.reveal();
    const core::CryptoReply material = partitions().perform(request).value();
    EXPECT_EQ(count_in(material.output.reveal()), 1u);
  }
  EXPECT_EQ(count_in_own_memory(), 0u);
}

}  // namespace
}  // namespace hsm
