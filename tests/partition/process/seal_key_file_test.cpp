#include "partition/process/seal_key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "base/bytes.h"

namespace hsm::partition {
namespace {

class SealKeyFile : public testing::Test {
 protected:
  SealKeyFile() {
    std::string name = (std::filesystem::temp_directory_path() / "seal-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~SealKeyFile() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text, mode_t mode) const {
    std::ofstream(path()) << text;
    ::chmod(path().c_str(), mode);
  }
  std::string path() const { return folder_ / "seal.key"; }

  std::filesystem::path folder_;
};

TEST_F(SealKeyFile, IsMadeOnceAndThenFound) {
  const SecretBytes made = open_seal_key(path()).value();
  EXPECT_EQ(made.size(), 32u);
  EXPECT_EQ(open_seal_key(path()).value(), made);
}

TEST_F(SealKeyFile, ProcessesThatStartTogetherGetTheSameKey) {
  // Threads of one process would share the draft's name, which carries the process id: so fork.
  constexpr int kProcesses = 8;
  for (int i = 0; i < kProcesses; ++i) {
    if (::fork() != 0) continue;
    const auto key = open_seal_key(path());
    std::ofstream out(folder_ / ("got" + std::to_string(i)), std::ios::binary);
    if (key) out.write(reinterpret_cast<const char*>(key->reveal().data()), static_cast<std::streamsize>(key->size()));
    out.close();
    ::_exit(0);
  }
  while (::wait(nullptr) > 0) {
  }
  const SecretBytes key = open_seal_key(path()).value();
  for (int i = 0; i < kProcesses; ++i) {
    std::ifstream in(folder_ / ("got" + std::to_string(i)), std::ios::binary);
    const std::string got{std::istreambuf_iterator(in), {}};
    EXPECT_EQ(bytes_of(got).size(), 32u);
    EXPECT_TRUE(std::ranges::equal(bytes_of(got), key.reveal()));
  }
}

TEST_F(SealKeyFile, RefusesWhatIsNotSafe) {
  const struct {
    const char* name;
    std::string text;
    mode_t mode;
    const char* says;
  } cases[] = {
      {"readable by the group", std::string(32, 'k'), 0640, "0600"},
      {"readable by others", std::string(32, 'k'), 0604, "0600"},
      {"writable by others", std::string(32, 'k'), 0602, "0600"},
      {"too short", std::string(31, 'k'), 0600, "does not hold"},
      {"too long", std::string(33, 'k'), 0600, "does not hold"},
      {"empty", "", 0600, "does not hold"},
  };
  for (const auto& test : cases) {
    write(test.text, test.mode);
    const auto key = open_seal_key(path());
    ASSERT_FALSE(key) << test.name;
    EXPECT_EQ(key.error().code, Errc::kUnavailable);
    EXPECT_NE(key.error().message.find(test.says), std::string::npos) << key.error().message;
    EXPECT_NE(key.error().message.find(path()), std::string::npos) << key.error().message;
  }
}

TEST_F(SealKeyFile, RefusesLinksAndFolders) {
  std::filesystem::create_directory(path());
  EXPECT_FALSE(open_seal_key(path()));
  std::filesystem::remove(path());
  std::ofstream(folder_ / "elsewhere") << std::string(32, 'k');
  std::filesystem::create_symlink(folder_ / "elsewhere", path());
  EXPECT_FALSE(open_seal_key(path()));
  EXPECT_FALSE(open_seal_key(folder_ / "no" / "folder" / "seal.key"));
}

}  // namespace
}  // namespace hsm::partition
