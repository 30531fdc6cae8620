#include "tests/storage/test_disk.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "base/assert.h"

namespace hsm::test {
namespace {

// What undoes one write that has not been synced.
struct Unsynced {
  sqlite3_int64 offset = 0;
  std::vector<char> before;  // shorter than the write if that made the file longer
  sqlite3_int64 size_before = 0;
};

}  // namespace

struct TestDisk::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  mutable std::mutex mutex;
  int syncs = 0;
  Hook sync_hook;
  Hook write_hook;
  std::map<std::string, std::vector<Unsynced>> unsynced;  // by file name
};

namespace {

TestDisk::State* the_state = nullptr;  // SQLite's methods have no other way to it

// A file of ours in front of the real one, which follows in the same memory.
struct File {
  sqlite3_file base;
  const char* name;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* ours(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
const sqlite3_io_methods* methods_of(sqlite3_file* file) {
  return ours(file)->real()->pMethods;
}

int ask(const TestDisk::Hook& hook_of_state) {
  TestDisk::Hook hook;
  {
    const std::lock_guard lock(the_state->mutex);
    hook = hook_of_state;
  }
  return hook ? hook() : SQLITE_OK;  // without the lock: a hook may wait
}

void remember(File* file, sqlite3_int64 offset, sqlite3_int64 size_of_write) {
  Unsynced entry{offset, {}, 0};
  HSM_ASSERT(methods_of(&file->base)->xFileSize(file->real(), &entry.size_before) == SQLITE_OK);
  entry.before.resize(
      static_cast<std::size_t>(std::clamp<sqlite3_int64>(entry.size_before - offset, 0, size_of_write)));
  if (!entry.before.empty()) {
    methods_of(&file->base)
        ->xRead(file->real(), entry.before.data(), static_cast<int>(entry.before.size()), entry.offset);
  }
  the_state->unsynced[file->name].push_back(std::move(entry));
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (const int code = ask(the_state->write_hook); code != SQLITE_OK) return code;
  const std::lock_guard lock(the_state->mutex);
  if (ours(file)->name != nullptr) remember(ours(file), offset, size);
  return methods_of(file)->xWrite(ours(file)->real(), data, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const std::lock_guard lock(the_state->mutex);
  sqlite3_int64 old_size = 0;
  HSM_ASSERT(methods_of(file)->xFileSize(ours(file)->real(), &old_size) == SQLITE_OK);
  if (ours(file)->name != nullptr) remember(ours(file), size, old_size - size);
  return methods_of(file)->xTruncate(ours(file)->real(), size);
}

int sync(sqlite3_file* file, int flags) {
  if (const int code = ask(the_state->sync_hook); code != SQLITE_OK) return code;
  const std::lock_guard lock(the_state->mutex);
  ++the_state->syncs;
  if (ours(file)->name != nullptr) the_state->unsynced.erase(ours(file)->name);
  return methods_of(file)->xSync(ours(file)->real(), flags);
}

// The rest is handed through.
const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = [](sqlite3_file* f) { return methods_of(f)->xClose(ours(f)->real()); },
    .xRead = [](sqlite3_file* f, void* data, int size,
                sqlite3_int64 at) { return methods_of(f)->xRead(ours(f)->real(), data, size, at); },
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return methods_of(f)->xFileSize(ours(f)->real(), size); },
    .xLock = [](sqlite3_file* f, int level) { return methods_of(f)->xLock(ours(f)->real(), level); },
    .xUnlock = [](sqlite3_file* f, int level) { return methods_of(f)->xUnlock(ours(f)->real(), level); },
    .xCheckReservedLock = [](sqlite3_file* f,
                             int* reserved) { return methods_of(f)->xCheckReservedLock(ours(f)->real(), reserved); },
    .xFileControl = [](sqlite3_file* f, int op,
                       void* argument) { return methods_of(f)->xFileControl(ours(f)->real(), op, argument); },
    .xSectorSize = [](sqlite3_file* f) { return methods_of(f)->xSectorSize(ours(f)->real()); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return methods_of(f)->xDeviceCharacteristics(ours(f)->real()); },
    .xShmMap = [](sqlite3_file* f, int page, int size, int extend,
                  void volatile** at) { return methods_of(f)->xShmMap(ours(f)->real(), page, size, extend, at); },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return methods_of(f)->xShmLock(ours(f)->real(), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { methods_of(f)->xShmBarrier(ours(f)->real()); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return methods_of(f)->xShmUnmap(ours(f)->real(), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* mine = new (file) File{};
  mine->name = name;  // SQLite keeps it until the file is closed
  const int code = the_state->real->xOpen(the_state->real, name, mine->real(), flags, flags_out);
  if (mine->real()->pMethods != nullptr) mine->base.pMethods = &kMethods;
  return code;
}

std::vector<char> contents(const std::filesystem::path& file) {
  std::vector<char> bytes(std::filesystem::file_size(file));
  std::ifstream(file, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

}  // namespace

TestDisk::TestDisk() : state_(std::make_unique<State>()) {
  HSM_ASSERT(the_state == nullptr);
  the_state = state_.get();
  state_->real = sqlite3_vfs_find(nullptr);
  state_->vfs = *state_->real;
  state_->vfs.zName = "test-disk";
  state_->vfs.pNext = nullptr;
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.xOpen = open;
  HSM_ASSERT(sqlite3_vfs_register(&state_->vfs, 1) == SQLITE_OK);
}

TestDisk::~TestDisk() {
  sqlite3_vfs_unregister(&state_->vfs);
  sqlite3_vfs_register(state_->real, 1);
  the_state = nullptr;
}

int TestDisk::syncs() const {
  const std::lock_guard lock(state_->mutex);
  return state_->syncs;
}

void TestDisk::before_sync(Hook hook) {
  const std::lock_guard lock(state_->mutex);
  state_->sync_hook = std::move(hook);
}

void TestDisk::before_write(Hook hook) {
  const std::lock_guard lock(state_->mutex);
  state_->write_hook = std::move(hook);
}

void TestDisk::copy_as_after_power_cut(const std::filesystem::path& from, const std::filesystem::path& to) const {
  const std::lock_guard lock(state_->mutex);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    auto bytes = contents(entry.path());
    const auto found = state_->unsynced.find(entry.path().string());
    if (found != state_->unsynced.end()) {
      for (auto undo = found->second.rbegin(); undo != found->second.rend(); ++undo) {
        bytes.resize(static_cast<std::size_t>(undo->size_before));
        std::ranges::copy(undo->before, bytes.begin() + undo->offset);
      }
    }
    // The index of the log is shared memory, not storage.
    if (entry.path().string().ends_with("-shm")) continue;
    const auto copy = to / entry.path().filename();
    std::ofstream(copy, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::filesystem::permissions(copy, std::filesystem::status(entry.path()).permissions());
  }
}

}  // namespace hsm::test
