#include "certgen/openssl_error.h"

#include <openssl/err.h>

namespace certgen {

base::Error openssl_error(std::string_view action) {
  // The first entry is the cause; later ones only say which callers gave up.
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  std::string message = "cannot " + std::string(action);
  if (reason != nullptr) message += std::string(": OpenSSL says ") + reason;
  return {base::ErrorKind::kInternal, message, "", 0};
}

}  // namespace certgen
