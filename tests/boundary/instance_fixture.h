#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "control/supervisor.h"

namespace hsm {

// Instance runs partitions from the real executable, with a seal key of its own in a folder that is removed at the end.
class Instance : public testing::Test {
 protected:
  Instance() {
    std::string name = (std::filesystem::temp_directory_path() / "boundary-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    config_.executable = HSM_BIN_DIR "/strongroom-partition";
    config_.seal_key_file = folder_ / "seal.key";
    config_.allow_unlocked_memory = ::geteuid() != 0;
  }
  ~Instance() override {
    supervisor_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() { supervisor_ = control::PartitionSupervisor::start(config_).value(); }
  control::CreatedDomain start_new() {
    start();
    return supervisor_->create_domain().value();
  }
  core::Partitions& partitions() { return supervisor_->partitions(); }

  // A line of /proc/PID/status, without its name.
  static std::string status_of(pid_t pid, const std::string& field) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with(field + ":")) return line.substr(line.find_first_not_of("\t ", field.size() + 1));
    }
    return "absent";
  }

  std::filesystem::path folder_;
  control::SupervisorConfig config_;
  std::unique_ptr<control::PartitionSupervisor> supervisor_;
};

inline core::GenerateRequest ec_key() {
  return {.policy = {.spec = {core::KeyType::kEc, core::Curve::kP256, 0},
                     .operations = {core::KeyOperation::kSign, core::KeyOperation::kVerify}}};
}
inline core::GenerateRequest rsa_key(std::uint16_t bits) {
  return {.policy = {.spec = {core::KeyType::kRsa, core::Curve::kNone, bits},
                     .operations = {core::KeyOperation::kSign, core::KeyOperation::kVerify}}};
}
inline core::GenerateRequest aes_key() {
  return {.policy = {.spec = {core::KeyType::kOct, core::Curve::kNone, 256},
                     .operations = {core::KeyOperation::kEncrypt, core::KeyOperation::kDecrypt,
                                    core::KeyOperation::kWrapKey, core::KeyOperation::kUnwrapKey}}};
}

inline std::shared_ptr<const core::KeyReference> reference(const core::WrappedKey& key) {
  return std::make_shared<const core::KeyReference>(core::KeyReference{key.id, key.blob});
}

// es256 is a request to sign or verify a fixed digest.
inline constexpr std::array<std::uint8_t, 32> kDigest{1, 2, 3};
inline core::CryptoRequest es256(const core::WrappedKey& key, ByteView signature = {}) {
  core::CryptoRequest request;
  request.key = reference(key);
  request.operation = signature.empty() ? core::KeyOperation::kSign : core::KeyOperation::kVerify;
  request.algorithm = core::Algorithm::kEs256;
  request.input = kDigest;
  request.signature = signature;
  return request;
}

}  // namespace hsm
