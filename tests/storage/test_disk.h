#pragma once
#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <memory>

namespace hsm::test {

// TestDisk stands between SQLite and the file system while it lives, for connections opened in that time. It counts
// syncs, can be told to fail or to wait, and knows what a power cut would leave. One at a time.
class TestDisk {
 public:
  TestDisk();
  ~TestDisk();  // all stores opened on it must be closed
  TestDisk(const TestDisk&) = delete;
  TestDisk& operator=(const TestDisk&) = delete;

  int syncs() const;

  // Each sync or write asks its hook first and fails with the SQLite code it gives, if that is not SQLITE_OK.
  using Hook = std::function<int()>;
  void before_sync(Hook hook);
  void before_write(Hook hook);

  // copy_as_after_power_cut writes what is on stable storage of all open files in `from` into `to`: what was written
  // since a file's last sync is not there.
  void copy_as_after_power_cut(const std::filesystem::path& from, const std::filesystem::path& to) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace hsm::test
