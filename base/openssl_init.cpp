#include "base/openssl_init.h"

#include <openssl/crypto.h>

namespace base {

void init_openssl() {
  // A failure shows in the first algorithm that is asked for, and is reported there.
  static const bool started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1;
  static_cast<void>(started);
}

}  // namespace base
