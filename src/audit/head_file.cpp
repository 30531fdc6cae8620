#include "audit/head_file.h"

#include <fcntl.h>

#include "audit/disk.h"
#include "audit/line.h"
#include "audit/line_reader.h"

namespace hsm::audit {

Status write_head(const std::filesystem::path& directory, const Checkpoint& checkpoint) {
  std::string text;
  append_signed(text, checkpoint);
  text += '\n';
  const std::filesystem::path path = directory / kHeadFileName;
  const std::filesystem::path next = directory / "audit.head.next";
  const Fd file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return disk_failed("opening", next);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return disk_failed("writing", next);
  }
  if (::fdatasync(file.get()) != 0) return disk_failed("flushing", next);
  // The directory is not flushed: after a power loss the head before this one is as true, only older.
  if (::rename(next.c_str(), path.c_str()) != 0) return disk_failed("renaming", next);
  return {};
}

Result<std::optional<Checkpoint>> read_head(const std::filesystem::path& file) {
  if (std::error_code error; !std::filesystem::exists(file, error) && !error) return std::nullopt;
  HSM_TRY(LineReader reader, LineReader::open(file));
  HSM_TRY(const auto line, reader.next());
  auto checkpoint = line && line->whole ? parse_signed(line->text) : std::nullopt;
  HSM_TRY(const auto more, reader.next());
  if (!checkpoint || more) return fail(Errc::kInternal, file.filename().string() + " is damaged");
  return checkpoint;
}

}  // namespace hsm::audit
