#include "base/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/bytes.h"

namespace hsm {
namespace {

class PrivateFile : public testing::Test {
 protected:
  PrivateFile() : folder(testing::TempDir() + "/private_file_test." + std::to_string(::getpid())) {
    std::filesystem::create_directory(folder);
  }
  ~PrivateFile() override { std::filesystem::remove_all(folder); }

  static SecretBytes secret(std::string_view text) { return SecretBytes::copy(bytes_of(text)); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }
  mode_t mode() const {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  std::string folder;
  std::string path = folder + "/key";
};

TEST_F(PrivateFile, WhatIsNotThereIsNothing) {
  const auto content = read_private_file(path);
  ASSERT_TRUE(content);
  EXPECT_FALSE(*content);
}

TEST_F(PrivateFile, CreatingNeverReplaces) {
  EXPECT_TRUE(*create_private_file(path, secret("first")));
  EXPECT_FALSE(*create_private_file(path, secret("second")));
  EXPECT_TRUE(**read_private_file(path) == secret("first"));
  EXPECT_EQ(mode(), 0600);
  EXPECT_EQ(files(), 1) << "a temporary file is left";
}

TEST_F(PrivateFile, ReplacingMakesOrReplacesAndClosesTheFileToOthers) {
  ASSERT_TRUE(replace_private_file(path, secret("first")));
  ::chmod(path.c_str(), 0644);
  ASSERT_TRUE(replace_private_file(path, secret("second, longer")));
  EXPECT_TRUE(**read_private_file(path) == secret("second, longer"));
  EXPECT_EQ(mode(), 0600);
  EXPECT_EQ(files(), 1) << "a temporary file is left";
}

TEST_F(PrivateFile, OneThatOthersMayUseIsRefused) {
  ASSERT_TRUE(replace_private_file(path, secret("key")));
  for (const mode_t open : {0640, 0604, 0620}) {
    ::chmod(path.c_str(), open);
    EXPECT_FALSE(read_private_file(path)) << open;
  }
}

TEST_F(PrivateFile, WhatCannotBeWrittenLeavesNothingBehind) {
  EXPECT_FALSE(create_private_file(folder + "/absent/key", secret("key")));
  EXPECT_FALSE(replace_private_file(folder + "/absent/key", secret("key")));
  std::filesystem::create_directory(path);
  EXPECT_FALSE(replace_private_file(path, secret("key")));
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace hsm
