#include "partition/engine/openssl/ml_dsa_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include <string>

#include "crypto/openssl.h"

namespace hsm::partition {

// The functions that are used of one parameter set. Numbers and signatures: provider-keymgmt(7), provider-signature(7).
struct MlDsaFunctions {
  OSSL_FUNC_keymgmt_new_fn* new_key = nullptr;
  OSSL_FUNC_keymgmt_free_fn* free_key = nullptr;
  OSSL_FUNC_keymgmt_import_fn* import = nullptr;
  OSSL_FUNC_keymgmt_get_params_fn* get_params = nullptr;
  OSSL_FUNC_keymgmt_gen_init_fn* gen_init = nullptr;
  OSSL_FUNC_keymgmt_gen_fn* gen = nullptr;
  OSSL_FUNC_keymgmt_gen_cleanup_fn* gen_cleanup = nullptr;
  OSSL_FUNC_signature_newctx_fn* new_operation = nullptr;
  OSSL_FUNC_signature_freectx_fn* free_operation = nullptr;
  OSSL_FUNC_signature_sign_init_fn* sign_message_init = nullptr;  // of the same form as sign_init
  OSSL_FUNC_signature_sign_fn* sign = nullptr;
  OSSL_FUNC_signature_verify_init_fn* verify_message_init = nullptr;
  OSSL_FUNC_signature_verify_fn* verify = nullptr;
};

namespace {

// What the headers of OpenSSL 3.0 don't name yet: OSSL_FUNC_SIGNATURE_{SIGN,VERIFY}_MESSAGE_INIT of 3.4, and the
// parameters of ML-DSA in 3.5 (EVP_PKEY-ML-DSA(7), EVP_SIGNATURE-ML-DSA(7)).
constexpr int kSignMessageInit = 27;
constexpr int kVerifyMessageInit = 30;
constexpr const char* kSeedParam = "seed";
constexpr const char* kContextParam = "context-string";
constexpr const char* kDeterministicParam = "deterministic";
constexpr const char* kMuParam = "mu";

// table_of finds the functions of an algorithm: nullptr if the provider has no such operation or algorithm. Names are
// a list with colons between.
const OSSL_DISPATCH* table_of(OSSL_PROVIDER* provider, int operation, std::string_view name) {
  int no_cache = 0;
  const OSSL_ALGORITHM* algorithm = OSSL_PROVIDER_query_operation(provider, operation, &no_cache);
  for (; algorithm != nullptr && algorithm->algorithm_names != nullptr; ++algorithm) {
    const std::string_view names = algorithm->algorithm_names;
    if (names.substr(0, names.find(':')) == name) return algorithm->implementation;
  }
  return nullptr;
}

template <class Function>
bool find(const OSSL_DISPATCH* table, int id, Function*& function) {
  for (; table->function_id != 0; ++table) {
    if (table->function_id != id) continue;
    function = reinterpret_cast<Function*>(table->function);
    return function != nullptr;
  }
  return false;
}

bool find_all(OSSL_PROVIDER* provider, std::string_view name, MlDsaFunctions& f) {
  const OSSL_DISPATCH* keys = table_of(provider, OSSL_OP_KEYMGMT, name);
  const OSSL_DISPATCH* signatures = table_of(provider, OSSL_OP_SIGNATURE, name);
  return keys != nullptr && signatures != nullptr && find(keys, OSSL_FUNC_KEYMGMT_NEW, f.new_key) &&
         find(keys, OSSL_FUNC_KEYMGMT_FREE, f.free_key) && find(keys, OSSL_FUNC_KEYMGMT_IMPORT, f.import) &&
         find(keys, OSSL_FUNC_KEYMGMT_GET_PARAMS, f.get_params) && find(keys, OSSL_FUNC_KEYMGMT_GEN_INIT, f.gen_init) &&
         find(keys, OSSL_FUNC_KEYMGMT_GEN, f.gen) && find(keys, OSSL_FUNC_KEYMGMT_GEN_CLEANUP, f.gen_cleanup) &&
         find(signatures, OSSL_FUNC_SIGNATURE_NEWCTX, f.new_operation) &&
         find(signatures, OSSL_FUNC_SIGNATURE_FREECTX, f.free_operation) &&
         find(signatures, kSignMessageInit, f.sign_message_init) &&
         find(signatures, OSSL_FUNC_SIGNATURE_SIGN, f.sign) &&
         find(signatures, kVerifyMessageInit, f.verify_message_init) &&
         find(signatures, OSSL_FUNC_SIGNATURE_VERIFY, f.verify);
}

using Operation = std::unique_ptr<void, OSSL_FUNC_signature_freectx_fn*>;

// Settings are the parameters of one operation. It looks at what it was made of.
class Settings {
 public:
  Settings(MlDsaForm form, ByteView context, MlDsaHedge hedge)
      : mu_(form == MlDsaForm::kMu ? 1 : 0),
        deterministic_(hedge == MlDsaHedge::kConstant ? 1 : 0),
        params_{OSSL_PARAM_construct_int(kDeterministicParam, &deterministic_),
                OSSL_PARAM_construct_int(kMuParam, &mu_), crypto::octet_param(kContextParam, context),
                OSSL_PARAM_construct_end()} {
    if (context.empty()) params_[2] = OSSL_PARAM_construct_end();  // the default
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  const OSSL_PARAM* get() const { return params_.data(); }

 private:
  int mu_;
  int deterministic_;
  std::array<OSSL_PARAM, 4> params_;
};

}  // namespace

MlDsaProvider::MlDsaProvider(std::shared_ptr<OSSL_LIB_CTX> library, void* context)
    : library_(std::move(library)),
      context_(context),
      functions_(std::make_unique<std::array<MlDsaFunctions, core::kMlDsaSets.size()>>()) {}

MlDsaProvider::~MlDsaProvider() = default;

Result<std::shared_ptr<const MlDsaProvider>> MlDsaProvider::open(std::shared_ptr<OSSL_LIB_CTX> library,
                                                                 OSSL_PROVIDER* provider) {
  const std::shared_ptr<MlDsaProvider> opened(
      new MlDsaProvider(std::move(library), OSSL_PROVIDER_get0_provider_ctx(provider)));
  for (std::size_t i = 0; i < core::kMlDsaSets.size(); ++i) {
    if (!find_all(provider, core::kMlDsaSets[i].name, (*opened->functions_)[i])) {
      return fail(Errc::kNotSupported, "this OpenSSL provider has no ML-DSA");
    }
  }
  return std::shared_ptr<const MlDsaProvider>(opened);
}

const MlDsaFunctions& MlDsaProvider::functions(const core::MlDsaSetRow& set) const {
  return (*functions_)[static_cast<std::size_t>(&set - core::kMlDsaSets.data())];
}

Result<MlDsaProvider::Key> MlDsaProvider::generate(const core::MlDsaSetRow& set) const {
  const MlDsaFunctions& f = functions(set);
  const std::unique_ptr<void, OSSL_FUNC_keymgmt_gen_cleanup_fn*> generation(
      f.gen_init(context_, OSSL_KEYMGMT_SELECT_KEYPAIR, nullptr), f.gen_cleanup);
  void* data = generation ? f.gen(generation.get(), nullptr, nullptr) : nullptr;
  if (data == nullptr) return crypto::openssl_failed(Errc::kInternal, "the ML-DSA key could not be generated");
  return Key(shared_from_this(), set, {data, f.free_key});
}

Result<MlDsaProvider::Key> MlDsaProvider::from_seed(const core::MlDsaSetRow& set, const SecretBytes& seed) const {
  if (seed.size() != core::kMlDsaSeedBytes) return fail(Errc::kBadParameter, "the ML-DSA seed has a wrong size");
  return import(set, OSSL_KEYMGMT_SELECT_KEYPAIR, kSeedParam, seed.reveal());
}

Result<MlDsaProvider::Key> MlDsaProvider::from_public(const core::MlDsaSetRow& set, ByteView public_key) const {
  if (public_key.size() != set.public_bytes) return fail(Errc::kBadParameter, "the ML-DSA key has a wrong size");
  return import(set, OSSL_KEYMGMT_SELECT_PUBLIC_KEY, OSSL_PKEY_PARAM_PUB_KEY, public_key);
}

Result<MlDsaProvider::Key> MlDsaProvider::import(const core::MlDsaSetRow& set, int selection, const char* name,
                                                 ByteView bytes) const {
  const MlDsaFunctions& f = functions(set);
  const std::array<OSSL_PARAM, 2> params{crypto::octet_param(name, bytes), OSSL_PARAM_construct_end()};
  std::shared_ptr<void> data(f.new_key(context_), f.free_key);
  if (!data || f.import(data.get(), selection, params.data()) != 1) {
    return crypto::openssl_failed(Errc::kBadParameter, "this is no ML-DSA key");
  }
  return Key(shared_from_this(), set, std::move(data));
}

MlDsaProvider::Key::Key(std::shared_ptr<const MlDsaProvider> provider, const core::MlDsaSetRow& set,
                        std::shared_ptr<void> data)
    : provider_(std::move(provider)), set_(&set), data_(std::move(data)) {}

Result<Bytes> MlDsaProvider::Key::public_key() const {
  Bytes bytes(set_->public_bytes);
  std::array<OSSL_PARAM, 2> params{
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size()),
      OSSL_PARAM_construct_end()};
  if (provider_->functions(*set_).get_params(data_.get(), params.data()) != 1 ||
      params[0].return_size != bytes.size()) {
    return crypto::openssl_failed(Errc::kInternal, "the ML-DSA key has no public half");
  }
  return bytes;
}

Result<SecretBytes> MlDsaProvider::Key::seed() const {
  SecretBytes seed(core::kMlDsaSeedBytes);
  std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_octet_string(kSeedParam, seed.writable().data(), seed.size()),
                                   OSSL_PARAM_construct_end()};
  if (provider_->functions(*set_).get_params(data_.get(), params.data()) != 1 || params[0].return_size != seed.size()) {
    return crypto::openssl_failed(Errc::kInternal, "the ML-DSA key has no seed");
  }
  return seed;
}

Result<Bytes> MlDsaProvider::Key::sign(MlDsaForm form, ByteView input, ByteView context, MlDsaHedge hedge) const {
  const MlDsaFunctions& f = provider_->functions(*set_);
  const Settings settings(form, context, hedge);
  const Operation operation(f.new_operation(provider_->context_, nullptr), f.free_operation);
  Bytes signature(set_->signature_bytes);
  std::size_t size = signature.size();
  if (!operation || f.sign_message_init(operation.get(), data_.get(), settings.get()) != 1 ||
      f.sign(operation.get(), signature.data(), &size, signature.size(), input.data(), input.size()) != 1 ||
      size != signature.size()) {
    return crypto::openssl_failed(Errc::kInternal, "ML-DSA signing failed");
  }
  return signature;
}

Result<bool> MlDsaProvider::Key::verify(MlDsaForm form, ByteView input, ByteView context, ByteView signature) const {
  const MlDsaFunctions& f = provider_->functions(*set_);
  const Settings settings(form, context, MlDsaHedge::kRandom);
  const Operation operation(f.new_operation(provider_->context_, nullptr), f.free_operation);
  if (!operation || f.verify_message_init(operation.get(), data_.get(), settings.get()) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "ML-DSA verification failed");
  }
  const bool good = f.verify(operation.get(), signature.data(), signature.size(), input.data(), input.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace hsm::partition
