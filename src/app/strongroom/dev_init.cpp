#include "app/strongroom/dev_init.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/base64url.h"
#include "base/guid.h"
#include "base/random.h"

namespace hsm::app {
namespace {

std::string random_text(Random& random) {
  std::array<std::uint8_t, 32> bytes;
  random.fill(bytes);
  return to_base64url(bytes);
}

std::string configuration(const DevInitOptions& options, Random& random) {
  const std::string client = new_guid(random).text();
  const std::string identity = new_guid(random).text();
  return fmt::format(
      R"(# A development HSM. docs/configuration.md tells what each key means.
data_directory = "."

[listen]
address = "127.0.0.1"
port = {port}

[domains]
suffixes = ["{suffix}"]
logins = ["{login}"]

[token_service]
enabled = true
tenant = "{tenant}"

[[token_service.clients]]
client_id = "{client_id}"
object_id = "{client}"
secret = "{secret}"

[token_service.managed_identity]
enabled = true
port = {identity_port}
identity_header = "{identity_header}"
client_id = "{identity_client_id}"
object_id = "{identity}"

[[instance]]
name = "{instance}"
initial_admins = ["{client}"]
)",
      fmt::arg("port", options.port), fmt::arg("suffix", options.suffix), fmt::arg("login", options.login),
      fmt::arg("tenant", new_guid(random).text()), fmt::arg("client_id", new_guid(random).text()),
      fmt::arg("client", client), fmt::arg("secret", random_text(random)),
      fmt::arg("identity_port", options.identity_port), fmt::arg("identity_header", random_text(random)),
      fmt::arg("identity_client_id", new_guid(random).text()), fmt::arg("identity", identity),
      fmt::arg("instance", options.instance));
}

}  // namespace

Status dev_init(const DevInitOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.data_directory, error);
  if (error) return fail(Errc::kUnavailable, "can't make " + options.data_directory + ": " + error.message());
  const std::string path = options.data_directory + "/strongroom.toml";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) return fail(Errc::kConflict, path + " is there already; remove it to begin anew");
  if (fd < 0) return fail(Errc::kUnavailable, fmt::format("can't write {}: {}", path, std::strerror(errno)));
  SystemRandom random;
  const std::string text = configuration(options, random);
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  if (!written) return fail(Errc::kUnavailable, fmt::format("can't write {}", path));
  fmt::print("wrote {}\nstart the server: strongroomd --config {}\n", path, path);
  return {};
}

}  // namespace hsm::app
