#include "partition/engine/openssl/providers.h"

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "crypto/openssl.h"

namespace hsm::partition {
namespace {

namespace fs = std::filesystem;
using LibraryPtr = std::shared_ptr<OSSL_LIB_CTX>;
using ConfPtr = crypto::Owned<CONF, NCONF_free>;

constexpr const char* kModuleFile = "fips.so";
constexpr const char* kModuleName = "fips";
constexpr const char* kStatusFile = "fipsmodule.cnf";

std::unexpected<Error> cannot_load(const std::string& why) {
  return crypto::openssl_failed(Errc::kUnavailable, "the FIPS provider can't be loaded: " + why);
}

// read_mac gives `module-mac` of the file: hexadecimal digits with colons between. Empty: none.
std::string read_mac(const fs::path& file) {
  const ConfPtr conf(NCONF_new(nullptr));
  long line = 0;
  if (!conf || NCONF_load(conf.get(), file.c_str(), &line) != 1) return {};
  const char* mac = NCONF_get_string(conf.get(), "fips_sect", "module-mac");
  return mac == nullptr ? std::string() : std::string(mac);
}

Result<std::string> find_mac(const fs::path& module) {
  for (const fs::path& directory : {module.parent_path(), fs::path(X509_get_default_cert_area())}) {
    const std::string mac = read_mac(directory / kStatusFile);
    const bool good = !mac.empty() && mac.find_first_not_of("0123456789ABCDEFabcdef:") == std::string::npos;
    if (good) return mac;
  }
  return cannot_load("no " + std::string(kStatusFile) + " with its module-mac beside " + module.string() +
                     "; `openssl fipsinstall` writes it");
}

// activate loads the module into the library context as a configuration file would: before 3.2 there is no other way
// to hand it its parameters. Without install-status the module runs all self-tests each time.
Status activate(OSSL_LIB_CTX* library, const fs::path& module, const std::string& mac) {
  const std::string text =
      "openssl_conf = all\n[all]\nproviders = providers\n[providers]\nfips = fips\nbase = base\n[base]\nactivate = 1\n"
      "[fips]\nactivate = 1\nconditional-errors = 1\nsecurity-checks = 1\nmodule-mac = " +
      mac + "\n";
  const crypto::BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const ConfPtr conf(NCONF_new_ex(library, nullptr));
  long line = 0;
  if (OSSL_PROVIDER_set_default_search_path(library, module.parent_path().c_str()) != 1 || !bio || !conf ||
      NCONF_load_bio(conf.get(), bio.get(), &line) != 1 || CONF_modules_load(conf.get(), nullptr, 0) != 1 ||
      OSSL_PROVIDER_available(library, kModuleName) != 1) {
    return cannot_load(module.string() + " refused to start, or failed its self-tests");
  }
  return {};
}

// The provider that was activated; the library context holds it, this adds no claim of its own.
OSSL_PROVIDER* find_provider(OSSL_LIB_CTX* library, const char* name) {
  struct Search {
    std::string_view name;
    OSSL_PROVIDER* found = nullptr;
  } search{name};
  OSSL_PROVIDER_do_all(
      library,
      [](OSSL_PROVIDER* provider, void* into) {
        auto* wanted = static_cast<Search*>(into);
        if (OSSL_PROVIDER_get0_name(provider) == wanted->name) wanted->found = provider;
        return 1;
      },
      &search);
  return search.found;
}

core::EngineInfo info_of(OSSL_PROVIDER* provider, bool fips) {
  char* name = nullptr;
  char* version = nullptr;
  std::array<OSSL_PARAM, 3> params{OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_NAME, &name, 0),
                                   OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_VERSION, &version, 0),
                                   OSSL_PARAM_construct_end()};
  OSSL_PROVIDER_get_params(provider, params.data());
  const auto text = [](const char* given) {
    return std::string(given == nullptr ? "" : given).substr(0, core::kEngineNameBytesMax);
  };
  return {.fips = fips, .provider = text(name), .provider_version = text(version)};
}

Result<OSSL_PROVIDER*> load_fips_module(OSSL_LIB_CTX* library, const std::string& path) {
  const fs::path module(path);
  if (!module.is_absolute() || module.filename() != kModuleFile) {
    return cannot_load("its path must be absolute and end in /" + std::string(kModuleFile) + ": '" + path + "'");
  }
  HSM_TRY(const std::string mac, find_mac(module));
  HSM_CHECK(activate(library, module, mac));
  OSSL_PROVIDER* provider = find_provider(library, kModuleName);
  if (provider == nullptr) return cannot_load("it is not there");
  return provider;
}

bool is_of_module(const OSSL_PROVIDER* provider) {
  return provider != nullptr && std::string_view(OSSL_PROVIDER_get0_name(provider)) == kModuleName;
}

// From here on every fetch of this process finds the FIPS provider's algorithms only, and the generator of all random
// bytes is the provider's. Both are tried: something that used OpenSSL before would keep what it has.
Status allow_only_approved() {
  const bool set = EVP_default_properties_enable_fips(nullptr, 1) == 1;
  const crypto::Owned<EVP_MD, EVP_MD_free> digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  const crypto::Owned<EVP_MD, EVP_MD_free> unapproved(EVP_MD_fetch(nullptr, "MD5", nullptr));
  EVP_RAND_CTX* generator = RAND_get0_primary(nullptr);
  if (!set || !digest || unapproved || generator == nullptr || !is_of_module(EVP_MD_get0_provider(digest.get())) ||
      !is_of_module(EVP_RAND_get0_provider(EVP_RAND_CTX_get0_rand(generator)))) {
    return cannot_load("another provider still serves this process");
  }
  ERR_clear_error();
  return {};
}

Providers providers_with(core::EngineInfo info, Result<std::shared_ptr<const MlDsaProvider>> ml_dsa) {
  Providers providers{.info = std::move(info), .ml_dsa = nullptr, .missing = {}};
  if (ml_dsa) {
    providers.ml_dsa = *std::move(ml_dsa);
  } else {
    providers.missing = std::move(ml_dsa).error().message;
  }
  return providers;
}

Result<Providers> load_for_fips_mode(const std::string& module) {
  if (module.empty()) return cannot_load("FIPS mode needs it, and none is configured (fips_provider) or found");
  HSM_TRY(OSSL_PROVIDER * provider, load_fips_module(nullptr, module));
  HSM_CHECK(allow_only_approved());
  return providers_with(info_of(provider, true), MlDsaProvider::open(nullptr, provider));  // older ones have none
}

Result<std::shared_ptr<const MlDsaProvider>> ml_dsa_of_module(const std::string& module) {
  LibraryPtr library(OSSL_LIB_CTX_new(), OSSL_LIB_CTX_free);
  if (!library) return cannot_load("no memory");
  HSM_TRY(OSSL_PROVIDER * provider, load_fips_module(library.get(), module));
  return MlDsaProvider::open(std::move(library), provider);
}

}  // namespace

std::string usual_module() {
  std::error_code error;
  const fs::path executables = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& directory :
       {executables, executables / "../../fips", fs::path(OPENSSL_info(OPENSSL_INFO_MODULES_DIR))}) {
    if (fs::exists(directory / kModuleFile, error)) return (directory / kModuleFile).lexically_normal();
  }
  return {};
}

Result<Providers> load_providers(const ProviderOptions& options) {
  const std::string module = options.fips_module.empty() ? usual_module() : options.fips_module;
  if (options.fips) return load_for_fips_mode(module);
  if (OSSL_PROVIDER_available(nullptr, "default") != 1) {  // loads it, if nothing else was
    return crypto::openssl_failed(Errc::kUnavailable, "OpenSSL has no default provider");
  }
  OSSL_PROVIDER* standard = find_provider(nullptr, "default");
  if (standard == nullptr) return crypto::openssl_failed(Errc::kUnavailable, "OpenSSL has no default provider");
  auto ml_dsa = MlDsaProvider::open(nullptr, standard);
  if (!ml_dsa && !module.empty()) ml_dsa = ml_dsa_of_module(module);
  return providers_with(info_of(standard, false), std::move(ml_dsa));
}

}  // namespace hsm::partition
