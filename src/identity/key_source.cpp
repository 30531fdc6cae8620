#include "identity/key_source.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "base/assert.h"

namespace hsm::identity {
namespace {

constexpr std::streamsize kKeySetFileBytesMax = 1024 * 1024;

class FixedKeys final : public KeySource {
 public:
  explicit FixedKeys(std::shared_ptr<const jose::JwkSet> keys) : keys_(std::move(keys)) {}
  std::shared_ptr<const jose::JwkSet> keys() const override { return keys_; }
  std::uint64_t generation() const override { return 0; }
  bool wants_fetch(std::string_view, TimePoint) override { return false; }
  void fetch(std::string_view, TimePoint) override {}

 private:
  std::shared_ptr<const jose::JwkSet> keys_;
};

}  // namespace

Result<std::shared_ptr<const jose::JwkSet>> key_set(std::string_view jwks) {
  HSM_TRY(jose::JwkSet keys, jose::JwkSet::parse(jwks));
  if (keys.keys().empty()) return fail(Errc::kBadParameter, "the key set has no usable key");
  return std::make_shared<const jose::JwkSet>(std::move(keys));
}

std::shared_ptr<KeySource> fixed_keys(std::shared_ptr<const jose::JwkSet> keys) {
  HSM_ASSERT(keys != nullptr);
  return std::make_shared<FixedKeys>(std::move(keys));
}

Result<std::shared_ptr<KeySource>> pinned_keys(std::string_view jwks) {
  HSM_TRY(auto keys, key_set(jwks));
  return fixed_keys(std::move(keys));
}

Result<std::shared_ptr<KeySource>> pinned_keys_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kUnavailable, "can't read the key set " + path);
  std::string text(static_cast<std::size_t>(kKeySetFileBytesMax), '\0');
  file.read(text.data(), kKeySetFileBytesMax);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return pinned_keys(text);
}

}  // namespace hsm::identity
