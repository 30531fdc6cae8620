#pragma once
#include <filesystem>
#include <string>

#include "http/server.h"

namespace hsm::http::testing {

// TempFolder is a new folder that goes with the object.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// write_self_signed makes a P-256 key and a certificate for `common_name` in `folder` and returns the two files.
TlsConfig write_self_signed(const std::filesystem::path& folder, const std::string& common_name);

}  // namespace hsm::http::testing
