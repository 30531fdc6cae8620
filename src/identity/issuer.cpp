#include "identity/issuer.h"

namespace hsm::identity {

std::vector<std::string> entra_issuers(const std::string& tenant) {
  return {"https://sts.windows.net/" + tenant + "/", "https://login.microsoftonline.com/" + tenant + "/v2.0"};
}

}  // namespace hsm::identity
